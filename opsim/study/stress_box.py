"""The stress box: what a decision meeting asks about, as named overrides that fit any scenario.

A stress is a row of settings below ``shocks.``, each with its neutral number and the one at full strength.
At strength s a setting is neutral + s × (full − neutral): half of "wages up 15 %" is 7.5 % higher. How
strong a stress must be to break a facility is what the reverse stress asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from opsim.errors import Message, marked

STRONGEST: Final = 3.0
"""Strength up to which the reverse stress looks for a point of failure."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One number below ``shocks.`` that a stress moves."""

    path: tuple[str, ...]
    neutral: float
    full: float
    limit: float
    """What the number cannot go beyond."""
    whole: bool = False

    def at(self, strength: float) -> float:
        """The number at a strength."""
        moved = self.neutral + strength * (self.full - self.neutral)
        bounded = min(moved, self.limit) if self.full > self.neutral else max(moved, self.limit)
        return round(bounded) if self.whole else round(bounded, 6)

    @property
    def strongest(self) -> float:
        """Strength at which the limit is reached."""
        return (self.limit - self.neutral) / (self.full - self.neutral)


@dataclass(frozen=True, slots=True)
class Stress:
    """One line of the box."""

    name: str
    title: str
    settings: tuple[Setting, ...]
    given: Mapping[tuple[str, ...], Any]
    """What holds at any strength: when it begins, that prices stay as they are."""
    begins: int = 1
    """Month of the run in which it begins."""
    needs: Message | None = None
    """Why nothing happens where it finds nothing to touch."""

    @property
    def strongest(self) -> float:
        """The largest strength at which the reverse stress looks."""
        return min(STRONGEST, *(setting.strongest for setting in self.settings))

    def shocks(self, strength: float) -> dict[str, Any]:
        """What stands below ``shocks:`` at a strength, as in a scenario file."""
        written: dict[str, Any] = {}
        numbers = {setting.path: setting.at(strength) for setting in self.settings}
        for path, value in {**self.given, **numbers}.items():
            below = written
            for key in path[:-1]:
                below = below.setdefault(key, {})
            below[path[-1]] = value
        return written

    def values(self, strength: float) -> dict[str, float]:
        """Each setting by dotted path at a strength."""
        return {".".join(("shocks", *each.path)): each.at(strength) for each in self.settings}


_DEMAND = Setting(("demand",), 1, 0.8, 0.05)
_WAGES = Setting(("wages",), 1, 1.15, 3)
_LATE = Setting(("grants", "delay"), 0, 6, 24, whole=True)
_CUT = Setting(("grants", "cut"), 0, 0.3, 1)


def _half(setting: Setting) -> Setting:
    full = setting.neutral + (setting.full - setting.neutral) / 2
    return Setting(setting.path, setting.neutral, full, setting.limit, setting.whole)


BOX: Final = (
    Stress("F1", marked("demand down 20 %"), (_DEMAND,), {}),
    Stress(
        "F2", marked("known 12 months later"), (Setting(("ramp_up",), 0, 12, 36, whole=True),), {},
        needs=Message("nothing here has to become known first"),
    ),
    Stress("F3", marked("wages up 15 %"), (_WAGES,), {}),
    Stress(
        "F4", marked("grants six months late, cut by 30 %"), (_LATE, _CUT), {},
        needs=Message("no treasury pays anything here"),
    ),
    Stress(
        "F5", marked("food up 15 %, prices frozen"), (Setting(("food",), 1, 1.15, 3),),
        {("prices_frozen",): True},
    ),
    Stress(
        "F6", marked("closed for three months, wages paid"),
        (Setting(("closures", "stress", "months"), 0, 3, 12, whole=True),),
        {("closures", "stress", "from"): 13, ("closures", "stress", "wages"): 1},
        begins=13,
    ),
    Stress(
        "F7", marked("operator leaves in month 30, nine months idle"),
        (Setting(("operator_exit", "idle"), 0, 9, 27, whole=True),),
        {("operator_exit", "month"): 30},
        begins=30, needs=Message("no operator could leave: government runs the facility itself"),
    ),
    Stress(
        "F8", marked("a competitor takes a quarter of sales"),
        (Setting(("competitor", "share"), 0, 0.25, 0.75),),
        {("competitor", "from"): 13},
        begins=13, needs=Message("nothing here has a price"),
    ),
    Stress(
        "F9", marked("investment up 20 %, opening six months late"),
        (Setting(("capex",), 1, 1.2, 3), Setting(("opening_late",), 0, 6, 24, whole=True)), {},
        needs=Message("nothing here is new or bought at the start"),
    ),
    # 0.57 yuan a kWh at the residential tariff, 0.6 to 0.9 at the commercial one: 0.75 is a third more. Small
    # taxpayers pay about 3 % of sales in VAT and surcharges where no relief holds.
    Stress(
        "F10", marked("tax relief and residential tariff lapse"),
        (Setting(("utilities",), 1, 1.32, 3), Setting(("taxes",), 0, 0.03, 0.13)), {},
    ),
    Stress(
        "F11", marked("prepaid balances refunded: 30 %"), (Setting(("refund", "share"), 0, 0.3, 0.9),),
        {("refund", "month"): 24},
        begins=24, needs=Message("nobody pays ahead by card here"),
    ),
    Stress(
        "F12", marked("F1, F3 and F4 at half strength"),
        tuple(map(_half, (_DEMAND, _WAGES, _LATE, _CUT))), {},
    ),
)  # fmt: skip
"""In the order of the memo's table."""
