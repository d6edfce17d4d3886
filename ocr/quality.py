"""How much of what was read is likely to be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.model import Line, Word
from core.text import fold, syllables

# The rule grammar of written Vietnamese: onset, rhyme, and which tones a rhyme that ends in a stop may bear.
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]"
_STOPPED = "(?:oă|uâ|uê|uyê|iê|yê|ươ|uô|oa|oe|uy|oo|[aăâeêioôơuưy])(?:ch|[cptk])"
_OPEN = (
    "(?:oă|uâ|uyê|iê|yê|ươ|uô|oa|oe|uê|uy|oo|[aăâeêioôơuưy])(?:ng|nh|[mn])"
    "|iêu|yêu|ươu|ươi|uôi|oai|oay|oao|oeo|uây|uya|uyu"
    "|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oa|oe|oi|ôi|ơi|ua|ui|uê|uơ|uy|ưa|ưi|ưu"
    "|[aeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:(?P<stopped>{_STOPPED})|{_OPEN})")
_TONES = str.maketrans(
    "àằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ",
    "aăâeêioôơuưy" * 5,
)
_SHARP_HEAVY = frozenset("áắấéếíóốớúứýạặậẹệịọộợụựỵ")
_ROMAN = re.compile(r"[ivxlcdm]+")
_PLAIN_LATIN = re.compile(r"[a-zàâäçéèêëîïôöùûüÿœæ]+")
_IMPLAUSIBLE = 0.5
"""How far a word is believed that is neither language, number nor code."""
_GARBLED = 6
"""Power of the doubt with which a word's other characters are wrong too: from words of pages with known truth."""


def is_vietnamese_syllable(syllable: str) -> bool:
    """Whether a lower-case NFC syllable could be written Vietnamese: onset + rhyme + tone.

    Syllables that end in ``c ch p t`` (``k`` in names of the highlands: Đắk) bear the sharp or the heavy tone only.
    """
    toned = sum(char.translate(_TONES) != char for char in syllable)
    found = _SYLLABLE.fullmatch(syllable.translate(_TONES))
    if found is None or toned > 1:
        return False
    return found["stopped"] is None or any(char in _SHARP_HEAVY for char in syllable)


def plausible(word: str, *, french: bool) -> bool:
    """Whether every part of a word looks like language, a number or a code; marks between parts do not count."""
    parts = syllables(word)
    return bool(parts) and all(_plausible_part(part, french, capitals=word.isupper()) for part in parts)


def _plausible_part(part: str, french: bool, *, capitals: bool) -> bool:
    if any(char.isdigit() for char in part):
        return sum(char.isdigit() for char in part) * 2 >= len(part) or len(part) <= 4
    if french:
        return bool(_PLAIN_LATIN.fullmatch(part)) and (len(part) < 3 or any(char in "aeiouy" for char in fold(part)))
    return is_vietnamese_syllable(part) or bool(_ROMAN.fullmatch(part)) or (capitals and _abbreviation(part))


def _abbreviation(part: str) -> bool:
    """``tand``, ``ubnd``, ``qđ``: hardly a vowel, as notation is."""
    return 2 <= len(part) <= 6 and not any(char in "eioy" for char in fold(part))


def belief(word: Word, *, french: bool) -> float:
    """0.0–1.0, how far a word may be believed.

    An engine that tells nothing of letters has not weighed whether the word is language at all: that is done here.
    """
    unlikely = not word.letters and not plausible(word.text, french=french)
    return word.confidence * _IMPLAUSIBLE if unlikely else word.confidence


def mean_belief(lines: Sequence[Line], *, french: bool) -> float:
    """Mean belief in the words, weighted by length: nearer to 0.0 than the quality is where nothing makes sense."""
    words = [word for line in lines for word in line.words]
    characters = sum(len(word.text) for word in words)
    return sum(belief(word, french=french) * len(word.text) for word in words) / max(1, characters)


def wrong_characters(word: Word, *, french: bool) -> float:
    """How many characters of a word are likely to be wrong.

    A wrong word has about one wrong character, whatever its length; one that is hardly believed in is wrong altogether.
    """
    doubt = 1 - belief(word, french=french)
    return doubt * (1 + (len(word.text) - 1) * doubt**_GARBLED)


def page_quality(lines: Sequence[Line], *, french: bool = False) -> float:
    """0.0–1.0, the share of the characters read that are likely to be right; 0.0 where nothing was read.

    On a page of quality 0.9 a tenth of the characters is expected to be wrong. What was not read at all does not count.
    The worst stretch of a page was tried as a second measure: it added nothing to what the words foretell.
    """
    words = [word for line in lines for word in line.words if word.text]
    characters = sum(len(word.text) for word in words)
    wrong = sum(wrong_characters(word, french=french) for word in words)
    return round(1 - wrong / characters, 4) if characters else 0.0


def with_handwriting(quality: float, handwritten: float) -> float:
    """The quality of a page of which a share, 0.0–1.0, is handwriting that nobody has read."""
    return round(quality * (1 - handwritten), 4)
