"""How much each part of a query counts in the ranking; chosen by ``bench/search.py``."""

from __future__ import annotations

from dataclasses import dataclass

ALL_WORDS = 1000.0
"""Added where a page holds every clause, so that such pages come first."""
ALL_EXACT = 500.0
"""Added where it holds all of them with the diacritics typed."""
MOST_LISTED = 10
"""Words and phrases of a query that count as a list, all of which pages should hold; with more, it is a question or a
sentence, whose words without weight ("in which case", "is it true") must not lift a page."""
MOST_TEXT = 450.0
"""What all other scores of a page stay below: the steps above stand whatever the words."""
MOST_TERM = 35.0
"""More than BM25 gives any term in up to 10 million pages."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors of BM25 scores, and ``code``, a score by itself."""

    folded: float = 0.15
    """The word without its diacritics, where it was typed with them."""
    pair: float = 0.75
    """Two neighbouring words standing together: most Vietnamese words have two syllables."""
    head: float = 0.1
    """The word in the document's title, parties, officials, places."""
    head_pair: float = 0.5
    synonym: float = 0.7
    """An abbreviation for its long form, or the long form for it; by the words of what stands instead."""
    code: float = 8.0
    """A number with notation."""
    day: float = 16.0
    """A day that is the document's own, above any number of mentions."""
    alike: float = 4.0
    """A number that looks like the one sought."""
    doubtful: float = 0.5
    """Of the score of a word that the reader was unsure of wherever it stands on the page; not told apart in sentences,
    where no single word weighs much."""


DEFAULT = Weights()
