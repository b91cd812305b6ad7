"""Whether what arrived is what the program's own schemas (`rasa-telemetry events --json`) leave of what Rasa gave.

What each kind of value becomes is written here once more, apart from the program: a number stays, a word that isn't in
its list becomes `custom`, a name its hash. Which property is of which kind only the program says.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Dict, List, Mapping

_DIGEST = "^[0-9a-f]{64}$"
_CUSTOM = "custom"


def explain(given: Mapping[str, Any], arrived: Mapping[str, Any], schema: Mapping[str, Any]) -> List[str]:
    """What is wrong with the properties that arrived: nothing where each that was given and may leave is there."""
    return _differences(dict(given), arrived, schema, schema.get("$defs", {}), "")


def _differences(given: Any, arrived: Any, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str) -> List[str]:
    kinds = [_resolve(kind, defs) for kind in schema.get("anyOf", [schema])]
    kind = next(kind for kind in kinds if kind.get("type") != "null")
    if kind.get("type") == "boolean" and len(kinds) == 1:
        # Of what isn't a bool only whether it was set is reported.
        wanted = given if isinstance(given, bool) else given not in (None, "", "None", [], {})
        return [] if arrived is wanted else ["%s: %r became %r" % (path, given, arrived)]
    if given in (None, "", "None", "null"):
        return [] if arrived is None else ["%s: nothing became %r" % (path, arrived)]
    if kind.get("type") == "array":
        return _of_list(given, arrived, kind, defs, path)
    if kind.get("type") == "object":
        return _of_object(given, arrived, kind, defs, path)
    return [] if arrived == _made_of(given, kind) else ["%s: %r became %r" % (path, given, arrived)]


def _of_list(given: Any, arrived: Any, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str) -> List[str]:
    items = json.loads(given) if isinstance(given, str) else list(given)
    if not isinstance(arrived, list) or len(arrived) != len(items):
        return ["%s: %r became %r" % (path, given, arrived)]
    found: List[str] = []
    for item, one in zip(items, arrived):
        found += _differences(item, one, schema["items"], defs, path + "[]")
    return found


def _of_object(given: Any, arrived: Any, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str) -> List[str]:
    rules: Dict[str, Any] = schema["properties"]
    # Rasa reads a bare name as a component without settings.
    values = {"name": given} if isinstance(given, str) else given
    if not isinstance(arrived, dict):
        return ["%s: %r became %r" % (path, given, arrived)]
    if values and not set(values) & set(rules) and all(isinstance(value, list) for value in values.values()):
        return _of_counts(values, arrived, path)
    wanted = {name for name in values if name in rules and _may_be(values[name], rules[name], defs)}
    found = ["%s.%s: %s" % (path, name, "is missing" if name in wanted else "is new") for name in wanted ^ set(arrived)]
    for name in sorted(wanted & set(arrived)):
        found += _differences(values[name], arrived[name], rules[name], defs, "%s.%s" % (path, name))
    return found


def _of_counts(values: Mapping[str, Any], arrived: Mapping[str, Any], path: str) -> List[str]:
    """Lists of which only how long they are arrives, and other counts made of them."""
    for name, value in arrived.items():
        if type(value) is not int or value < len(values.get(name[len("num_") :], [])):
            return ["%s.%s: %r became %r" % (path, name, values, value)]
    return []


def _may_be(value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> bool:
    """Whether something arrives of a value: nothing does of a null where there is always a value."""
    kinds = [_resolve(kind, defs).get("type") for kind in schema.get("anyOf", [schema])]
    return value is not None or "null" in kinds or kinds == ["boolean"]


def _made_of(given: Any, schema: Mapping[str, Any]) -> Any:
    pattern = schema.get("pattern")
    if pattern == _DIGEST:
        return hashlib.sha256(given.encode()).hexdigest()
    if "enum" in schema:
        words = {str(word).lower(): word for word in schema["enum"]}
        return words.get(str(given).lower().lstrip("."), _CUSTOM)
    if pattern is not None and re.search(pattern, str(given), re.IGNORECASE) is None:
        return _CUSTOM
    return given


def _resolve(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return {**defs[reference.rpartition("/")[2]], **schema} if isinstance(reference, str) else schema
