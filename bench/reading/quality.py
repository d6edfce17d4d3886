"""How well quality and confidences predict, over all pages of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.reading.alignment import align_lines, judged_words
from bench.reading.diagram import reliability_svg
from bench.reading.measure import Result
from bench.reading.reliability import PAGE_EDGES, WORD_EDGES, bins, calibration_error, pearson, spearman
from bench.reading.tables import bins_table
from bench.textscore import plain

Points = list[tuple[float, float]]
_RIGHT = "share of characters read right"


def right_share(result: Result) -> float | None:
    """Share of the truth's characters that were read right, wherever they stand; ``None`` if no line is long enough."""
    lines = align_lines(result.page.truth, plain(result.reading.text))
    characters = sum(len(line.text) for line in lines)
    return 1 - sum(line.errors for line in lines) / characters if characters else None


def page_points(results: Sequence[Result]) -> Points:
    """Quality and the share of characters read right, of the pages for which the engine gives a quality."""
    shares = ((it.reading.quality, right_share(it)) for it in results if it.reading.quality is not None)
    return [(quality, share) for quality, share in shares if share is not None]


def word_points(results: Sequence[Result]) -> Points:
    """Confidence and right (1.0) or wrong (0.0), of the words for which the engine gives a confidence."""
    judged = (pair for it in results for pair in judged_words(it.reading.lines, it.page.truth))
    return [(confidence, float(right)) for confidence, right in judged]


def quality_report(name: str, results: Sequence[Result], folder: Path | None) -> str:
    """Tables and correlations as Markdown; diagrams go into the folder. Empty where the engine predicts nothing."""
    parts = []
    pages, words = page_points(results), word_points(results)
    if pages:
        parts += [f"{name}: page quality\n", _bins(pages, PAGE_EDGES, "pages"), "", _correlations(results, pages), ""]
    if words:
        parts += [f"{name}: word confidence\n", _bins(words, WORD_EDGES, "words"), "", _calibration(words, WORD_EDGES)]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _draw(pages, PAGE_EDGES, f"{name}: pages", _RIGHT, folder / f"{name}-pages.svg")
        _draw(words, WORD_EDGES, f"{name}: words", "share of words read right", folder / f"{name}-words.svg")
    return "\n".join(parts)


def _bins(points: Points, edges: Sequence[float], what: str) -> str:
    return bins_table(bins(points, edges), what)


def _calibration(points: Points, edges: Sequence[float]) -> str:
    return f"Mean distance between predicted and measured: {calibration_error(bins(points, edges)):.3f}."


def _correlations(results: Sequence[Result], points: Points) -> str:
    """Pearson and Spearman with the three shares that quality may be taken to predict."""
    rated = [(it.reading.quality, it.score) for it in results if it.reading.quality is not None]
    measures = {
        _RIGHT: points,
        "1 − page CER": [(quality, max(0.0, 1 - score.cer)) for quality, score in rated],
        "recall": [(quality, score.recall) for quality, score in rated],
    }
    rows = [f"| {name} | {_number(pearson(it))} | {_number(spearman(it))} |" for name, it in measures.items()]
    head = f"{_calibration(points, PAGE_EDGES)} Correlation over {len(points)} pages:\n\n| with | Pearson | Spearman |"
    return "\n".join([head, "|---|---|---|", *rows])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _draw(points: Points, edges: Sequence[float], title: str, measured: str, target: Path) -> None:
    if points:
        target.write_text(reliability_svg(bins(points, edges), title, "predicted", measured), encoding="utf-8")
