"""Fill a dataclass from a mapping read from TOML or JSON: the dataclass is the schema.

A misspelt key, a missing key or a value of the wrong type is an error that names the key and the file.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from core.errors import BadInputError, UsageError

T = TypeVar("T")


def fill(kind: type[T], data: Mapping[str, Any], *, file: Path | str, where: str = "") -> T:
    """An instance of the dataclass ``kind`` from ``data``; nested dataclasses from nested mappings.

    Args:
        kind: a dataclass whose fields are str, int, float, bool, Path, enums, tuples, dicts, unions with None or
            further dataclasses.
        data: what was read.
        file: named in errors.
        where: dotted prefix of the keys, for errors.

    Raises:
        BadInputError: unknown key, missing key, wrong type, or a value that the dataclass refuses.
    """
    hints = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.init}  # type: ignore[arg-type]
    for key in data:
        if key not in fields:
            raise BadInputError("core.config-unknown-key", file=file, key=where + key, known=", ".join(fields))
    values = {}
    for name, entry in fields.items():
        if name in data:
            values[name] = _convert(hints[name], data[name], file, where + name)
        elif entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING:
            raise BadInputError("core.config-missing-key", file=file, key=where + name)
    try:
        return kind(**values)
    except ValueError as err:
        raise BadInputError("core.config-bad-value", file=file, key=where.rstrip(".") or "*", why=str(err)) from err


def _convert(hint: Any, value: Any, file: Path | str, key: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        if value is None and type(None) in typing.get_args(hint):
            return None
        # Of several kinds the value's own; a whole number is only taken for a float where no int is asked for.
        fitting = [option for option in options if type(value) is option] or options
        return _convert(fitting[0], value, file, key)
    if origin in (tuple, frozenset) and isinstance(value, list | tuple):
        return _convert_sequence(hint, value, file, key)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        inner = typing.get_args(hint)[1]
        if isinstance(value, Mapping):
            return {name: _convert(inner, item, file, f"{key}.{name}") for name, item in value.items()}
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
        return fill(hint, value, file=file, where=key + ".")
    return _convert_scalar(hint, value, file, key)


def _convert_sequence(hint: Any, value: list[Any] | tuple[Any, ...], file: Path | str, key: str) -> Any:
    kinds = [kind for kind in typing.get_args(hint) if kind is not Ellipsis]
    if len(kinds) == 1:
        kinds = kinds * len(value)
    if len(kinds) != len(value):
        raise BadInputError("core.config-bad-value", file=file, key=key, why=f"{len(kinds)} values expected")
    return typing.get_origin(hint)(_convert(kind, item, file, key) for kind, item in zip(kinds, value, strict=True))


def _convert_scalar(hint: Any, value: Any, file: Path | str, key: str) -> Any:
    if hint in (object, Any):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError as err:
            known = ", ".join(str(member.value) for member in hint)
            raise BadInputError("core.config-bad-value", file=file, key=key, why=f"one of {known}") from err
    if isinstance(hint, type) and isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    name = getattr(hint, "__name__", str(hint))
    raise BadInputError("core.config-bad-value", file=file, key=key, why=f"{name} expected")


def plain(value: object) -> Any:
    """The reverse of :func:`fill`: dataclasses, enums, paths, sets and tuples as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def pairs(given: Sequence[str], code: str) -> dict[str, str]:
    """``NAME=VALUE`` as people give options and fields. Space around either is forgiven, VALUE may be empty or hold
    further ``=``, and the last of a name holds.

    Raises:
        UsageError: one is something else; its ``code`` says what is wanted here, of ``{value}``.
    """
    values = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise UsageError(code, value=one)
        values[name.strip()] = value.strip()
    return values
