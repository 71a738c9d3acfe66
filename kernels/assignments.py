"""Settings as a person writes them: ``optimizer.learning_rate = 0.003``."""

import json
import re
import tomllib
from typing import Any

_PATH = re.compile(r"[\w-]+(\.[\w-]+)*")  # of a parameter
_PART = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^;])+')  # until a semicolon outside of quotation marks


def read_assignment(text: str) -> tuple[str, Any] | None:
    """The path and the value of ``PATH = VALUE``; None if `text` is no such thing.

    The value is read as TOML, a list or a group also as JSON; what is neither is a text, so that
    ``sgd`` needs no quotation marks.
    """
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not _PATH.fullmatch(path):
        return None
    return path, _value(value)


def assignments_in(text: str) -> tuple[str, ...]:
    """The parts of `text` between semicolons, without those that are empty."""
    return tuple(part.strip() for part in _PART.findall(text) if part.strip())


def write_assignment(path: str, value: Any) -> str:
    """``PATH = VALUE`` for a plain `value`, as `read_assignment` reads it."""
    return f"{path} = {_written(value)}"


def _value(text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return _value_of_json(text)
    return read["value"] if len(read) == 1 else text


def _value_of_json(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except (ValueError, RecursionError):
        return text


def _written(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        is_marked = ";" in value or '"' in value or value != value.strip()
        is_plain = value and not is_marked and _value(value) == value
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple | list):
        return f"[{', '.join(json.dumps(v) if isinstance(v, str) else _written(v) for v in value)}]"
    return repr(value)
