"""`opsim stress`: an option under every stress of the box, from the line to the folder and the table."""

import sys
from datetime import datetime
from pathlib import Path

from opsim.cli.console import hint, paper
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.run import FAILED, INTERRUPTED, agreed, endings
from opsim.cli.wishes import Wishes, understood
from opsim.demand.compiled import notice
from opsim.errors import Message
from opsim.experiments.stress import REPLICATIONS, stress
from opsim.experiments.stresses import BOX
from opsim.language import render, translator
from opsim.report import stress as report
from opsim.report.folder import default_folder, reserved, write
from opsim.report.jsonform import text


def stress_scenario(wishes: Wishes, voice: Voice) -> int:
    """Put one option under stress; returns the exit status."""
    scenario, settings, _ = understood(wishes, every=False, replications=REPLICATIONS)
    if not wishes.yes and not agreed(settings, 2 * (1 + len(BOX)), voice):
        return 0
    name = f"{scenario.name}-stress"
    folder = Path(wishes.out) if wishes.out else default_folder(name, datetime.now().astimezone())
    try:
        with reserved(folder) as passing:
            told = notice()
            if told is not None:
                hint(told, voice)
            with bar(settings.replications, voice) as progress:
                result = stress(scenario, settings, progress)
            figures = write(result, passing, folder, voice.language)
    except KeyboardInterrupt:
        message = Message("interrupted before anything was finished")
        sys.stderr.write(render(message, translator(voice.language)) + "\n")
        return INTERRUPTED
    if voice.json:
        sys.stdout.write(text(report.as_json(result)))
    else:
        report.show(result, voice.language, paper(report.WIDTH_ELSEWHERE))
    sys.stdout.flush()
    following = wishes.again("run", [word for name in wishes.options for word in ("--option", name)])
    for line in endings(result.unstressed, folder, figures, following, voice):
        hint(line, voice)
    if result.unstressed.failure is not None:
        return FAILED
    return 0 if result.complete else INTERRUPTED
