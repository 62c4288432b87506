"""The public face: what `import opsim` offers, and that it stays light."""

import subprocess
import sys

import pytest

import opsim


def test_everything_promised_is_there() -> None:
    assert sorted(opsim.__all__) == [
        "Comparison", "InputError", "OpsimError", "RunError", "RunResult", "Scenario", "Settings",
        "StressResult", "compare", "load", "results", "run", "stress",
    ]  # fmt: skip
    for name in opsim.__all__:
        assert getattr(opsim, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute lode"):
        opsim.lode  # noqa: B018


def test_importing_opsim_imports_nothing_heavy() -> None:
    code = "import sys, opsim; print([m for m in ('numpy', 'numba', 'pydantic', 'simpy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
