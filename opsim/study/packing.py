"""Results as bytes and back, for a file that anybody may hand over.

Reading makes numbers, texts, arrays, containers and the few dataclasses and named tuples that the reader
names, whatever the bytes say: nothing in them is ever carried out. A blob is zlib over a line of JSON and the
arrays behind it.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

KINDS: Final = ("<i8", "<i4", "<i2", "|i1", "<f8", "|b1")
"""Arrays that there may be."""


def packed(value: object) -> bytes:
    """A value of numbers, texts, arrays, tuples (named ones too), lists, dicts and dataclasses as bytes."""
    arrays: list[bytes] = []

    def told(each: Any) -> Any:  # noqa: ANN401 - whatever is to be packed
        if each is None or isinstance(each, (bool, int, float, str)):
            return each
        if isinstance(each, np.generic):
            return each.item()
        if isinstance(each, np.ndarray):
            arrays.append(each.tobytes())
            return {"array": [each.dtype.newbyteorder("<").str, each.shape]}
        if isinstance(each, (list, tuple)) and not hasattr(each, "_fields"):
            inside = list(map(told, each))
            return {"tuple": inside} if isinstance(each, tuple) else inside
        if isinstance(each, dict):
            return {"dict": [[told(key), told(it)] for key, it in each.items()]}
        names = [field.name for field in fields(each)] if is_dataclass(each) else each._fields
        return {type(each).__name__: [told(getattr(each, name)) for name in names]}

    head = json.dumps(told(value), ensure_ascii=False, separators=(",", ":")).encode()
    return zlib.compress(b"".join((head, b"\n", *arrays)))


def unpacked(blob: bytes, classes: Iterable[type]) -> Any:  # noqa: ANN401 - whatever was packed
    """What `packed` was given; of dataclasses and named tuples only these `classes`.

    Raises:
        ValueError, TypeError, KeyError or zlib.error: for bytes that `packed` has not made of such values.

    """
    head, _, data = zlib.decompress(blob).partition(b"\n")
    known = {each.__name__: each for each in classes}
    offset = 0

    def made(told: Any) -> Any:  # noqa: ANN401 - as above
        nonlocal offset
        if isinstance(told, list):
            return list(map(made, told))
        if not isinstance(told, dict):
            return told
        ((kind, inside),) = told.items()
        if kind == "array":
            name, shape = inside
            if name not in KINDS:
                raise ValueError(f"array of {name}")
            count = int(np.prod(shape, dtype=object))
            found = np.frombuffer(data, np.dtype(name), count, offset).reshape(shape).copy()
            offset += found.nbytes
            return found
        if kind == "tuple":
            return tuple(map(made, inside))
        if kind == "dict":
            return {made(key): made(it) for key, it in inside}
        return known[kind](*map(made, inside))

    return made(json.loads(head))
