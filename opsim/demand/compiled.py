"""How functions of this package are compiled, and where what has been compiled is kept.

Compiling everything takes some 30 seconds, so the machine code is kept: where NUMBA_CACHE_DIR says, which
is a setting of numba's, else beside the source; where nothing may be written there, among the user's own
caches or, last, in a folder of the user's among the temporary ones. It is taken up again only if no source
that it may have been made from has changed: compiled functions contain the functions and constants of other
files, and numba itself looks at the file of the function alone. Where nothing can be kept, everything
works, but slowly at first; the command line asks `notice` what to say about it.
"""

import errno
import os
import pickle
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from numba import njit
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
    UserWideCacheLocator,
)
from numpy.typing import NDArray

from opsim.errors import Message

P = ParamSpec("P")
R = TypeVar("R")

SOURCES: Final = (
    "demand/*.py",
    "stations/*.py",
    "facility/month/station_counts.py",
    "facility/month/visit_units.py",
    "records.py",
)
"""All that compiled functions are made from."""
UNREADABLE: Final = (OSError, EOFError, pickle.UnpicklingError)
"""What comes of a file that is cut off or somebody else's."""


@cache
def source_stamp() -> str:
    """Hash of all sources that compiled functions are made from."""
    package, digest = Path(__file__).parents[1], blake2b(digest_size=16)
    for path in sorted(path for pattern in SOURCES for path in package.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Stamped:
    """A place whose machine code is made anew when any source has changed, not that of the function alone."""

    def get_source_stamp(self) -> tuple[object, str]:
        return super().get_source_stamp(), source_stamp()  # type: ignore[misc]


class _BesideTheSource(_Stamped, InTreeCacheLocator):
    pass


class _AmongTheUsersCaches(_Stamped, UserWideCacheLocator):
    pass


class _WhereNumbaIsTold(_Stamped, UserProvidedCacheLocator):
    pass


class _AmongTemporaryFiles(_Stamped, UserWideCacheLocator):
    """A folder that is there until the system is started again, or longer."""

    def __init__(self, function: object, file: str) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call]
        self._cache_path = str(_temporary_folder() / Path(self._cache_path).name)

    @classmethod
    def from_function(cls, function: object, file: str) -> object:
        try:
            return super().from_function(function, file)  # type: ignore[no-untyped-call]
        except OSError:
            return None


def _temporary_folder() -> Path:
    """A folder among the temporary ones into which nobody else can put code that would then be run.

    Raises:
        OSError: where there can be none.

    """
    if os.name == "nt":  # there, each user has temporary files of his own
        return Path(tempfile.gettempdir()) / "opsim"
    place = Path(tempfile.gettempdir()) / f"opsim-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(place))
    return place


class _Places(CompileResultCacheImpl):
    _locator_classes = [  # noqa: RUF012 - numba's own attribute
        _WhereNumbaIsTold, _BesideTheSource, _AmongTheUsersCaches, _AmongTemporaryFiles,
    ]  # fmt: skip


class _Kept(FunctionCache):
    """The machine code of one function. What cannot be read or written is not there."""

    _impl_class = _Places

    def load_overload(self, sig: object, target_context: object) -> object:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except UNREADABLE:
            with suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]
            return None

    def save_overload(self, sig: object, data: object) -> None:
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except OSError:
            _lost.append(self)

    def is_cold(self) -> bool:
        """Whether there is nothing to take up."""
        try:
            return not self._cache_file._load_index()  # type: ignore[no-untyped-call]
        except UNREADABLE:
            return True


_kept: Final[list[_Kept]] = []
_lost: Final[list[object]] = []
"""What could not be kept."""


def notice() -> Message | None:
    """Return what to tell the user before a run about the time that compiling takes, if there is anything.

    It speaks of what has been imported: ask when the engine is.
    """
    if _lost:
        return Message(
            "No folder for compiled code can be written to, so every start takes half a minute longer"
        )
    if _kept and all(kept.is_cold() for kept in _kept):
        return Message("The first run compiles the program; this takes about half a minute")
    return None


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a numbers-only function with numba; its Python signature stays visible to type checkers.

    The interpreter's lock is not held while it runs.
    """
    return _compiled(function)


def compiled_bare(function: Callable[P, R]) -> Callable[P, R]:
    """`compiled` for a function that makes no arrays: those it is given are not counted while it runs.

    Counting who holds an array, at each of its uses, costs the largest function here a noticeable part of
    its time.
    """
    return _compiled(function, _nrt=False)


def compiled_inline(function: Callable[P, R]) -> Callable[P, R]:
    """`compiled` for a small function in the innermost loops: its body is put where it is called.

    A loop over columns that calls nothing is compiled to work on eight elements at a time.
    """
    return _compiled(function, forceinline=True)


def _compiled(function: Callable[P, R], **options: bool) -> Callable[P, R]:
    kernel: Any = njit(nogil=True, **options)(function)  # type: ignore[call-overload]
    result: Callable[P, R] = kernel
    if kernel is not function:  # else compilation is switched off
        try:
            kernel._cache = _Kept(function)  # type: ignore[no-untyped-call]
            _kept.append(kernel._cache)
        except RuntimeError:
            _lost.append(kernel)
    return result


def plain(column: NDArray[Any]) -> NDArray[Any]:
    """The column in one writable piece of memory; for any other a function would be compiled anew."""
    flags = column.flags
    return column if flags.c_contiguous and flags.writeable else column.copy()
