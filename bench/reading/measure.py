"""Reads the pages of a set with every engine, page by page, so that all meet the same load of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.reading.catalogue import EngineSpec
from bench.reading.exchange import Reading
from bench.reading.pages import Page
from bench.reading.process import ReadingFailed, ReadingProcess
from bench.textscore import Score, score


@dataclass(frozen=True, slots=True)
class Result:
    """One page read by one engine; a page on which it failed was read as nothing, in no time."""

    page: Page
    reading: Reading
    score: Score
    seconds: float | None
    failure: str = ""


@dataclass(slots=True)
class Run:
    """A set read by one engine.

    Attributes:
        version: the engine's name and version; empty where it is absent.
        absence: why it is absent.
        results: a page each.
        peak_mb: memory, MiB.
    """

    version: str = ""
    absence: str = ""
    results: list[Result] = field(default_factory=list)
    peak_mb: float = 0.0


def measure(
    pages: Sequence[Page], specs: Mapping[str, EngineSpec], tell: Callable[[str, Result], None]
) -> dict[str, Run]:
    """The runs by the engines' names; ``tell`` hears of every page as it is read."""
    runs = {name: Run() for name in specs}
    with ExitStack() as stack:
        processes = {}
        for name, spec in specs.items():
            try:
                processes[name] = stack.enter_context(ReadingProcess(spec))
                runs[name].version = processes[name].name
            except ReadingFailed as err:
                runs[name].absence = str(err)
        for page in pages:
            for name, process in processes.items():
                result = _read(page, process)
                runs[name].results.append(result)
                tell(name, result)
        for name, process in processes.items():
            runs[name].peak_mb = process.peak_mb
    return runs


def _read(page: Page, process: ReadingProcess) -> Result:
    try:
        answer = process.read(page.image, page.language)
    except ReadingFailed as err:
        return Result(page, Reading(""), score(page.truth, ""), None, str(err))
    return Result(page, answer.reading, score(page.truth, answer.reading.text), answer.seconds)
