"""The result printed in the READMEs is the result that the command prints."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PASSING = ("Results:", "Figure:", "结果：", "图：")
"""Lines that name a folder with the time in it."""


def promised(name: str) -> tuple[str, str]:
    """The quick look's command and the output that stands under it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.search(
        r"```\n(opsim run [^\n]*--replications 3[^\n]*)\n```\n\n<!-- sample -->\n```\n(.*?)```", text, re.S
    )
    assert found, f"{name} holds no sample"
    return found[1], found[2]


@pytest.mark.parametrize("name", ["README.md", pytest.param("README.zh-CN.md", marks=pytest.mark.slow)])
def test_the_sample_is_what_is_printed(name: str, tmp_path: Path) -> None:
    command, sample = promised(name)
    program = [sys.executable, "-m", "opsim", *shlex.split(command)[1:]]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert "\n".join(line for line in lines if not line.startswith(PASSING)).strip() == sample.strip()
