"""How functions of this package are compiled: cached on disk, without the interpreter's lock."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a numbers-only function with numba; its Python signature stays visible to type checkers."""
    kernel: Callable[P, R] = njit(cache=True, nogil=True)(function)
    return kernel
