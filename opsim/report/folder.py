"""The results folder: everything needed to read, report and reproduce a run.

It is written beside its place under a passing name and renamed when complete, so that a folder that is there
is whole. For one seed its tables are the same to the byte, whatever the number of workers.
"""

import csv
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from opsim.errors import InputError, Message, Problem, RunError
from opsim.experiments.run import Comparison, RunResult
from opsim.experiments.stress import StressResult
from opsim.report import figures, hours, matrix, rows, statements, stations, stress, treasury
from opsim.report.comparison import as_json as comparison_json
from opsim.report.jsonform import as_json, text
from opsim.report.results import Results
from opsim.report.seal import open_seal, seal
from opsim.scenario.dump import dump
from opsim.scenario.load import Scenario

RUNS: Final = "runs"


def default_folder(name: str, now: datetime) -> Path:
    """``runs/NAME-TIME`` below the current folder, numbered on if there is one already."""
    stem = f"{name}-{now:%Y%m%d-%H%M%S}"
    tries = (Path(RUNS) / (stem if i == 1 else f"{stem}-{i}") for i in range(1, 10_000))
    return next(path for path in tries if not path.exists())


def refusal(folder: Path) -> Problem | None:
    """Why results cannot go to a folder; None where they can."""
    if folder.is_file():
        wrong = Message("--out {folder} is a file", {"folder": folder})
        return Problem(wrong, Message("a folder that does not exist yet or is empty"))
    try:
        if folder.is_dir() and any(folder.iterdir()):
            wrong = Message("--out {folder} is not empty", {"folder": folder})
            return Problem(wrong, Message("a folder that does not exist yet or is empty"))
    except OSError as error:
        return _unwritable(folder, error)
    return None


def _unwritable(folder: Path, error: OSError) -> Problem:
    parts = {"folder": folder, "reason": error.strerror or str(error)}
    return Problem(Message("cannot write to the folder {folder}: {reason}", parts))


@contextmanager
def reserved(folder: Path) -> Iterator[Path]:
    """A passing folder beside `folder`, there before a long run begins and gone after it unless published.

    Raises:
        InputError: where no folder can be made in that place.

    """
    passing = folder.parent / f".{folder.name}.{os.getpid()}"
    made = [path for path in (folder.parent, *folder.parent.parents) if not path.exists()]
    try:
        passing.mkdir(parents=True)
    except OSError as error:
        raise InputError([_unwritable(folder, error)]) from error
    try:
        yield passing
    finally:
        shutil.rmtree(passing, ignore_errors=True)
        _remove_empty(made)


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that were made for results which never came; innermost first."""
    for path in folders:
        try:
            path.rmdir()
        except OSError:
            return


def write(
    result: RunResult | Comparison | StressResult, passing: Path, folder: Path, language: str
) -> list[Path]:
    """Publish what was simulated with its tables and figures.

    A run is a comparison with one option but for the form of its object and the names of its figures.
    """
    return publish(lambda place: _fill(result, place, language), passing, folder)


def publish(fill: Callable[[Path], list[Path]], passing: Path, folder: Path) -> list[Path]:
    """Write everything into `passing`, seal it, make it `folder`; returns the pictures in their final place.

    `fill` writes the files and returns the pictures.

    Raises:
        RunError: where the disk is full or the folder cannot be written to.

    """
    try:
        pictures = fill(passing)
        seal(passing)
        if folder.exists():
            folder.rmdir()
        passing.rename(folder)
    except OSError as error:
        parts = {"folder": folder, "reason": error.strerror or str(error)}
        raise RunError(Message("cannot write to the folder {folder}: {reason}", parts)) from error
    return [folder / path.relative_to(passing) for path in pictures]


def _fill(result: RunResult | Comparison | StressResult, folder: Path, language: str) -> list[Path]:
    write_text(folder / "scenario.yaml", dump(result.scenario))
    found: Comparison | StressResult
    if isinstance(result, StressResult):
        found, told = result, stress.as_json(result)
        table(folder / "stress.csv", stress.COLUMNS, stress.rows(result))
    elif isinstance(result, RunResult):
        found, told = Comparison((result,)), as_json(result)
        _tables(found, folder)
    else:
        found, told = result, comparison_json(result)
        _tables(result, folder)
    write_text(folder / "run.json", text(told))
    return draw_figures(found, Results(folder, told["command"], told, result.scenario), language)


def finish(
    folder: Path, scenario: Scenario, told: dict[str, Any],
    tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]], found: object, language: str,
) -> list[Path]:  # fmt: skip
    """Write what a study has found beside its store: tables by name, figures, and ``run.json`` last of all.

    Raises:
        RunError: where the disk is full or the folder cannot be written to.

    """
    try:
        open_seal(folder)
        for name, (columns, lines) in tables.items():
            table(folder / f"{name}.csv", columns, lines)
        pictures = draw_figures(found, Results(folder, told["command"], told, scenario), language)
        passing = folder / ".run.json"
        write_text(passing, text(told))
        os.replace(passing, folder / "run.json")
        seal(folder)
    except OSError as error:
        parts = {"folder": folder, "reason": error.strerror or str(error)}
        raise RunError(Message("cannot write to the folder {folder}: {reason}", parts)) from error
    return pictures


def draw_figures(found: object, results: Results, language: str) -> list[Path]:
    """Write the tables of all figures of what a command has found into its folder, then draw them.

    `results` is that folder, whose other tables are there already. Returns the pictures.
    """
    (results.folder / "figures").mkdir(exist_ok=True)
    for each in figures.tables(results.kind, found):
        table(results.folder / "figures" / f"{each.name}.csv", each.columns, each.rows)
    return figures.save(results, figures.names(results), language)


def _tables(result: Comparison, folder: Path) -> None:
    table(folder / "outcomes.csv", rows.OUTCOME_COLUMNS, rows.outcome_rows(result))
    table(folder / "replications.csv", rows.REPLICATION_COLUMNS, rows.replication_rows(result))
    table(folder / "monthly.csv", rows.monthly_columns(result), rows.monthly_rows(result))
    table(folder / "ledger.csv", rows.LEDGER_COLUMNS, rows.ledger_rows(result))
    table(folder / "statements.csv", statements.COLUMNS, statements.rows(result))
    table(folder / "hours.csv", hours.COLUMNS, hours.rows(result))
    table(folder / "stations.csv", stations.STATION_COLUMNS, stations.station_lines(result))
    table(folder / "places.csv", stations.PLACE_COLUMNS, stations.place_lines(result))
    table(folder / "treasury.csv", treasury.COLUMNS, treasury.rows(result))
    for name, columns, lines in (
        ("cross_subsidy.csv", matrix.COLUMNS, matrix.payments),
        ("shared_cost.csv", matrix.DRIVER_COLUMNS, matrix.driver_rows),
    ):
        labeled = ((run.settings.option, *line) for run in result.runs for line in lines(run))
        table(folder / name, ("case", *columns), labeled)


def write_text(path: Path, content: str) -> None:
    """Write a text in UTF-8 whose lines end alike on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(content)


def table(path: Path, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file in UTF-8 whose lines end alike on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
