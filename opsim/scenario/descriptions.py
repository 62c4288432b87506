"""What the schema says of a key: the text under its field, read from the source when it is to be shown.

To read them all whenever opsim starts would take longer than to load and check a scenario.
"""

import ast
import inspect
from functools import cache
from itertools import pairwise
from types import ModuleType

from pydantic import BaseModel


@cache
def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The texts under the fields of a model, by attribute; those of a field that it inherits too."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each.__module__.startswith("opsim."):
            own = _texts(inspect.getmodule(each)).get(each.__name__, {})
            found = {name: text for name, text in found.items() if name not in each.__annotations__} | own
    return {name: text for name, text in found.items() if name in model.model_fields}


@cache
def _texts(module: ModuleType | None) -> dict[str, dict[str, str]]:
    """By class and field."""
    tree = ast.parse(inspect.getsource(module)) if module is not None else ast.Module([], [])
    return {
        each.name: {
            field.target.id: inspect.cleandoc(text.value.value)
            for field, text in pairwise(each.body)
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        }
        for each in tree.body
        if isinstance(each, ast.ClassDef)
    }  # fmt: skip
