"""`opsim subsidy`: who pays for whom, in the books and by runs without each service and of each alone."""

import sys
from functools import partial

from opsim.cli.console import paper
from opsim.cli.options import Voice
from opsim.cli.simulate import Done, Progress, simulate
from opsim.cli.wishes import Wishes, understood
from opsim.report.folder import publish
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.sections import with_and_without as economic
from opsim.study.subsidy import DEFAULT_REPLICATIONS, economic_view, removal_runs


def subsidy_of_scenario(wishes: Wishes, voice: Voice) -> int:
    """Set both answers side by side; returns the exit status."""
    scenario, settings, _names = understood(wishes, every=False, replications=DEFAULT_REPLICATIONS)
    runs = removal_runs(scenario, settings.option)

    def work(progress: Progress) -> Done:
        view = economic_view(scenario, settings, runs, progress)
        published = partial(publish, economic.content(view, voice.language), language=voice.language)

        def show() -> None:
            if voice.json:
                sys.stdout.write(text(economic.as_json(view)))
            else:
                screen.show(economic.blocks(view, voice.language), paper())

        named = [word for name in wishes.options for word in ("--option", name)]
        following = wishes._replace(replications=None).again("run", named)
        return Done(view.whole, view.whole.complete, published, following, show)

    return simulate(wishes, f"{scenario.name}-subsidy", settings, 1 + len(runs.options), voice, work)
