"""The kernel as plain Python, without compilation: what coverage and a debugger see."""

import os
import subprocess
import sys
from pathlib import Path

from tests.stations.engines import saved_names

ROOT = Path(__file__).parents[2]


def test_saved_days_agree_without_compilation():
    command = [
        sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider",
        str(Path(__file__).parent / "test_kernel.py"), "-k", "saved_days or any_layout",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(saved_names()) + 1} passed" in done.stdout, done.stdout
