"""What a memo is filled from: results folders of one scenario, and what they say.

Sections ask for cases, outcomes and estimates; how a folder keeps them is known here alone.
"""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from opsim.facility.case import LOST
from opsim.language import Translate, translator
from opsim.outcomes.intervals import Estimate, Spread
from opsim.outcomes.reported.incidence import Group
from opsim.outcomes.verdict import Failure, Relief, Verdict
from opsim.records import Float64
from opsim.report.document import Paragraph
from opsim.report.figures.figure_sheet import Sheet
from opsim.report.labels import label
from opsim.report.results import Results, estimate, value
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.number_tables import NumberRow, RangeRow
from opsim.study.stress_box import BOX, Stress
from opsim.study.stress_search import Break

ABOUT_OPTIONS: Final = ("compare", "run")
"""Folders that hold cases beside the baseline, the fuller first."""
NONE: Final = Estimate(None, None)

Treasuries = dict[tuple[str, str], Float64]
"""By (level, source): (Y,) yuan net paid, or owed more, in each budget year, on average over cases."""


RowOfNumber = TypeVar("RowOfNumber", NumberRow, RangeRow)


class Stressed(NamedTuple):
    """The option under a stress."""

    verdict: str
    with_grants: Estimate
    gate: Estimate
    """Shares of cases where gate and money hold with the budgeted grants, and where the public gate holds."""
    cost: float
    change: float
    """Own-level fiscal cost in the median case, yuan a year, and what the stress changes of it."""
    breaks: Break | None


@dataclass(frozen=True)
class Findings:
    """Folders of one scenario, at most one of each command, and the option that the memo is about."""

    folders: Mapping[str, Results]
    """By the command that made them."""
    option: str
    language: str

    @cached_property
    def translate(self) -> Translate:
        """From English to the memo's language."""
        return translator(self.language)

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.first.scenario

    @property
    def facility(self) -> Facility:
        """The facility under the option."""
        return self.scenario.options[self.option]

    @property
    def main(self) -> Results | None:
        """The folder with cases beside the baseline; None where no such folder was given."""
        return next((self.folders[kind] for kind in ABOUT_OPTIONS if kind in self.folders), None)

    @property
    def first(self) -> Results:
        """The folder that says how numbers were made, where not told otherwise."""
        return self.main or next(iter(self.folders.values()))

    @property
    def _told(self) -> dict[str, Any]:
        return self.first.told

    @property
    def single(self) -> bool:
        """Whether the cases are those of a run of one option."""
        return self.main is not None and self.main.kind == "run"

    def setting(self, name: str, kind: str | None = None) -> Any:  # noqa: ANN401 - a number, flag or name
        """How a folder was made: its years, seed, replications, whether only chance varied (``fixed``)."""
        return (self.folders[kind] if kind else self.first).told[name]

    @property
    def fixed(self) -> bool:
        """Whether only chance varied between cases."""
        return bool(self.setting("fixed"))

    @property
    def years(self) -> int:
        """The horizon."""
        return int(self.setting("years"))

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """The baseline and the options compared."""
        return (BASELINE, *(self.main.options() if self.main else ()))

    def title(self, case: str) -> str:
        """A case in words."""
        return self.first.title(case, self.language)

    def ours(self, rows: Iterable[RowOfNumber]) -> list[RowOfNumber]:
        """Of rows about numbers of the scenario, those of the baseline and the option."""
        return [row for row in rows if {BASELINE, self.option}.intersection(row.cases)]

    def services(self) -> dict[str, str]:
        """Titles of the option's services by name."""
        return {name: each.title[self.language] for name, each in self.facility.services.items()}

    # Outcomes of cases.

    @cached_property
    def _estimates(self) -> dict[tuple[str, str], Estimate]:
        return self.main.estimates() if self.main else {}

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Float64]:
        """(R,) by case and outcome, NaN where undefined."""
        found: dict[tuple[str, str], list[float]] = {}
        for row in self.main.table("replications") if self.main else ():
            found.setdefault((row["case"], row["outcome"]), []).append(float(row["value"] or "nan"))
        return {key: np.array(values) for key, values in found.items()}

    @cached_property
    def _monthly(self) -> list[dict[str, str]]:
        return self.first.table("monthly")

    def _months(self, case: str, column: str) -> Float64:
        """(R, M) of the monthly table."""
        found: dict[str, list[float]] = {}
        for row in self._monthly:
            if row["case"] == case:
                found.setdefault(row["replication"], []).append(float(row[column]))
        return np.array(list(found.values()))

    def estimate(self, case: str, outcome: str) -> Estimate:
        """An outcome of a case; without a value where the folders do not hold it."""
        return self._estimates.get((case, outcome), NONE)

    def value(self, outcome: str, case: str | None = None) -> float | None:
        """The number alone, of the option unless another case is named."""
        return self.estimate(case or self.option, outcome).value

    def column(self, case: str, outcome: str) -> Float64:
        """(R,) an outcome in each replication, NaN where undefined; empty without a folder of cases."""
        return self._columns.get((case, outcome), np.zeros(0))

    def changes(self, outcome: str) -> Float64:
        """(R,) option less baseline, pair by pair."""
        return self.column(self.option, outcome) - self.column(BASELINE, outcome)

    def difference(self, case: str, outcome: str) -> Estimate:
        """A case less the baseline, with the interval of the pairs."""
        if self.single:
            told = self._told["difference"].get(outcome)
        else:
            told = self._told["compare"].get(outcome, {}).get("difference", {}).get(case)
        return told_estimate(told) if told else NONE

    def money(self, case: str, column: str) -> Float64:
        """(R,) yuan a year of a column of the monthly table."""
        return np.asarray(self._months(case, f"{column}_fen").sum(axis=1) / 100 / self.years)

    def leanest_year(self, case: str, column: str) -> Float64:
        """(R,) a column of the monthly table in the budget year in which it sums up to least."""
        months = self._months(case, column)
        return np.asarray(months.reshape(len(months), -1, 12).sum(axis=2).min(axis=1))

    def _about(self, what: str, case: str | None = None) -> Any:  # noqa: ANN401 - a part of run.json
        """What is told of an option: a run tells of one, a comparison by name."""
        return self._told[what] if self.single else self._told[what][case or self.option]

    def _judged(self, case: str | None = None) -> dict[str, Any]:
        if self.main is not None:
            return dict(self._about("verdict" if self.single else "verdicts", case))
        return self.folders["stress"].told["unstressed"]["verdict"] if "stress" in self.folders else {}

    def verdict(self, case: str | None = None) -> Verdict | None:
        """The verdict on an option; None where these results hold none."""
        told = self._judged(case)
        return told_verdict(told) if told else None

    def relief(self, case: str | None = None) -> Relief | None:
        """Whether an option lightens our treasury's burden; None where that is unknown."""
        found = self.verdict(case)
        return found.relief if found else None

    def replications_needed(self) -> int | None:
        """How many a decision would need; None where even many more would not do."""
        return self._judged().get("replications_needed")

    def spread(self) -> Spread | None:
        """Of own-level fiscal cost of the option over cases."""
        found = self._about("spread")["own_level_fiscal_cost"]
        return Spread(**found) if found else None

    def groups(self, case: str) -> dict[str, Group]:
        """Who gets what, by segment."""
        return {name: Group(**each) for name, each in self._told["groups"][case].items()}

    def lost(self, case: str) -> dict[str, float]:
        """Visits never made and refusals a year by cause."""
        return {cause: sum(each[cause] for each in self._told["lost"][case].values()) for cause in LOST}

    def flows(self, reason: str) -> list[tuple[str, str, float]]:
        """(payer, receiver, yuan a year) of what moves for a reason in the option, the largest first."""
        told = self._told["flows"][self.option]
        return [(each["from"], each["to"], each["yuan"]) for each in told if each["reason"] == reason]

    def values_for_money(self) -> dict[str, tuple[str, Estimate]]:
        """By contract: its public comparator, and what our treasury gains over it at equal service."""
        return {
            name: (each["comparator"], told_estimate(each["at_equal_service"]["own_level"]))
            for name, each in self._told.get("value_for_money", {}).items()
        }

    def treasuries(self, case: str) -> tuple[tuple[str, ...], Treasuries]:
        """(budget years: calendar years or from when they run, what each level pays from each source)."""
        rows = [row for row in self.main.table("treasury") if row["case"] == case] if self.main else []
        years = tuple(dict.fromkeys(row["from"].removesuffix("-01") for row in rows))
        found: Treasuries = {}
        for row in rows:
            column = found.setdefault((row["level"], row["source"]), np.zeros(len(years)))
            column[int(row["year"]) - 1] = float(row["net_yuan"])
        return years, found

    # What the figures show.

    def sheet(self, name: str, *, by_option: bool = False) -> Sheet:
        """The table of a figure of the cases."""
        rows = self.first.table(f"figures/{self.figure_name(name, by_option=by_option)}")
        return Sheet(rows, self.first, self.option, self.language)

    def figure_name(self, name: str, *, by_option: bool = False) -> str:
        """What a figure is called in the folder of cases."""
        return f"{name}-{self.option}" if by_option and not self.single else name

    def steps(self) -> list[tuple[str, str, float]]:
        """(service, step, yuan a year) of the waterfall."""
        rows = self.sheet("cross-subsidy", by_option=True).rows
        return [(row["service"], row["step"], float(row["yuan_a_year"])) for row in rows]

    def balances(self) -> dict[str, dict[str, list[float]]]:
        """P10, median and P90 in yuan of the lowest balance, by quarter and case."""
        found: dict[str, dict[str, list[float]]] = {}
        for row in self.sheet("cash", by_option=True).rows:
            ends = [float(row[f"{end}_yuan"]) for end in ("p10", "p50", "p90")]
            found.setdefault(row["quarter_from"], {})[row["case"]] = ends
        return found

    def moved(self) -> list[tuple[str, str, list[tuple[str, float | None]]]]:
        """(outcome, path, its low and its high with the change there) of the tornado; none without one."""
        rows = self.folders["sensitivity"].table("figures/tornado") if "sensitivity" in self.folders else []
        ends = [[(row[end], value(row[f"{end}_change"])) for end in ("low", "high")] for row in rows]
        return [(row["outcome"], row["path"], each) for row, each in zip(rows, ends, strict=True)]

    # Other studies of the option.

    @cached_property
    def stresses(self) -> dict[str, Stressed | str]:
        """By name in the order of the box; where a stress does not apply, why."""
        told = self.folders["stress"].told
        found = {each.name: told["stresses"].get(each.name) for each in BOX}
        return {
            name: told_stressed(each) if each is not None else told["reasons"][name][self.language]
            for name, each in found.items()
        }

    @property
    def unstressed(self) -> Stressed:
        """The option as the stress test met it without stress."""
        return told_stressed(self.folders["stress"].told["unstressed"])

    def breaks(self) -> list[tuple[Stress, float]]:
        """Stresses that break the option and the strength at which they do, the nearest first."""
        found = [
            (stress, each.breaks.strength)
            for stress, each in zip(BOX, self.stresses.values(), strict=True)
            if isinstance(each, Stressed) and each.breaks and each.breaks.strength is not None
        ]
        return sorted(found, key=lambda each: each[1])

    def deciding(self) -> dict[str, str] | None:
        """Titles by path of the numbers that decide the verdict; None without a sensitivity analysis."""
        if "sensitivity" not in self.folders:
            return None
        told = self.folders["sensitivity"].told["verdict"]["deciding"]
        return {each["path"]: each["title"][self.language] for each in told}

    def removals(self) -> list[tuple[str, float, str]]:
        """(service, balance in yuan a year, state) with and without each service."""
        told = self.folders["subsidy"].told["subsidy"]["services"]
        return [(name, each["balance"]["value"], each["state"]) for name, each in told.items()]

    def swept(self) -> tuple[list[str], list[tuple[tuple[str, ...], dict[str, Estimate]]]]:
        """Titles of what a sweep varies; and of each point (its values, outcomes of the option)."""
        sweep, points = self.folders["sweep"], dict[str, tuple[tuple[str, ...], dict[str, Estimate]]]()
        axes = {axis["path"]: axis["title"] for axis in sweep.told["axes"]}
        for row in sweep.table("outcomes"):
            if row["case"] == self.option:
                point = points.setdefault(row["point"], (tuple(row[path] for path in axes), {}))
                point[1][row["outcome"]] = estimate(row)
        titles = [
            title[self.language] if title else label(sweep.scenario, path, self.language, self.translate)
            for path, title in axes.items()
        ]
        return titles, list(points.values())

    # What is not there.

    def command(self, name: str, *words: str) -> str:
        """A command on this scenario with the horizon and seed of these results."""
        line, seed = (
            ["opsim", name, "scenario.yaml", *words, "--years", str(self.years)],
            self.setting("seed"),
        )
        line += ["--seed", str(seed)] if seed else []
        return shlex.join([*line, "--fixed"] if self.fixed else line)

    def missing(self, what: str, name: str, *words: str) -> Paragraph:
        """That something is not in these results, and the command that fills it."""
        _, command = self.translate, self.command(name, *words)
        text = _("{what}: these results do not hold it. To fill it, run: {command}")
        return Paragraph(text.format(what=what, command=command), "missing")


def told_estimate(told: Mapping[str, Any]) -> Estimate:
    """An estimate as told in ``run.json``, a share of cases included."""
    found = told["value"] if "value" in told else told["probability"]
    return Estimate(found, told["ci"] and tuple(told["ci"]))


def told_verdict(told: Mapping[str, Any]) -> Verdict:
    """A verdict as told in ``run.json``."""
    relief, failure = told["relief"], told["failure"]
    return Verdict(
        told["class"], told["decided_by"], told_estimate(told),
        told_estimate(told["p0"]), told_estimate(told["p1"]), told_estimate(told["gate"]),
        relief and Relief(relief["class"], told_estimate(relief), relief["median_change"]),
        failure and Failure(failure["cause"], failure["share"], failure["month"] - 1),
    )  # fmt: skip


def told_stressed(told: Mapping[str, Any]) -> Stressed:
    """A stress as told in ``run.json``; the unstressed option has no breaking point."""
    shares, cost, breaks = told["outcomes"], told["median"]["own_level_fiscal_cost"], told.get("breaks")
    return Stressed(
        told["verdict"]["class"], told_estimate(shares["holds_with_grants"]),
        told_estimate(shares["gate_holds"]), cost["value"], cost["change"],
        breaks and Break(breaks["strength"], breaks["tried"]),
    )  # fmt: skip
