"""Can what was read on each page be found in the PDF, as a viewer finds it?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.errors import ButlucError, MissingToolError
from core.model import Verdict, VerdictState
from core.process import run

CHECK = "text-layer"
_TOOL = "pdftotext"
_SHARE = 2 / 3
"""Viewers part and join some words otherwise than they were read: on 24 real layouts 88 to 100 % of a page's words are
found on it, and at most 46 % of them on another page."""
_FEW = 10
"""Of fewer words each is looked for within the page's letters, however a viewer parts them."""
_SECONDS = 300.0


def check_text(path: Path, pages: Sequence[Iterable[str]]) -> Verdict:
    """Verdict on the text layer of a PDF: ``FAILED`` where a page lacks the words that were read on it.

    Args:
        pages: the words of each page of the PDF, in its order; a page without any asks for nothing.
    """
    wanted = [_words(words) for words in pages]
    if not any(wanted):
        return Verdict(CHECK, VerdictState.PASSED, _TOOL, details={"words": "0", "found": "0"})
    try:
        done = run((_TOOL, "-enc", "UTF-8", path.absolute(), "-"), timeout=_SECONDS)
    except (ButlucError, MissingToolError) as err:
        return Verdict(CHECK, VerdictState.NOT_VERIFIED, _TOOL, (str(err),))
    if done.returncode != 0:
        return Verdict(CHECK, VerdictState.NOT_VERIFIED, _TOOL, ("the file cannot be read",))
    shown = done.stdout.decode("utf-8", "replace").split("\f")
    found = [_found(words, text) for words, text in zip(wanted, shown, strict=False)]
    found += [0] * (len(wanted) - len(found))
    problems = tuple(_problems(wanted, found))
    state = VerdictState.FAILED if problems else VerdictState.PASSED
    counts = {"words": str(sum(len(words) for words in wanted)), "found": str(sum(found))}
    return Verdict(CHECK, state, _TOOL, problems, counts)


def _problems(wanted: Sequence[set[str]], found: Sequence[int]) -> Iterator[str]:
    for number, (words, count) in enumerate(zip(wanted, found, strict=True), 1):
        if count < _SHARE * len(words):
            yield f"page {number}: {count} of {len(words)} words"


def _words(texts: Iterable[str]) -> set[str]:
    """Different words that hold a letter or a digit; hyphens, which viewers take away at the ends of lines, do not
    count."""
    parts = (part for text in texts for part in _plain(text).split())
    return {part for part in parts if any(char.isalnum() for char in part)}


def _found(words: set[str], text: str) -> int:
    plain = _plain(text)
    if len(words) >= _FEW:
        return len(words & set(plain.split()))
    letters = "".join(plain.split())
    return sum(word in letters for word in words)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("-", "").replace("\xad", "")
