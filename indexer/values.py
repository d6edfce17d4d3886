"""Values after ``field:``: words, numbers, days and ranges."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.text import nfc
from indexer.askable import Askable, Manner
from indexer.syntax import Span, Stem, Words, stem_of, words_of

_STEM = re.compile(r"([^\W\d_]{2,})\*")
_BEHIND = re.compile(r"[,;]+$|(?<!\.)\.$")
_NUMBER = re.compile(r"\d{1,18}")
_DAYS = (
    re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?"),
    re.compile(r"(?:(?:(?P<d>\d{1,2})[/.-])?(?P<m>\d{1,2})[/.-])?(?P<y>\d{4})"),
)


def value_of(asked: Askable, text: str, *, quoted: bool) -> Words | Stem | Span | None:
    """What ``text`` asks of the field; ``None`` where it is no value of it."""
    text = text if quoted else _BEHIND.sub("", text)
    if asked.manner is Manner.NUMBER:
        return _span(text, _number)
    if asked.manner is Manner.DAY:
        return _span(text, _day)
    if not quoted and asked.manner is Manner.WORDS and (stem := _STEM.fullmatch(text)):
        return stem_of(stem[1])
    made = words_of(text)
    if made is None or asked.manner is not Manner.IDENTIFIER:
        return made
    return Words(nfc(text).strip(), made.exact, made.folded, made.code, made.marked)


def span_text(span: Span, manner: Manner) -> str:
    """A range as it is typed."""
    show = _day_text if manner is Manner.DAY else str
    low, high = ("" if end is None else show(end) for end in (span.low, span.high))
    return low if low == high else f"{low}..{high}"


def _day_text(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def _span(text: str, read: Callable[[str], Span | None]) -> Span | None:
    """``a``, ``a..b``, ``a..`` or ``..b``; ends in the wrong order change places."""
    first, dots, last = text.partition("..")
    low, high = read(first), read(last)
    if not dots:
        return low
    if (low is None and first) or (high is None and last) or (low is None and high is None):
        return None
    if low is None or high is None:
        return Span(low.low if low else None, high.high if high else None)
    return Span(low.low, high.high) if (low.low or 0) <= (high.high or 0) else Span(high.low, low.high)


def _number(text: str) -> Span | None:
    return Span(int(text), int(text)) if _NUMBER.fullmatch(text) else None


def _day(text: str) -> Span | None:
    """A day, or all days of a month or year. Days past the end of a month do no harm in a range."""
    for form in _DAYS:
        if match := form.fullmatch(text):
            year, month, day = (int(match[part] or 0) for part in ("y", "m", "d"))
            if month > 12 or day > 31 or (match["m"] and not month) or (match["d"] and not day):
                return None
            return Span(
                year * 10000 + (month or 1) * 100 + (day or 1), year * 10000 + (month or 12) * 100 + (day or 31)
            )
    return None
