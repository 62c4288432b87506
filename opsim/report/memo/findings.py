"""What a memo is filled from: results folders of one scenario put together, and what they say."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Final

import numpy as np

from opsim.errors import InputError, Message, Problem
from opsim.language import Translate, translator
from opsim.outcomes.intervals import Estimate
from opsim.records import Float64
from opsim.report.document import Paragraph
from opsim.report.numbers import STYLES, number
from opsim.report.results import Results
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.paths import leaves

ABOUT_OPTIONS: Final = ("compare", "run")
"""Folders that hold cases beside the baseline, the fuller first."""

NONE: Final = Estimate(None, None)


@dataclass(frozen=True)
class Findings:
    """Folders of one scenario, at most one of each command, and the option that the memo is about."""

    folders: Mapping[str, Results]
    """By the command that made them."""
    option: str
    language: str

    @property
    def translate(self) -> Translate:
        """From English to the memo's language."""
        return translator(self.language)

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return next(iter(self.folders.values())).scenario

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

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """The baseline and the options compared."""
        return (BASELINE, *(self.main.options() if self.main else ()))

    @cached_property
    def _estimates(self) -> dict[tuple[str, str], Estimate]:
        return self.main.estimates() if self.main else {}

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Float64]:
        """(R,) by case and outcome, NaN where undefined."""
        found: dict[tuple[str, str], list[float]] = {}
        for row in self.main.table("replications") if self.main else ():
            number = float(row["value"]) if row["value"] else np.nan
            found.setdefault((row["case"], row["outcome"]), []).append(number)
        return {key: np.array(values) for key, values in found.items()}

    @cached_property
    def _monthly(self) -> dict[tuple[str, str], Float64]:
        """(R,) yuan a year by case and column of money."""
        found: dict[tuple[str, str], dict[str, float]] = {}
        rows = self.main.table("monthly") if self.main else []
        for row in rows:
            for name, text in row.items():
                if name.endswith("_fen"):
                    sums = found.setdefault((row["case"], name.removesuffix("_fen")), {})
                    sums[row["replication"]] = sums.get(row["replication"], 0.0) + float(text)
        years = self.first.told["years"]
        return {key: np.array(list(sums.values())) / 100 / years for key, sums in found.items()}

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

    def money(self, case: str, column: str) -> Float64:
        """(R,) yuan a year of a column of the monthly table."""
        return self._monthly[case, column]

    def leanest_year(self, case: str, column: str) -> Float64:
        """(R,) a column of the monthly table in the budget year in which it sums up to least."""
        assert self.main is not None
        found: dict[str, list[float]] = {}
        for row in self.main.table("monthly"):
            if row["case"] == case:
                found.setdefault(row["replication"], []).append(float(row[column]))
        by_year = np.array(list(found.values())).reshape(len(found), -1, 12).sum(axis=2)
        return np.asarray(by_year.min(axis=1))

    def difference(self, case: str, outcome: str) -> Estimate:
        """A case less the baseline, with the interval of the pairs."""
        assert self.main is not None
        told = self.main.told
        found = (
            told["difference"].get(outcome)
            if self.main.kind == "run"
            else told["compare"].get(outcome, {}).get("difference", {}).get(case)
        )
        return NONE if found is None else told_estimate(found)

    def verdict(self, case: str | None = None) -> dict[str, Any]:
        """The verdict on an option, as told in ``run.json``."""
        if self.main is not None:
            told = self.main.told
            found = told["verdict"] if self.main.kind == "run" else told["verdicts"][case or self.option]
        else:
            found = self.folders["stress"].told["unstressed"]["verdict"] if "stress" in self.folders else {}
        return dict(found)

    def told(self, key: str, case: str) -> Any:  # noqa: ANN401 - a part of run.json
        """What the folder of cases tells of one: its flows, groups or lost demand."""
        assert self.main is not None
        return self.main.told[key][case]

    @property
    def fixed(self) -> bool:
        """Whether only chance varied between cases."""
        return bool(self.first.told["fixed"])

    def title(self, case: str) -> str:
        """A case in words."""
        return self.first.title(case, self.language)

    def services(self) -> dict[str, str]:
        """Titles of the option's services by name."""
        return {name: each.title[self.language] for name, each in self.facility.services.items()}

    def command(self, name: str, *words: str) -> str:
        """A command on this scenario with the horizon and seed of these results."""
        told = self.first.told
        line = ["opsim", name, "scenario.yaml", *words, "--years", str(told["years"])]
        line += ["--seed", str(told["seed"])] if told["seed"] else []
        return shlex.join([*line, "--fixed"] if self.fixed else line)

    def missing(self, what: str, name: str, *words: str) -> Paragraph:
        """That something is not in these results, and the command that fills it."""
        _ = self.translate
        text = _("{what}: these results do not hold it. To fill it, run: {command}")
        return Paragraph(text.format(what=what, command=self.command(name, *words)), "missing")


def told_estimate(found: Mapping[str, Any]) -> Estimate:
    """An estimate as told in ``run.json``, a share of cases included."""
    value = found["value"] if "value" in found else found["probability"]
    ci = found["ci"]
    return Estimate(value, None if ci is None else (ci[0], ci[1]))


def amount(yuan: float | None, _: Translate, *, signed: bool = False) -> str:
    """A sum in ten thousand yuan with its unit."""
    if yuan is None:
        return _("undefined")
    return _("{amount} ten thousand yuan").format(amount=number(yuan, "money", signed=signed))


def between(ends: tuple[float, float] | None, unit: str, _: Translate) -> str:
    """Both ends of a range of an outcome of some unit; a dash where there is none."""
    if ends is None:
        return "–"
    low, high = (number(end, STYLES[unit]) for end in ends)
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def running(parts: Iterable[str], _: Translate) -> str:
    """Sentences one after another."""
    whole = [part[:1].upper() + part[1:] for part in parts if part]
    return _(". ").join(whole) + _(".")


def joined(parts: Sequence[str], _: Translate) -> str:
    """Words in a row."""
    return reduce(lambda one, two: _("{one}, {two}").format(one=one, two=two), parts)


def put_together(folders: Sequence[Results], language: str) -> Findings:
    """Findings from folders of one scenario, one option and different commands.

    The option is the one that a folder of a single option is about, else the first of the comparison.

    Raises:
        InputError: naming every folder that does not go with the others.

    """
    first = folders[0]
    problems: list[Problem] = []
    by_kind: dict[str, Results] = {}
    for each in folders:
        if each.kind in by_kind:
            parts = {"command": each.kind, "other": by_kind[each.kind].folder}
            wrong = Message("also from opsim {command}, like {other}", parts)
            problems.append(_problem(each, wrong, Message("one folder of each command")))
        else:
            by_kind[each.kind] = each
        if each is not first:
            problems += _other_scenario(each, first)
    single = [each for each in folders if each.kind != "compare" and len(each.options()) == 1]
    option = (single[0] if single else first).options()[0]
    for each in folders:
        if option not in each.options():
            wrong = Message(
                "about the option {found}, not {option}",
                {"found": list(each.options()), "option": option},
            )
            problems.append(_problem(each, wrong, Message("folders about one option")))
    if problems:
        raise InputError(problems)
    return Findings(by_kind, option, language)


def _problem(results: Results, wrong: Message, allowed: Message) -> Problem:
    return Problem(wrong, allowed, file=str(results.folder))


def _other_scenario(each: Results, first: Results) -> Iterator[Problem]:
    """Whether two folders are of different scenarios: where they differ, in the cases that both have."""
    ours, theirs = first.scenario.cases(), each.scenario.cases()
    shared = [name for name in ours if name in theirs]
    if all(ours[name] == theirs[name] for name in shared) and len(shared) > 1:
        return
    if each.scenario.title != first.scenario.title:
        parts = {"found": each.scenario.title.en, "scenario": first.scenario.title.en}
        wrong = Message("about {found}, not {scenario}", parts)
    else:
        paths = list(dict.fromkeys(path for name in shared for path in _differing(ours[name], theirs[name])))
        wrong = Message("another version of the scenario: {paths}", {"paths": paths[:3] or ["options"]})
    yield _problem(each, wrong, Message("folders of one scenario"))


def _differing(ours: Facility, theirs: Facility) -> Iterator[str]:
    one, other = dict(leaves(ours)), dict(leaves(theirs))
    for path in {**one, **other}:
        if one.get(path) != other.get(path):
            yield path
