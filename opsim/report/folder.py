"""The results folder: everything needed to read, report and reproduce a run.

It is claimed before anything is simulated. Numbers come first: when all tables are there, each written whole
or not at all, their checksums make the folder a finished one. Pictures come after; they are drawn of those
tables and can be drawn again at any time. Whatever fails takes nothing away that is there. For one seed the
tables are the same to the byte, whatever the number of workers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from opsim.errors import Message
from opsim.language import translator
from opsim.report import rows, statements, treasury
from opsim.report import station_tables as measured
from opsim.report.figures import gallery as figures
from opsim.report.figures import load_by_hour as hours
from opsim.report.json_values import text
from opsim.report.results import Results
from opsim.report.run_json import as_json
from opsim.report.seal import open_seal, seal
from opsim.report.sections import under_stress as stress
from opsim.report.sections import who_pays as matrix
from opsim.report.writing import table, write_text
from opsim.scenario.load import Scenario
from opsim.scenario.yaml.scenario_text import dump
from opsim.study.claim import unwritable
from opsim.study.run_and_compare import Comparison, RunResult
from opsim.study.stress_search import StressResult


class Table(NamedTuple):
    """A table of a folder, ``NAME.csv``."""

    name: str
    columns: Sequence[str]
    rows: Callable[[], Iterable[Sequence[Any]]]


class Content(NamedTuple):
    """What a command has found, in the forms in which it is published."""

    command: str
    """One of `results.KINDS`."""
    scenario: Scenario
    told: Callable[[], dict[str, Any]]
    """Makes the object of ``run.json``."""
    tables: Sequence[Table]
    """The most telling first."""
    found: object
    """From which its figures' tables are made."""


class Published(NamedTuple):
    """What has become of a folder."""

    pictures: list[Path]
    undrawn: list[Message]
    """Figures that could not be drawn; their tables are there."""
    missing: list[Message]
    """What could not be written. The folder is finished where there is no such thing."""


def write(result: RunResult | Comparison | StressResult, folder: Path, language: str) -> Published:
    """Publish what was simulated.

    A run is a comparison with one option but for the form of its object and the names of its figures.
    """
    if isinstance(result, StressResult):
        tables = [Table("stress", stress.COLUMNS, partial(stress.rows, result, translator(language)))]
        told: Callable[[], dict[str, Any]] = partial(stress.as_json, result)
        return publish(Content("stress", result.scenario, told, tables, result), folder, language)
    if isinstance(result, RunResult):
        found, command, told = Comparison((result,)), "run", partial(as_json, result)
    else:
        found, command, told = result, "compare", partial(as_json, result)
    content = Content(command, result.scenario, told, _tables(found, language), found)
    return publish(content, folder, language)


def publish(content: Content, folder: Path, language: str) -> Published:
    """Write everything into a claimed folder: numbers, then their checksums, then pictures.

    What cannot be written or drawn is told, and the rest is written. An interrupt (Ctrl-C) goes through; what
    was written before it stays.
    """
    missing: list[Message] = []
    undrawn: list[Message] = []

    def kept(path: Path, put: Callable[[Path], object]) -> None:
        try:
            path.parent.mkdir(exist_ok=True)
            put(path)
        except OSError as error:
            missing.append(unwritable(folder, error))
        except Exception as error:  # a mistake in one table takes no other away
            parts = {"file": path.relative_to(folder).as_posix(), "reason": figures.reason(error)}
            missing.append(Message("{file} could not be written: {reason}", parts))

    try:
        open_seal(folder)
    except OSError as error:
        return Published([], [], [unwritable(folder, error)])
    kept(folder / "scenario.yaml", lambda path: write_text(path, dump(content.scenario)))
    told = cache(content.told)
    kept(folder / "run.json", lambda path: write_text(path, text(told())))
    for each in content.tables:
        kept(folder / f"{each.name}.csv", partial(_put, columns=each.columns, rows=each.rows))
    for figure in map(Table._make, figures.tables(content.command, content.found)):
        try:
            lines = list(figure.rows())
        except Exception as error:  # nor does a figure that cannot be made of what was found
            undrawn.append(figures.told_beside(folder / "figures", figure.name, error))
            continue
        if lines:
            path = folder / "figures" / f"{figure.name}.csv"
            kept(path, partial(_put, columns=figure.columns, rows=partial(iter, lines)))
    pictures: list[Path] = []
    if not missing:
        try:
            seal(folder)
            results = Results(folder, content.command, told(), content.scenario)
            pictures = figures.save(results, figures.names(results), language, undrawn)
        except OSError as error:
            missing.append(unwritable(folder, error))
    return Published(pictures, undrawn, list({str(each): each for each in missing}.values()))


def _put(path: Path, columns: Sequence[str], rows: Callable[[], Iterable[Sequence[Any]]]) -> None:
    table(path, columns, rows())


def _tables(result: Comparison, language: str) -> list[Table]:
    return [
        Table("outcomes", rows.OUTCOME_COLUMNS, partial(rows.outcome_rows, result, translator(language))),
        Table("replications", rows.REPLICATION_COLUMNS, partial(rows.replication_rows, result)),
        Table("monthly", rows.monthly_columns(result), partial(rows.monthly_rows, result)),
        Table("statements", statements.COLUMNS, partial(statements.rows, result)),
        Table("hours", hours.COLUMNS, partial(hours.rows, result)),
        Table("stations", measured.STATION_COLUMNS, partial(measured.lines, measured.stations, result)),
        Table("places", measured.PLACE_COLUMNS, partial(measured.lines, measured.places, result)),
        Table("denials", measured.DENIAL_COLUMNS, partial(measured.lines, measured.denials, result)),
        Table("treasury", treasury.COLUMNS, partial(treasury.rows, result)),
        Table("cross_subsidy", ("case", *matrix.COLUMNS), partial(_by_case, result, matrix.payments)),
        Table("shared_cost", ("case", *matrix.DRIVER_COLUMNS), partial(_by_case, result, matrix.driver_rows)),
        Table("ledger", rows.LEDGER_COLUMNS, partial(rows.ledger_rows, result)),
    ]


def _by_case(
    result: Comparison, lines: Callable[[RunResult], Iterable[Sequence[Any]]]
) -> Iterator[Sequence[Any]]:
    return ((run.settings.option, *line) for run in result.runs for line in lines(run))
