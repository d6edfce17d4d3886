"""Whether two typed names are one person: acts that need two persons ask here."""

from __future__ import annotations

import unicodedata

from core.text import fold, syllables


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's, spelt otherwise: without marks, in capitals, in another order, with other
    spaces or signs, or with the tone on the other vowel (``Hoà``, ``Hòa``). A name without a letter is nobody's, and so
    never another person's.
    """
    first, second = _parts(one), _parts(other)
    return not first or not second or "".join(first) == "".join(second) or sorted(first) == sorted(second)


def _parts(name: str) -> list[str]:
    """Syllables without marks; letters that only look otherwise (full width, for instance) are the same."""
    shown = unicodedata.normalize("NFKC", name)
    return syllables(fold("".join(char for char in shown if unicodedata.category(char) != "Cf")))
