"""French of colonial offices and courts, made from a small grammar and word lists of our own.

The sentences need not be true or wise; they hold the letters, the word shapes and the turns of phrase that the French
papers of Vietnamese case files are written in.
"""

from __future__ import annotations

from ocr.training.chance import Chance
from ocr.training.wordlists import phrases, words_of

_MASCULINE, _FEMININE = words_of("french", "masculine"), words_of("french", "feminine")
_ADJECTIVES, _ADVERBS = words_of("french", "adjectives"), words_of("french", "adverbs")
_VERBS, _ENDINGS = words_of("french", "verb_stems"), words_of("french", "verb_endings")
_SMALL, _NAMES = words_of("french", "small_words"), words_of("french", "names")
_MONTHS, _FORMULAS = words_of("french", "months"), phrases("french", "formulas")
_VOWELS = "aàâeéèêëiîïoôœuùûhæ"


def _plural(word: str, chance: Chance) -> str:
    return word if word[-1] in "sxz" or chance.hit(0.5) else word + "s"


def _joined(article: str, word: str) -> str:
    """The article before its word, with elision: ``l'arrêté``."""
    if article in ("le", "la") and word[0] in _VOWELS:
        return "l'" + word
    return f"de l'{word}" if article in ("du", "de la") and word[0] in _VOWELS else f"{article} {word}"


def _noun(chance: Chance) -> str:
    kind = chance.random()
    if kind < 0.35:
        phrase = _joined(chance.choice(("le", "le", "du", "un", "ce", "au")), chance.choice(_MASCULINE))
    elif kind < 0.7:
        phrase = _joined(chance.choice(("la", "la", "de la", "une", "cette")), chance.choice(_FEMININE))
    else:
        phrase = chance.choice(("les", "des", "aux", "ces", "ses", "leurs", "deux", "plusieurs")) + " "
        phrase += _plural(chance.choice(chance.choice((_MASCULINE, _FEMININE))), chance)
    return f"{phrase} {_adjective(chance)}" if chance.hit(0.4) else phrase


def _adjective(chance: Chance) -> str:
    word = chance.choice(_ADJECTIVES)
    return word + chance.choice(("", "", "s", "e", "es")) if word[-1] not in "exs" else word


def _verb(chance: Chance) -> str:
    stem, ending = chance.choice(_VERBS), chance.choice(_ENDINGS)
    if stem[-1] == "ç" and ending[0] in "eéiè":
        stem = stem[:-1] + "c"
    return stem + ending


def _number(chance: Chance) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        return f"le {chance.randint(1, 31)} {chance.choice(_MONTHS)} {chance.randint(1862, 1958)}"
    if kind == 1:
        return f"{chance.choice(('n°', 'N°', 'art.', 'folio', 'page'))} {chance.randint(1, 2500)}"
    if kind == 2:
        unit = chance.choice(("francs", "piastres", "hectares", "mètres", "ares", "$", "£", "€", "fr. 50"))
        return f"{chance.randint(1, 999)} {unit}"
    if kind == 3:
        return chance.choice(("1er", "2e", "3°", "I", "II", "XIXe", "§ 4", "1½", "¼", "¾", "m²", "10 m³", "n° 5 bis"))
    return f"{chance.randint(1, 24)} h {chance.randint(0, 59):02d}"


def _clause(chance: Chance) -> str:
    parts = [_noun(chance), _verb(chance), _noun(chance)]
    if chance.hit(0.35):
        parts.insert(2, chance.choice(_ADVERBS))
    if chance.hit(0.4):
        parts += [chance.choice(("de", "à", "dans", "sur", "par", "pour", "avec", "entre", "près de")), _noun(chance)]
    if chance.hit(0.25):
        parts.append(_number(chance))
    if chance.hit(0.25):
        parts.insert(chance.randrange(len(parts)), chance.choice(_NAMES))
    return " ".join(parts)


def sentence(chance: Chance) -> str:
    """One sentence, or a formula of the courts; upper and lower case as in running text."""
    if chance.hit(0.15):
        return chance.choice(_FORMULAS) + chance.choice((".", ",", ";", " :", ""))
    text = _clause(chance)
    if chance.hit(0.5):
        text += chance.choice((", ", " et ", " ; ", " que ", " dont ", " où ", " – ")) + _clause(chance)
    if chance.hit(0.08):
        text = f"« {text} »"
    text = text[0].upper() + text[1:]
    return text + chance.choice((".", ".", ".", ",", " ;", " :", " ?", " !", "..."))


def words(chance: Chance, count: int) -> str:
    """Loose words of all kinds, so that no order of words can be learnt by heart."""
    kinds = (_MASCULINE, _FEMININE, _SMALL, _SMALL, _ADVERBS, _NAMES)
    loose = []
    for _ in range(count):
        if chance.hit(0.3):
            loose.append(chance.choice((_verb, _adjective, _number))(chance))
        else:
            word = chance.choice(chance.choice(kinds))
            loose.append(_plural(word, chance) if chance.hit(0.3) else word)
    return " ".join(loose)
