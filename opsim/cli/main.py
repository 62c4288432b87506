"""The command `opsim`: what to print where when a command ends, and with which exit status."""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer

from opsim.cli.app import program
from opsim.cli.console import spoken_language, stop_workers, use_utf8
from opsim.cli.status import BAD_INPUT, DONE, FAILED, INTERRUPTED
from opsim.cli.surroundings import interruptible, open_streams
from opsim.cli.usage import UsageError, problem_of
from opsim.errors import InputError, Message, Problem, RunError
from opsim.language import Translate, english, render, render_problem, translator
from opsim.scenario.yaml.scalar import unspeakable


def main(
    arguments: Sequence[str] | None = None,
) -> int:
    """Run a command line (without the program's name) and return the exit status."""
    open_streams()
    use_utf8()
    with interruptible():
        return _carried_out(arguments)


def _carried_out(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = spoken_language(given, os.environ)
    try:
        translate = translator(language)
    except InputError as error:
        _tell_problems(error, english)
        return BAD_INPUT
    try:
        _speakable(given)
        return _status(program(translate).main(given, prog_name="opsim", standalone_mode=False, obj=language))
    except (UsageError, InputError) as error:
        _tell_problems(error if isinstance(error, InputError) else InputError([problem_of(error)]), translate)
        return BAD_INPUT
    except RunError as error:
        _tell(render(error.message, translate))
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        _tell(render(Message("interrupted before anything was finished: nothing is kept"), translate))
        return _status(INTERRUPTED)
    except OSError as error:
        return _told_of_the_system(error, translate)


def _speakable(given: Sequence[str]) -> None:
    """Refuse arguments that results could not repeat: with control characters, or not in UTF-8."""
    wrong = [(word, fault) for word in given if (fault := unspeakable(word)) is not None]
    if wrong:
        raise InputError([Problem(*fault, path=ascii(word)) for word, fault in wrong])


def _told_of_the_system(error: OSError, translate: Translate) -> int:
    """Say what the system refused; returns the exit status."""
    if error.errno == errno.ENAMETOOLONG:
        reason = Message("a name that no file can have: {reason}", {"reason": error.strerror})
        _tell_problems(InputError([Problem(reason, file=str(error.filename))]), translate)
        return BAD_INPUT
    if error.filename is not None:  # a file that was not opened is no matter of the output
        parts = {"file": str(error.filename), "reason": error.strerror or str(error)}
        _tell(render(Message("cannot read or write {file}: {reason}", parts), translate))
        return FAILED
    # Nothing more is to be written to the output, not even at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):  # then whoever read the output has gone
        _tell(render(Message("cannot write the output: {reason}", {"reason": str(error)}), translate))
    return FAILED


def _status(returned: object) -> int:
    """A command returns its exit status; help and the like return nothing."""
    status = returned if isinstance(returned, int) else DONE
    sys.stdout.flush()
    if status == INTERRUPTED:
        stop_workers()
    return status


def _tell_problems(error: InputError, translate: Translate) -> None:
    for problem in error.problems:
        _tell(render_problem(problem, translate))


def _tell(text: str) -> None:
    with suppress(OSError):  # nobody can be told that nobody can be told
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
