"""Kinds of documents: the code list of TT 05/2025/TT-BNV beside the courts' own papers, read from ``types.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.text import fold


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document.

    ``code`` is the ``typeName`` of TT 05/2025/TT-BNV, ``"32"`` (other) for every court paper; ``titles`` are the
    folded beginnings of its title row.
    """

    code: str
    name: str
    abbreviation: str
    titles: tuple[str, ...]


@cache
def document_types() -> tuple[DocumentType, ...]:
    """All kinds, in the order of the data file."""
    data = tomllib.loads(files("metadata").joinpath("data/types.toml").read_text(encoding="utf-8"))
    return tuple(
        DocumentType(
            entry["code"], entry["name"], entry.get("abbreviation", ""), tuple(fold(title) for title in entry["titles"])
        )
        for entry in data["type"]
    )


def type_code(name: str) -> str:
    """The ``typeName`` code of a kind's name; ``"32"`` for one that the list does not know."""
    return next((kind.code for kind in document_types() if fold(kind.name) == fold(name)), "32")


def type_of_title(row: str) -> DocumentType | None:
    """The kind whose title begins ``row`` (folded text), the longest title first."""
    bare = re.sub(r"\s+", " ", row).strip(' .:*"-')
    best: tuple[int, DocumentType] | None = None
    for kind in document_types():
        for title in kind.titles:
            begins = bare == title or bare.startswith((title + " ", title + ":"))
            if begins and (best is None or len(title) > best[0]):
                best = (len(title), kind)
    return best[1] if best else None


def type_of_notation(notation: str) -> DocumentType | None:
    """The kind that a notation such as ``QĐ-BNV`` abbreviates; ``None`` for an official letter or an unknown one."""
    parts = re.split(r"[-/.&]", re.sub(r"^\d{4}/", "", notation))
    return next((kind for kind in document_types() if kind.abbreviation and kind.abbreviation == parts[0]), None)
