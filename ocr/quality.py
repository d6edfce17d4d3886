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
_WINDOW = 40
_SHARE_OF_WORST = 0.4
_DOUBTFUL_SYLLABLE = 0.5


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


def word_score(word: Word, *, french: bool) -> float:
    """0.0–1.0: the engine's confidence, halved where the word is neither language, number nor code."""
    return word.confidence * (1.0 if plausible(word.text, french=french) else _DOUBTFUL_SYLLABLE)


def page_quality(lines: Sequence[Line], *, french: bool = False) -> float:
    """0.0–1.0, predicts the share of characters read right; 0.0 where nothing was read.

    Mean of the words' scores weighted by length, drawn towards the worst stretch of the page, so that a garbled
    region does not hide behind a good mean.
    """
    scored = [(word_score(word, french=french), len(word.text)) for line in lines for word in line.words if word.text]
    if not scored:
        return 0.0
    mean = _mean(scored)
    stretches = [scored[start : start + _WINDOW] for start in range(0, len(scored), _WINDOW)]
    if len(stretches) > 1 and len(stretches[-1]) < _WINDOW // 2:
        stretches[-2:] = [stretches[-2] + stretches[-1]]
    worst = min(_mean(stretch) for stretch in stretches)
    return round((1 - _SHARE_OF_WORST) * mean + _SHARE_OF_WORST * worst, 4)


def with_handwriting(quality: float, handwritten: float) -> float:
    """The quality of a page of which a share, 0.0–1.0, is handwriting that nobody has read."""
    return round(quality * (1 - handwritten), 4)


def _mean(scored: Sequence[tuple[float, int]]) -> float:
    return sum(score * length for score, length in scored) / sum(length for _, length in scored)
