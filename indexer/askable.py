"""The fields that a query can ask by name, and how a value is asked of the index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.text import fold


class Manner(StrEnum):
    """How the value after ``field:`` is taken."""

    WORDS = "words"
    """Words or a phrase among the field's folded words; ``*`` asks for a beginning."""
    CODE = "code"
    """A number with notation, its tail or part."""
    IDENTIFIER = "identifier"
    """The whole identifier, as it is."""
    NUMBER = "number"
    """A whole number or a range."""
    DAY = "day"
    """A day, month or year, or a range."""


@dataclass(frozen=True, slots=True)
class Askable:
    """A field by its canonical name, the index field behind it and its other names, folded."""

    name: str
    field: str
    manner: Manner
    aliases: tuple[str, ...]


ASKABLE: tuple[Askable, ...] = (
    Askable("tòa", "court_words", Manner.WORDS, ("toa", "toaan", "court")),
    Askable("phông", "fonds", Manner.IDENTIFIER, ("phong", "fonds")),
    Askable("hồsơ", "case_file", Manner.IDENTIFIER, ("hoso", "case")),
    Askable("năm", "year", Manner.NUMBER, ("nam", "year")),
    Askable("ngày", "date", Manner.DAY, ("ngay", "date")),
    Askable("loại", "type_words", Manner.WORDS, ("loai", "loaian", "type")),
    Askable("số", "code", Manner.CODE, ("so", "number")),
    Askable("tiêuđề", "title_words", Manner.WORDS, ("tieude", "title")),
    Askable("đươngsự", "party", Manner.WORDS, ("duongsu", "party")),
    Askable("cánbộ", "official", Manner.WORDS, ("canbo", "official")),
    Askable("nơi", "place", Manner.WORDS, ("noi", "place")),
    Askable("trang", "number", Manner.NUMBER, ("page",)),
)
_BY_ALIAS = {alias: entry for entry in ASKABLE for alias in (fold(entry.name), *entry.aliases)}
BY_NAME = {entry.name: entry for entry in ASKABLE}


def askable(name: str) -> Askable | None:
    """The field that a person calls ``name``, in Vietnamese with or without diacritics or in English."""
    return _BY_ALIAS.get(fold(name))
