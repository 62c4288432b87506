"""The table of legal routes, read from ``routes.yaml`` beside this module.

It is data, not code: who keeps what users pay, which payments and terms a route allows, and the rule that
says so. What a contract has beyond its route is told as flags by `opsim.scenario.legality`.
"""

from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Row):
    """A rule that is cited."""

    title: dict[Literal["en", "zh"], str]
    source: str
    tag: Literal["R1", "R2", "R3", "D", "K"]
    """How far the citation was verified; K: recalled."""


class Route(_Row):
    """A legal route."""

    title: dict[Literal["en", "zh"], str]
    purse: Literal["government", "operator"]
    """Who keeps what users pay, pays the costs and bears the risk."""
    rule: str
    payments: tuple[str, ...]
    """What it allows."""
    usual_years: int | None = None
    most_years: int | None = None
    takes_profit: bool = True
    membership_fees: bool = True
    """Whether users may be asked to pay far ahead."""
    whole_appropriation: bool = False
    """Whether a budget may carry the services that the operator runs."""


def _table() -> dict[str, Any]:
    text = files("opsim.scenario").joinpath("routes.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return table


_TABLE = _table()
RULES: dict[str, Rule] = {name: Rule.model_validate(row) for name, row in _TABLE["rules"].items()}
ROUTE: dict[str, Route] = {name: Route.model_validate(row) for name, row in _TABLE["routes"].items()}
ROUTES: tuple[str, ...] = tuple(ROUTE)
OWNED_BY_OPERATOR: frozenset[str] = frozenset(name for name, row in ROUTE.items() if row.purse == "operator")
