"""How the numbers of a folder were made, and the command that makes them again."""

import shlex
from datetime import date

from opsim.language import Translate
from opsim.report.results import Results
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED
from opsim.scenario.shipped import names


def made(results: Results, start: date, _: Translate) -> str:
    """Replications, seed, horizon, ranges or chance only, badge and version."""
    told = results.told
    count = told["replications"]
    asked = told["settings"].get("replications", count)
    return " · ".join(
        (
            _("{count} replications").format(count=count)
            if count == asked or told["settings"].get("precision") is not None
            else _("{count} of {asked} replications (interrupted)").format(count=count, asked=asked),
            _("seed {seed}").format(seed=told["seed"]),
            _("{years}-year horizon from {start}").format(years=told["years"], start=f"{start:%Y-%m}"),
            _(CHANCE_ONLY if told["fixed"] else DRAWN),
            _(NOT_BACK_TESTED),
            f"opsim {told['version']}",
        )
    )


def command(results: Results) -> str:
    """The line that makes a folder again, from its scenario.yaml."""
    told, settings = results.told, results.told["settings"]
    if results.kind == "sweep":
        return _sweep(results)
    words = ["opsim", results.kind, "scenario.yaml"]
    words += told["options"] if "options" in told else ["--option", told["option"]]
    words += ["--method", told["method"]] if "method" in told else []
    if "solve" in told:
        words += ["--solve", told["solve"]["path"], "--between", *map(str, told["solve"]["between"])]
        words += ["--target", f"{told['target']['outcome']}={told['target']['value']}"]
    precision = settings.get("precision")
    words += (
        ["--replications", str(told["replications"])] if precision is None
        else ["--precision", str(precision)]
    )  # fmt: skip
    words += ["--years", str(told["years"]), "--seed", str(told["seed"])]
    words += ["--fixed"] if told["fixed"] else []
    words += ["--engine", told["engine"]] if told["engine"] != "kernel" else []
    words += ["--ledger", "all"] if settings.get("ledger") == "all" else []
    return shlex.join(words)


def _sweep(results: Results) -> str:
    """A sweep by its study's name, or by the numbers that its line moved."""
    told = results.told
    name, options = told["name"], told["options"]
    if name == f"{told['scenario']}-sweep":
        words = ["opsim", "sweep", "scenario.yaml", "--option", *options]
        for axis in told["axes"]:
            values = {float(row[axis["path"]]) for row in results.table("outcomes")}
            words += ["--vary", f"{axis['path']}={min(values):g}:{max(values):g}:{len(values)}"]
    else:
        words = ["opsim", "sweep", name if name in names("experiments") else f"{name}.yaml"]
        words += ["--option", *options] if len(options) == 1 else []
        for setting in told["settings"]["sets"]:
            words += ["--set", setting]
    words += ["--replications", str(told["replications"]), "--years", str(told["years"])]
    return shlex.join([*words, "--seed", str(told["seed"]), *(["--fixed"] if told["fixed"] else [])])
