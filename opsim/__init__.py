"""opsim tells before the money is spent whether a public facility with embedded services carries itself.

>>> import opsim
>>> scenario = opsim.load("book-house")
>>> result = opsim.run(scenario, opsim.Settings(option="embedded", replications=3, years=1))  # doctest: +SKIP
>>> result.verdict.name  # doctest: +SKIP
'insufficient-evidence'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opsim.errors import InputError, OpsimError, RunError
    from opsim.report.frames import results
    from opsim.scenario.load import Scenario, load
    from opsim.study.run import Comparison, RunResult, Settings, compare, run
    from opsim.study.stress import StressResult, stress

__version__ = "0.1.0"

__all__ = [
    "Comparison", "InputError", "OpsimError", "RunError", "RunResult", "Scenario", "Settings",
    "StressResult", "compare", "load", "results", "run", "stress",
]  # fmt: skip

_HOMES = {
    "Comparison": "opsim.study.run",
    "InputError": "opsim.errors",
    "OpsimError": "opsim.errors",
    "RunError": "opsim.errors",
    "RunResult": "opsim.study.run",
    "Scenario": "opsim.scenario.load",
    "Settings": "opsim.study.run",
    "StressResult": "opsim.study.stress",
    "compare": "opsim.study.run",
    "load": "opsim.scenario.load",
    "results": "opsim.report.frames",
    "run": "opsim.study.run",
    "stress": "opsim.study.stress",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    """Import what is asked for when it is asked for: `opsim --help` loads nothing heavy."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module opsim has no attribute {name}")
