"""No test depends on how busy the machine is."""

import ast
from pathlib import Path

from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent


def test_no_generated_case_has_a_time_limit():
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


def test_no_test_has_settings_of_its_own_about_time():
    own = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "settings"
        if "deadline" in {each.arg for each in node.keywords} or "too_slow" in ast.unparse(node)
    ]
    assert not own


def test_who_waits_for_another_process_has_patience():
    """A time limit of a test is a guard against waiting for ever; one is enough, and it is long."""
    hasty = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in TESTS.rglob("*.py")
        if "benchmarks" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "timeout" and isinstance(node.value, ast.Constant)
    ]
    assert not hasty
