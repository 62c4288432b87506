"""Which opsim this is, to the last line: rows of two different ones must not stand in one table."""

import hashlib
from functools import cache
from pathlib import Path

import opsim


@cache
def fingerprint() -> str:
    """Hash of the package's source; the same on every system."""
    package, digest = Path(opsim.__file__).parent, hashlib.sha256()
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).as_posix()):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
