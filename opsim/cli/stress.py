"""`opsim stress`: an option under every stress of the box, from the line to the folder and the table."""

import sys
from functools import partial

from opsim.cli.console import paper
from opsim.cli.options import Voice
from opsim.cli.simulate import Done, Progress, simulate
from opsim.cli.wishes import Wishes, understood
from opsim.errors import Message
from opsim.report.folder import write
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.sections import under_stress as report
from opsim.study.stress import REPLICATIONS, StressResult, stress
from opsim.study.stresses import BOX


def stress_scenario(wishes: Wishes, voice: Voice) -> int:
    """Put one option under stress; returns the exit status."""
    scenario, settings, _ = understood(wishes, every=False, replications=REPLICATIONS)

    def work(progress: Progress) -> Done:
        result = stress(scenario, settings, progress)
        published = partial(write, result, language=voice.language)

        def show() -> None:
            if voice.json:
                sys.stdout.write(text(report.as_json(result)))
            else:
                screen.show(report.blocks(result, voice.language), paper())

        following = wishes.again("run", [word for name in wishes.options for word in ("--option", name)])
        return Done(result.unstressed, result.complete, published, following, show, _lacking(result))

    return simulate(wishes, f"{scenario.name}-stress", settings, 2 * (1 + len(BOX)), voice, work)


def _lacking(result: StressResult) -> Message | None:
    """What is missing although every replication was made."""
    if result.complete or not result.unstressed.complete:
        return None
    parts = {"count": len(result.unstressed.replications)}
    return Message(
        "Ended early: {count} replications under every stress are kept, no point of failure was found", parts
    )
