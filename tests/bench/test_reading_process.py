"""Reading processes: what they answer, what they cost, how they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reading.catalogue import EngineSpec
from bench.reading.engines.parts import HEIGHT, WIDEST, in_parts
from bench.reading.exchange import Answer, Reading, ReadLine, ReadWord, from_json, to_json
from bench.reading.measure import measure
from bench.reading.pages import Page
from bench.reading.process import ReadingFailed, ReadingProcess

HERE = {"PYTHONPATH": str(Path(__file__).parents[1])}
RECITER = EngineSpec("fakes.readers:reciter", environment=HERE)
ABSENT = EngineSpec("fakes.readers:absent", environment=HERE)


@pytest.fixture(scope="module")
def reciter() -> Iterator[ReadingProcess]:
    with ReadingProcess(RECITER) as process:
        yield process


def text(folder: Path, words: str) -> Path:
    path = folder / "page.txt"
    path.write_text(words, encoding="utf-8")
    return path


def test_answers_come_back_whole_though_the_engine_prints(reciter: ReadingProcess, tmp_path: Path) -> None:
    answer = reciter.read(text(tmp_path, "Tòa án"), "fra")
    line = ReadLine((ReadWord("Tòa", 0.5), ReadWord("án", 0.5)), (1, 2, 3, 4))
    assert reciter.name == "reciter 1.0"
    assert answer.reading == Reading("fra 1\nTòa án", 0.75, (line, ReadLine((ReadWord("–"),))))
    assert 5 < answer.peak_mb < 500


def test_seconds_are_those_of_reading_and_of_programs_called(reciter: ReadingProcess, tmp_path: Path) -> None:
    assert reciter.read(text(tmp_path, "quick"), "vie").seconds < 0.1
    assert 0.4 < reciter.read(text(tmp_path, "work"), "vie").seconds < 0.8
    assert reciter.read(text(tmp_path, "call"), "vie").seconds > 0.01


def test_memory_holds_that_of_programs_called(tmp_path: Path) -> None:
    with ReadingProcess(RECITER) as process:
        process.read(text(tmp_path, "quick"), "vie")
        alone = process.peak_mb
        process.read(text(tmp_path, "call"), "vie")
        assert process.peak_mb - alone > 95


@pytest.mark.parametrize(("order", "reason"), [("fail", "ValueError: no such page"), ("connect", "PermissionError")])
def test_a_failure_costs_one_page(reciter: ReadingProcess, tmp_path: Path, order: str, reason: str) -> None:
    with pytest.raises(ReadingFailed, match=reason):
        reciter.read(text(tmp_path, order), "vie")
    assert reciter.read(text(tmp_path, "Tòa án"), "vie").reading.text.endswith("Tòa án")


def test_an_engine_that_dies_or_hangs_is_said_to(tmp_path: Path) -> None:
    with ReadingProcess(RECITER) as process:
        for _ in range(2):
            with pytest.raises(ReadingFailed, match="out of ink"):
                process.read(text(tmp_path, "die"), "vie")
    with ReadingProcess(RECITER, patience=2) as process, pytest.raises(ReadingFailed, match="within 2 s"):
        process.read(text(tmp_path, "sleep"), "vie")


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (ABSENT, "No module named 'reciter'"),
        (EngineSpec(RECITER.target, python="/no/python"), "/no/python: No such file"),
        (EngineSpec(RECITER.target, needs=Path("/no/model")), "/no/model is missing"),
    ],
)
def test_an_engine_that_is_not_installed_is_absent_with_its_reason(spec: EngineSpec, reason: str) -> None:
    with pytest.raises(ReadingFailed, match=reason):
        ReadingProcess(spec)


def test_engines_read_the_same_pages_in_turn_and_an_absent_one_none(tmp_path: Path) -> None:
    pages = [Page("a", text(tmp_path, "Tòa án"), "Tòa án"), Page("b", tmp_path / "missing.txt", "nhân dân")]
    told: list[tuple[str, str]] = []
    specs = {"one": RECITER, "gone": ABSENT, "two": RECITER}
    runs = measure(pages, specs, lambda name, result: told.append((result.page.name, name)))
    assert told == [("a", "one"), ("a", "two"), ("b", "one"), ("b", "two")]
    assert "reciter" in runs["gone"].absence and runs["gone"].results == []
    read, failed = runs["two"].results
    assert (read.score.recall, read.failure, read.seconds is None) == (1.0, "", False)
    assert (failed.score.recall, failed.seconds) == (0.0, None)
    assert "FileNotFoundError" in failed.failure
    assert runs["one"].peak_mb > 5


WORDS = st.builds(ReadWord, st.text(), st.none() | st.floats(0, 1))
BOXES = st.none() | st.tuples(*[st.integers(0, 9999)] * 4)
LINES = st.builds(ReadLine, st.lists(WORDS).map(tuple), BOXES)
READINGS = st.builds(Reading, st.text(), st.none() | st.floats(0, 1), st.lists(LINES).map(tuple))


@given(READINGS)
def test_an_answer_survives_its_way(reading: Reading) -> None:
    answer = Answer(reading, 1.25, 80.5)
    line = to_json(answer)
    assert "\n" not in line
    assert from_json(json.loads(line)) == answer


@given(st.integers(8, 60), st.integers(1, 6000), st.integers(0, 2**31))
def test_parts_of_a_line_make_up_the_line_and_are_short_enough(height: int, width: int, seed: int) -> None:
    line = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    parts = list(in_parts(line))
    assert np.array_equal(np.hstack(parts), line)
    assert all(part.shape[1] * HEIGHT <= WIDEST * height for part in parts)


def test_a_line_is_cut_between_its_words() -> None:
    line = np.full((32, 1600), 255, np.uint8)
    line[8:24, 20:700] = 0
    line[8:24, 740:1580] = 0
    first, second = in_parts(line)
    assert 700 <= first.shape[1] <= 740
    assert first.shape[1] + second.shape[1] == 1600
