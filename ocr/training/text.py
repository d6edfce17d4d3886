"""Text of training lines: laws, words and syllables drawn from them, and what court papers hold besides."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from ocr.training import french
from ocr.training.chance import Chance
from ocr.training.charset import CHARACTERS, VIETNAMESE, writable
from ocr.training.wordlists import phrases, words_of

_WORD = re.compile(r"[^\W\d_]+")
_ONSETS = (*words_of("vietnamese", "onsets"), "")
_RIMES = words_of("vietnamese", "rimes")
_OFFICES, _COURT_CODES = words_of("vietnamese", "offices"), words_of("vietnamese", "court_codes")
_SURNAMES = words_of("vietnamese", "surnames")
_LABELS, _HEADS = phrases("vietnamese", "labels"), phrases("vietnamese", "heads")
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


class LawText:
    """Lines of Vietnamese law, as token lists, and the words that occur in them."""

    def __init__(self, lines: Sequence[str]) -> None:
        cleaned = (writable(line) for line in lines)
        self.lines = [line.split(" ") for line in cleaned if len(line) > 3 and line.strip("-_. ")]
        counts = Counter(word.lower() for line in self.lines for word in _WORD.findall(" ".join(line)))
        self.syllables = sorted(word for word in counts if len(word) < 8 and set(word) <= VIETNAMESE)

    @classmethod
    def read(cls, path: Path) -> LawText:
        """Reads a UTF-8 text, plain or gzipped, one paragraph a line."""
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return cls(data.decode("utf-8").split("\n"))


def made_syllable(chance: Chance) -> str:
    """A syllable put together from onset, rime and tone: mostly one that no law uses."""
    rime, tone = chance.choice(_RIMES), chance.choice(_TONES)
    at = next((place for place, char in enumerate(rime) if char in "ăâêôơ"), None)
    if at is None:
        vowels = [place for place, char in enumerate(rime) if char in "aeiouyư"]
        at = vowels[-1] if rime[-1] not in "aiouyư" or len(vowels) == 1 else vowels[-2]
    toned = rime[: at + 1] + tone + rime[at + 1 :]
    return unicodedata.normalize("NFC", chance.choice(_ONSETS) + toned)


def number(chance: Chance) -> str:
    """A date, sum, code, share, clause mark or plain number as court papers write them."""
    kind = chance.random()
    day, month, year = chance.randint(1, 31), chance.randint(1, 12), chance.randint(1930, 2026)
    if kind < 0.2:
        dotted = f"{day}.{month}.{year % 100:02d}"
        return chance.choice((f"{day:02d}/{month:02d}/{year}", f"{day}-{month}-{year}", dotted))
    if kind < 0.3:
        return f"ngày {day:02d} tháng {month:02d} năm {year}"
    if kind < 0.5:
        return f"{chance.randint(1, 999):02d}/{year}/{chance.choice((*_COURT_CODES, *_OFFICES))}"
    if kind < 0.58:
        return f"{chance.randint(1, 999)}-{chance.choice(_OFFICES)}"
    if kind < 0.66:
        return f"{chance.uniform(0, 100):.{chance.randint(0, 2)}f}".replace(".", chance.choice(".,")) + "%"
    if kind < 0.76:
        return f"{chance.randint(1000, 999999999):,}".replace(",", ".") + chance.choice(("", " đồng", "đ", " đ", "$"))
    if kind < 0.84:
        return "".join(str(chance.randint(0, 9)) for _ in range(chance.choice((4, 9, 10, 12))))
    if kind < 0.93:
        marks = ("I", "II", "IV", "a)", "b)", "đ)", "1.", "3.1.", "-", "+", "*", "•", "[12]", "(1)")
        return chance.choice((*marks, f"Điều {chance.randint(1, 400)}.", f"khoản {chance.randint(1, 20)}"))
    return str(chance.randint(0, 99999)) + chance.choice(("", "", "°", "m²", "m³", " km²", "½", "¼", " ha", "ºC"))


def signs(chance: Chance) -> str:
    """One to three characters of the whole set, evenly drawn: no class is left without a picture."""
    return "".join(chance.choice(CHARACTERS[1:]) for _ in range(chance.randint(1, 3)))


class LineText:
    """Draws the text of lines.

    Args:
        laws: where running text, words and syllables come from.
        french_share: share of lines in French.
    """

    def __init__(self, laws: LawText, french_share: float = 0.35) -> None:
        self._laws = laws
        self._french_share = french_share
        self._kinds: dict[Callable[[Chance, int], str], float] = {
            self._running: 5,
            self._scattered: 6,
            self._form: 0.7,
            self._names: 0.8,
            self._head: 0.6,
        }

    def line(self, chance: Chance) -> str:
        """The text of one line: 1 to about 95 characters, all of which have classes."""
        length = chance.randint(*chance.choice(((3, 15), (12, 45), (30, 60), (50, 95))))
        is_french = chance.hit(self._french_share)
        if is_french:
            text = self._in_french(chance, length)
        else:
            kind = chance.choices(list(self._kinds), list(self._kinds.values()))[0]
            text = kind(chance, length)
        text = writable(_cased(_cut(text, length, chance), chance))
        return text or "1"

    def words(self, chance: Chance, count: int) -> list[str]:
        """``count`` words as they follow one another on a page."""
        found: list[str] = []
        while len(found) < count:
            if chance.hit(0.1):
                piece = french.sentence(chance)
            else:
                piece = self._running(chance, 60) if chance.hit(0.7) else self._scattered(chance, 30)
            found += writable(piece).split(" ")
        return [word for word in found[:count] if word]

    def _running(self, chance: Chance, length: int) -> str:
        line = chance.choice(self._laws.lines)
        text = " ".join(line[chance.randrange(len(line)) :])
        while len(text) < length:
            text += " " + " ".join(chance.choice(self._laws.lines))
        return text

    def _scattered(self, chance: Chance, length: int) -> str:
        """Words out of their order, marks and numbers among them."""
        words: list[str] = []
        size = 0
        while size < length:
            word = self._loose_word(chance)
            if chance.hit(0.12):
                word += chance.choice(",.;:,.)?!”»%…/-")
            if chance.hit(0.04):
                word = chance.choice("(\"“«‘'[") + word
            words.append(word)
            size += len(word) + 1
        return " ".join(words)

    def _loose_word(self, chance: Chance) -> str:
        kind = chance.random()
        if kind < 0.4:
            line = chance.choice(self._laws.lines)
            at = chance.randrange(len(line))
            return " ".join(line[at : at + 2])
        if kind < 0.62:
            syllable: str = chance.choice(self._laws.syllables)
            return syllable
        if kind < 0.78:
            return made_syllable(chance)
        if kind < 0.91:
            return number(chance)
        return chance.choice(_OFFICES) if kind < 0.95 else signs(chance)

    def _form(self, chance: Chance, length: int) -> str:
        """A label, a leader of dots, and perhaps what was filled in."""
        label = chance.choice(_LABELS) if chance.hit(0.6) else self._scattered(chance, 12)
        dots = chance.choice("...._-") * chance.randint(3, max(4, length // 2))
        return (
            label
            + chance.choice((": ", " ", ":"))
            + dots
            + chance.choice(("", " ", ""))
            + chance.choice(("", number(chance), self._scattered(chance, 10), dots))
        )

    def _names(self, chance: Chance, length: int) -> str:
        names: list[str] = []
        while not names or len(" ".join(names)) < length:
            given = (
                chance.choice(self._laws.syllables) if chance.hit(0.6) else made_syllable(chance)
                for _ in range(chance.randint(1, 3))
            )
            names.append(" ".join((chance.choice(_SURNAMES), *(part.capitalize() for part in given))))
            names[-1] += chance.choice((",", ";", " –", "", ", sinh năm " + str(chance.randint(1890, 2005)) + ","))
        return " ".join(names)

    def _head(self, chance: Chance, length: int) -> str:
        head: str = chance.choice(_HEADS)
        return head if chance.hit(0.5) else f"{head} {self._running(chance, length).upper()}"

    def _in_french(self, chance: Chance, length: int) -> str:
        text = ""
        while len(text) < length:
            text += " " + (french.sentence(chance) if chance.hit(0.6) else french.words(chance, chance.randint(1, 9)))
            if chance.hit(0.06):
                text += " " + signs(chance)
        return text


def _cut(text: str, length: int, chance: Chance) -> str:
    """The text to a length; mostly at a space, as lines end."""
    text = text.strip()
    if len(text) <= length:
        return text
    at = text.rfind(" ", 1, length + 1)
    return text[:at] if at > 0 and chance.hit(0.8) else text[:length]


def _cased(text: str, chance: Chance) -> str:
    kind = chance.random()
    if kind < 0.13:
        return text.upper()
    if kind < 0.18:
        return text.title()
    return text[:1].upper() + text[1:] if kind < 0.3 else text
