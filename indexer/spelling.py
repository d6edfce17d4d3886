"""Which strings can be Vietnamese syllables, by the rules of the orthography: onset, rhyme, tone."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.text import nfc

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Grave, acute, tilde, hook above, dot below."""
_ONSET = re.compile(r"ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]")
_RHYMES = frozenset(
    re.findall(
        r"\w+",
        """
        a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
        e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
        i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
        o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc
        oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
        u ua uc ui um un ung up ut uy uya uych uyn uynh uyt uyu uyên uyêt uân uâng uât uây uê uêch uênh uôc uôi uôm uôn
        uông uôt uơ ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
        y ych ynh yt yêm yên yêng yêt yêu
        """,
    )
)
_STOPS = ("c", "p", "t", "ch")
_STOP_TONES = frozenset("\u0301\u0323")


def one_off(one: str, other: str) -> bool:
    """Whether two strings differ by one letter put in, left out or changed, or by two neighbours in the wrong order."""
    short, long = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) - len(short) == 1:
        return short[at:] == long[at + 1 :]
    if len(long) > len(short) or one == other:
        return False
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped


@lru_cache(maxsize=1 << 15)
def is_syllable(text: str) -> bool:
    """Whether ``text`` is spelt as a Vietnamese syllable; case and the place of the tone mark do not matter."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    tones = [char for char in decomposed if char in TONES]
    letters = nfc("".join(char for char in decomposed if char not in TONES))
    if len(tones) > 1:
        return False
    if letters.endswith(_STOPS) and not _STOP_TONES.issuperset(tones or [""]):
        return False
    onset = _ONSET.match(letters)
    rests = [letters] if onset is None else [letters[onset.end() :], letters[1:]]
    return letters == "gi" or any(rest in _RHYMES for rest in rests)
