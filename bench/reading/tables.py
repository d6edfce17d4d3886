"""The tables of a run as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.reading.catalogue import ENGINES, REFERENCE
from bench.reading.measure import Result, Run
from bench.reading.reliability import Bin
from bench.textscore import Score

MEASURES = "page CER | recall | precision | paragraph CER | tone errors"
PAGE_HEAD = f"| page | engine | {MEASURES} | quality | s |\n{'|---' * 9}|"
SET_HEAD = f"| engine | | {MEASURES} | s a page | × {REFERENCE}'s time | MB |\n{'|---' * 10}|"
_MEASURED = "{:.2%} | {:.3f} | {:.3f} | {:.2%} | {:.2%}"


def page_row(engine: str, result: Result) -> str:
    """A page as a row."""
    quality = "–" if result.reading.quality is None else f"{result.reading.quality:.3f}"
    measured = _MEASURED.format(*_figures(result.score))
    return f"| {result.page.name} | {engine} | {measured} | {quality} | {_seconds(result.seconds)} |"


def set_table(runs: Mapping[str, Run]) -> str:
    """Means and medians of every engine that is present, and below them a line for each absence and each failure."""
    rows = [row for name, run in runs.items() if run.results for row in _set_rows(name, run, runs.get(REFERENCE))]
    return "\n".join([SET_HEAD, *rows, "", *remarks(runs)])


def remarks(runs: Mapping[str, Run]) -> Iterator[str]:
    """Which engines were absent, and which pages were not read."""
    for name, run in runs.items():
        if run.absence:
            yield f"- {name}: absent ({run.absence}); to install it: `{ENGINES[name].install}`"
        for result in run.results:
            if result.failure:
                yield f"- {name} failed on {result.page.name}: {result.failure}"


def _set_rows(name: str, run: Run, reference: Run | None) -> Iterator[str]:
    seconds = [result.seconds for result in run.results if result.seconds is not None]
    for label, pooled, middle in (("mean", True, statistics.fmean), ("median", False, statistics.median)):
        measured = _MEASURED.format(*_middle([result.score for result in run.results], middle, pooled=pooled))
        spent = _seconds(middle(seconds) if seconds else None)
        ratio = _ratio(run, reference) if pooled else ""
        memory = f"{run.peak_mb:.0f}" if pooled else ""
        yield f"| {name if pooled else ''} | {label} | {measured} | {spent} | {ratio} | {memory} |"


def _middle(
    scores: Sequence[Score], middle: Callable[[Sequence[float]], float], *, pooled: bool
) -> tuple[float, float, float, float, float]:
    """The middle of each measure; paragraph and tone errors, if ``pooled``, of all pages together."""
    cer, recall, precision, paragraph, tones = (middle(side) for side in zip(*map(_figures, scores), strict=True))
    if pooled:
        paragraph = sum(it.line_errors for it in scores) / max(1, sum(it.line_characters for it in scores))
        tones = sum(it.tones_wrong for it in scores) / max(1, sum(it.tones_compared for it in scores))
    return cer, recall, precision, paragraph, tones


def _figures(it: Score) -> tuple[float, float, float, float, float]:
    paragraph = it.line_errors / max(1, it.line_characters)
    return it.cer, it.recall, it.precision, paragraph, it.tones_wrong / max(1, it.tones_compared)


def _ratio(run: Run, reference: Run | None) -> str:
    """Time beside the reference's, over the pages that both read."""
    theirs = {} if reference is None else {result.page.name: result.seconds for result in reference.results}
    pairs = [(result.seconds, theirs.get(result.page.name)) for result in run.results]
    both = [(ours, other) for ours, other in pairs if ours is not None and other is not None]
    return f"{sum(a for a, _ in both) / sum(b for _, b in both):.2f}" if both else "–"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def bins_table(filled: Sequence[Bin], what: str) -> str:
    """Bins as a table."""
    rows = [f"| {b.low:g}–{b.high:g} | {b.count} | {b.predicted:.3f} | {b.measured:.3f} |" for b in filled]
    return "\n".join([f"| predicted | {what} | mean predicted | measured |", "|---|---|---|---|", *rows])
