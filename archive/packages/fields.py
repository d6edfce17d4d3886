"""The descriptive fields of the circular and their rules, enforced here and nowhere else.

Values are kept by the names that they have in a SIP; what an AIP or DIP calls otherwise is renamed when it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from archive.packages.choices import Kind, code_list, read_data, separator
from archive.xmp import xml_text
from core.config import fill
from core.errors import BadInputError

Values = Mapping[str, str]

_FULL_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_PARTIAL_DATE = re.compile(r"(?:(\d{2})/)?(\d{4})")


@dataclass(frozen=True)
class Field:
    """A field; see the head of ``fields.toml``."""

    name: str
    label: str
    type: str = "string"
    max: int | None = None
    codes: str | None = None
    multiple: bool = False
    required: bool = False
    required_if: tuple[str, ...] = ()
    default: str = ""
    derived: bool = False
    kinds: tuple[str, ...] = ("sip", "aip", "dip")
    aip: str = ""
    dip: str = ""

    def name_in(self, kind: Kind) -> str:
        """What the field is called in a kind of package."""
        return (self.aip if kind is Kind.AIP else self.dip if kind is Kind.DIP else "") or self.name

    def problem(self, value: str, *, partial: bool = True) -> str | None:
        """Why ``value`` cannot stand in the field, as a short phrase for people; ``None`` where it can.

        Args:
            partial: whether a date may lack its day or its month too.
        """
        if not value:
            return None
        if self.max is not None and len(value) > self.max:
            return f"> {self.max}"
        if self.codes is not None:
            return self._code_problem(value)
        match self.type:
            case "number":
                return None if re.fullmatch("[0-9]+", value) else "0–9"
            case "boolean":
                return None if value in ("0", "1") else "0, 1"
            case "date":
                return None if is_date(value, partial=partial) else "DD/MM/YYYY"
        return None

    def _code_problem(self, value: str) -> str | None:
        known = code_list(self.codes or "")
        given = value.split(separator()) if self.multiple else [value]
        return None if all(code in known for code in given) else ", ".join(known)

    def is_missing(self, values: Values) -> bool:
        """Whether the field is empty and must not be."""
        if values.get(self.name):
            return False
        condition = self.required_if
        return self.required or (bool(condition) and values.get(condition[0], "") in condition[1:])


@dataclass(frozen=True)
class FieldTable:
    """The fields of one level: case file, document, or request for use."""

    root: str
    partial_dates: tuple[str, ...]
    field: tuple[Field, ...]

    def of(self, kind: Kind) -> Iterator[Field]:
        """The fields that a kind of package has, in their order."""
        return (field for field in self.field if kind.value in field.kinds)

    def named(self, name: str) -> Field | None:
        """The field by any of its names."""
        return next((field for field in self.field if name in (field.name, field.aip, field.dip) and name), None)

    def by_sip_name(self, values: Values) -> dict[str, str]:
        """Values of any kind of package by the names that this product keeps them by; unknown names are dropped."""
        found = {field.name: value for name, value in values.items() if (field := self.named(name)) is not None}
        return {name: value for name, value in found.items() if value}

    def problems(self, values: Values, kind: Kind) -> list[str]:
        """``field: what is expected``, for each value that breaks its field's rule in a kind of package."""
        partial = kind.value in self.partial_dates
        found = ((field.name, field.problem(values.get(field.name, ""), partial=partial)) for field in self.of(kind))
        return [f"{name}: {problem}" for name, problem in found if problem]

    def suited(self, values: Values, kind: Kind) -> dict[str, str]:
        """The values that a kind of package can hold: a SIP, say, takes no date without its day, and inventing one is
        worse than saying nothing."""
        partial = kind.value in self.partial_dates
        held = {field: values.get(field.name, "") for field in self.of(kind)}
        return {field.name: "" if field.problem(value, partial=partial) else value for field, value in held.items()}

    def gaps(self, values: Values, kind: Kind) -> list[str]:
        """Names of the fields that are empty and must not be."""
        return [field.name for field in self.of(kind) if field.is_missing(values)]

    def fitted(self, values: Values) -> dict[str, str]:
        """Values as they were read, each cut or dropped where it breaks its rule: a derived value must never stop a
        package, and what was read stands whole in our own record."""
        kept = {}
        for field in self.field:
            value = " ".join(xml_text(values.get(field.name, "")).split()) or field.default
            if field.type == "string" and not field.codes and field.max and len(value) > field.max:
                value = value[: field.max - 1].rstrip() + "…"
            kept[field.name] = "" if field.problem(value) else value
        return kept


@cache
def tables() -> Mapping[str, FieldTable]:
    """The tables ``file``, ``document`` and ``request``."""
    return {name: fill(FieldTable, data, file="fields.toml") for name, data in read_data("fields.toml").items()}


def table(level: str) -> FieldTable:
    """One of the tables."""
    return tables()[level]


def check_given(level: str, values: Values, source: str) -> dict[str, str]:
    """Values that a person gives for the fields of a level, by the names they are kept by.

    Raises:
        BadInputError: an unknown field, one that is counted and not set, or a value that breaks its field's rule.
    """
    kept = {}
    for name, value in values.items():
        field = table(level).named(name)
        if field is None:
            known = ", ".join(field.name for field in table(level).field if not field.derived)
            raise BadInputError("archive.package-field-unknown", file=source, field=name, known=known)
        if field.derived:
            raise BadInputError("archive.package-field-derived", file=source, field=name)
        problem = field.problem(value)
        if problem:
            raise BadInputError("archive.package-field-value", file=source, field=name, value=value, expected=problem)
        kept[field.name] = value
    return kept


def is_date(value: str, *, partial: bool) -> bool:
    """Whether ``value`` is DD/MM/YYYY and such a day exists; with ``partial`` also MM/YYYY or YYYY."""
    found = _FULL_DATE.fullmatch(value) or (_PARTIAL_DATE.fullmatch(value) if partial else None)
    if found is None:
        return False
    day, month, year = ("01", "01", *found.groups(default="01"))[-3:]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
