"""Weighs what the network hesitated over with what Vietnamese is likely to say.

Only ordinary words of letters are touched, and only for what the network itself gives real probability. Numbers, codes,
abbreviations and names stay as they were seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ocr.quality import is_vietnamese_syllable
from ocr.recogniser.decode import Transcript
from ocr.recogniser.doubts import Letters, Sight
from ocr.recogniser.prior import SyllablePrior, plain_syllable

# Chosen on aged pages of 10 judgments: 186 words mended, 7 spoilt; other pages: see the model card.
_PRIOR_WEIGHT, _CLEARLY = 0.4, 1.0
"""Of the prior against the network, and by how much (natural logarithm) another reading must be better."""
_FAR, _FAR_FROM_KNOWN = -3.0, -1.5
"""How much less likely the network may think the other than a word of unknown syllables, and than one of known ones."""
_SURE = 0.85
"""A word of known syllables all of whose letters are so sure has no other so near."""
_SHORTEST, _SHORTEST_CAPITALS = 2, 3
_ROOFS = MappingProxyType(dict(zip("ÓỎÒÉẺÈÁẢÀ", "ỐỔỒẾỂỀẤẨẦ", strict=True)))
"""In bold capitals the roof of a letter runs into the tone above it, and the network is sure of the letter without."""
_CLEARLY_IN_CAPITALS, _FAR_IN_CAPITALS = 1.6, -3.5
"""As above, in headings: ``TỎ CHỨC`` and ``QUÓC HỘI`` gain 2.1 and more, what names could gain is below 1.1."""
_WORD = re.compile(r"([^\w]*)([^\W\d_]+)([^\w]*)")
_SENTENCE_ENDS = tuple(".:;?!")


@dataclass(frozen=True, slots=True)
class _Core:
    """A word without the marks around it."""

    before: str
    letters: str
    after: str


def _core(word: str) -> _Core | None:
    found = _WORD.fullmatch(word)
    return _Core(*found.groups()) if found else None


def rerank(
    prior: SyllablePrior, transcript: Transcript, logits: NDArray[np.float32], charset: Sequence[str]
) -> Transcript:
    """What was read on a line, doubtful words settled; letters that are changed bring the network's own posteriors.

    Args:
        prior: how likely syllables are.
        transcript: what was read.
        logits: of the line, classes×steps.
        charset: the letters by class less one.
    """
    spans = [found.span() for found in re.finditer("[^ ]+", transcript.text)]
    words = [transcript.text[first:last] for first, last in spans]
    settled: dict[tuple[int, int], Transcript] = {}
    for number, (first, last) in enumerate(spans):
        roofless = _may_lack_a_roof(words, number)
        doubtful = _is_doubtful(words[number], transcript.confidences[first:last], prior)
        if roofless or (doubtful and _is_ordinary(words, number)):
            sight = Sight(logits, charset, transcript, (first, last), _ROOFS if roofless else {})
            better = _better(words, number, sight, prior, roofless=roofless)
            if better is not None:
                settled[first, last] = _transcript(better, sight.begin)
                words[number] = settled[first, last].text
    return _spliced(transcript, settled) if settled else transcript


def _is_ordinary(words: Sequence[str], number: int) -> bool:
    """Whether a word is one of letters and no abbreviation or name."""
    core = _core(words[number])
    if core is None or len(core.letters) < _SHORTEST:
        return False
    if core.letters.isupper():
        return len(core.letters) >= _SHORTEST_CAPITALS and any(
            _is_heading(word) for word in (*words[max(0, number - 1) : number], *words[number + 1 : number + 2])
        )
    if core.letters[0].isupper() and core.letters[1:].islower():
        starts = number == 0 or words[number - 1].endswith(_SENTENCE_ENDS)
        return starts and not (number + 1 < len(words) and words[number + 1][0].isupper())
    return True


def _may_lack_a_roof(words: Sequence[str], number: int) -> bool:
    """Whether a word of a heading has a letter that may have lost its circumflex."""
    core = _core(words[number])
    if core is None or len(core.letters) < _SHORTEST or not core.letters.isupper():
        return False
    beside = (*words[max(0, number - 1) : number], *words[number + 1 : number + 2])
    return bool(set(core.letters) & set(_ROOFS)) and any(map(_is_heading, beside))


def _is_heading(word: str) -> bool:
    """Whether a neighbour shows that capitals are those of a heading: a syllable in capitals."""
    core = _core(word)
    return (
        core is not None
        and len(core.letters) >= _SHORTEST_CAPITALS
        and core.letters.isupper()
        and is_vietnamese_syllable(core.letters.lower())
    )


def _is_doubtful(word: str, confidences: Sequence[float], prior: SyllablePrior) -> bool:
    if min(confidences) < _SURE:
        return True
    core = _core(word)
    return core is not None and not prior.knows(plain_syllable(core.letters))


def _better(words: Sequence[str], number: int, sight: Sight, prior: SyllablePrior, *, roofless: bool) -> Letters | None:
    """The clearly best of what the word may be instead; ``None`` where there is none."""
    read = "".join(letter.text for letter in sight.letters)
    old = _core(read)
    if old is None or read != words[number]:
        return None
    far = _FAR_FROM_KNOWN if prior.knows(plain_syllable(old.letters)) else _FAR
    far = _FAR_IN_CAPITALS if roofless else far
    others = [
        (letters, _known_cores("".join(letter.text for letter in letters), old, prior)) for letters in sight.variants()
    ]
    if not any(cores for _, cores in others):
        return None
    likely, seen = _likelihood(words, number, [old], prior), sight.log_probability(sight.letters)
    best, score = None, _CLEARLY_IN_CAPITALS if roofless else _CLEARLY
    for letters, cores in others:
        more_likely = _PRIOR_WEIGHT * (_likelihood(words, number, cores, prior) - likely) if cores else 0.0
        if more_likely > 0:
            gain = sight.log_probability(letters) - seen
            if gain >= far and gain + more_likely > score:
                best, score = letters, gain + more_likely
    return best


def _known_cores(text: str, old: _Core, prior: SyllablePrior) -> list[_Core]:
    """The parts of another reading; none if it has other marks or capitals than the old one, or unknown syllables."""
    cores = [core for core in map(_core, text.split(" ")) if core is not None]
    if len(cores) != text.count(" ") + 1 or (cores[0].before, cores[-1].after) != (old.before, old.after):
        return []
    if min(len(core.letters) for core in cores) < _SHORTEST:
        return []
    if not _same_case("".join(core.letters for core in cores), old.letters, split=len(cores) > 1):
        return []
    return cores if all(prior.knows(plain_syllable(core.letters)) for core in cores) else []


def _same_case(letters: str, old: str, *, split: bool) -> bool:
    for case in (str.islower, str.isupper, str.istitle):
        if case(old):
            return case(letters)
    return split


def _likelihood(words: Sequence[str], number: int, cores: Sequence[_Core], prior: SyllablePrior) -> float:
    """Logarithm of how likely the parts of a word are after one another and between its neighbours."""
    before = _neighbour(words[number - 1], last=True) if number and not cores[0].before else None
    total = 0.0
    for core in cores:
        syllable = plain_syllable(core.letters)
        total += prior.log_probability(syllable, before)
        before = None if core.after else syllable
    after = _neighbour(words[number + 1], last=False) if number + 1 < len(words) else None
    return total + (prior.log_probability(after, before) if after and before else 0.0)


def _neighbour(word: str, *, last: bool) -> str | None:
    """The syllable at that end of a neighbour; ``None`` if a mark stands between."""
    found = re.search(r"[^\W\d_]+$" if last else r"^[^\W\d_]+", word)
    return plain_syllable(found.group()) if found else None


def _transcript(letters: Letters, begin: int) -> Transcript:
    return Transcript(
        "".join(letter.text for letter in letters),
        tuple(begin + (letter.start + letter.end) / 2 for letter in letters),
        tuple(letter.confidence for letter in letters),
    )


def _spliced(transcript: Transcript, settled: Mapping[tuple[int, int], Transcript]) -> Transcript:
    parts = list(_parts(transcript, settled))
    return Transcript(
        "".join(part.text for part in parts),
        tuple(place for part in parts for place in part.places),
        tuple(confidence for part in parts for confidence in part.confidences),
    )


def _parts(transcript: Transcript, settled: Mapping[tuple[int, int], Transcript]) -> Iterator[Transcript]:
    done = 0
    for (first, last), word in [*sorted(settled.items()), ((len(transcript.text),) * 2, Transcript("", (), ()))]:
        kept = slice(done, first)
        yield Transcript(transcript.text[kept], transcript.places[kept], transcript.confidences[kept])
        yield word
        done = last
