"""The JSON Schema that editors use to complete and check scenario files."""

from typing import Any

from opsim.scenario.facility import Facility
from opsim.scenario.yaml.scenario_text import ROOT_KEYS


def schema_json() -> dict[str, Any]:
    """JSON Schema of a scenario file, draft 2020-12.

    A file may extend another one, so no key is required and any entry may be null (delete the inherited one);
    what is missing in the end is found by loading.
    """
    facility = Facility.model_json_schema(by_alias=True)
    definitions = {name: _partial(part) for name, part in facility.pop("$defs").items()}
    definitions["Facility"] = _partial(facility)
    override = {"$ref": "#/$defs/Facility"}
    special = {
        "extends": {"type": "string", "description": "A shipped name or a file that this one builds on."},
        "baseline": {**override, "description": ROOT_KEYS["baseline"]},
        "options": {
            "type": "object",
            "additionalProperties": {"anyOf": [override, {"type": "null"}]},
            "description": ROOT_KEYS["options"],
        },
        "default_option": {"type": "string", "description": ROOT_KEYS["default_option"]},
        "levers": {"type": "array", "items": {"type": "string"}, "description": ROOT_KEYS["levers"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "opsim scenario",
        "type": "object",
        "properties": {**definitions["Facility"]["properties"], **special},
        "additionalProperties": False,
        "$defs": definitions,
    }


def _partial(schema: Any) -> Any:  # noqa: ANN401 - JSON of any form  # noqa: ANN401 - JSON of any form
    """A schema without required keys, whose entries may be null."""
    if isinstance(schema, list):
        return [_partial(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _partial(item)
        for key, item in schema.items()
        if key not in ("required", "default", "properties")
    }
    if "properties" in schema:
        found["properties"] = {key: _nullable(_partial(item)) for key, item in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        found["additionalProperties"] = _nullable(found["additionalProperties"])
    return found


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    words: dict[str, Any] = {key: schema[key] for key in ("description", "title") if key in schema}
    rest = {key: item for key, item in schema.items() if key not in words}
    return {"anyOf": [rest, {"type": "null"}], **words}
