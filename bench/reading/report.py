"""What the errors of an engine are made of, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench.reading.alignment import AlignedLine, align_lines
from bench.reading.confusions import by_kind, letter_confusions, lost_and_invented, tone_confusions
from bench.reading.measure import Result
from bench.textscore import plain

MOST = 40
"""Rows of a table."""


def errors_report(name: str, results: Sequence[Result]) -> str:
    """Confusions of letters, words with wrong marks, words lost and invented, lines not found."""
    aligned = [(it, line) for it in results for line in align_lines(it.page.truth, plain(it.reading.text))]
    texts = [(it.page.truth, it.reading.text) for it in results]
    lost, invented = lost_and_invented(texts)
    marks = {f"{printed} | {read}": times for (printed, read), times in tone_confusions(texts).items()}
    parts = [
        f"# Errors of {name}, {len(results)} pages",
        *_letters([line for _, line in aligned]),
        f"\n## Words with wrong marks: {sum(marks.values())}\n",
        *_table("| printed | read | times |", marks),
        f"\n## Words lost: {lost.total()}\n",
        *_table("| word | times |", lost),
        f"\n## Words invented: {invented.total()}\n",
        *_table("| word | times |", invented),
        "\n## Lines of the truths that were not found\n",
        *(f"- {it.page.name}: {line.text}" for it, line in aligned if not line.found),
    ]
    return "\n".join(parts) + "\n"


def _letters(lines: Sequence[AlignedLine]) -> Iterator[str]:
    found = [line for line in lines if line.found]
    confusions = letter_confusions(found)
    characters, errors = sum(len(line.text) for line in found), sum(it.times for it in confusions)
    yield f"\n{len(found)} of {len(lines)} lines of ten characters or more were found; in their {characters} characters"
    yield f"are {errors} errors:\n\n| error | times | share of all | per 1,000 characters |\n|---|---|---|---|"
    for kind, times in by_kind(confusions).items():
        yield f"| {kind} | {times} | {times / errors:.1%} | {times / characters * 1000:.2f} |"
    yield "\n## Letters\n\n| printed | read | times | error | first in | read as |\n|---|---|---|---|---|---|"
    for it in confusions[:MOST]:
        words = " | ".join(map(_cell, it.example))
        yield f"| {_shown(it.truth)} | {_shown(it.read)} | {it.times} | {it.kind} | {words} |"


def _table(head: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{head}\n{'|---' * (head.count('|') - 1)}|"
    yield from (f"| {words} | {times} |" for words, times in Counter(counts).most_common(MOST))


def _cell(text: str) -> str:
    """Text that does not end a table's cell."""
    return text.replace("|", "\\|")


def _shown(character: str) -> str:
    return {"": "nothing", " ": "gap"}.get(character, _cell(character))
