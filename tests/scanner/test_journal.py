"""The journal survives power cuts at any byte and finds any change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInputError, IntegrityError
from scanner.journal import NAME, Journal, last_seq

WITH_PRODUCT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
data = st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers() | st.none(), max_size=3)
entries = st.lists(st.tuples(st.sampled_from(["page", "declared", "tờ"]), data), min_size=1, max_size=6)


def written(folder: Path, items: list[tuple[str, dict[str, object]]]) -> bytes:
    Journal(folder).append(items)
    return (folder / NAME).read_bytes()


@settings(max_examples=60, deadline=None)
@given(items=entries, cut=st.floats(0, 1))
def test_any_prefix_replays_and_is_torn_only_at_its_end(items: list[tuple[str, dict[str, object]]], cut: float) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = written(folder, items)
        kept = whole[: int(len(whole) * cut)]
        (folder / NAME).write_bytes(kept)
        journal = Journal(folder)
        assert [(entry.type, entry.data) for entry in journal.entries] == items[: kept.count(b"\n")]
        assert last_seq(folder) == len(journal.entries)
        journal.append([("declared", {"sheets": 3})])
        again = Journal(folder).entries
        assert len(again) == kept.count(b"\n") + 1
        assert [entry.seq for entry in again] == list(range(1, len(again) + 1))


@settings(max_examples=150, deadline=None)
@given(items=entries, where=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255))
def test_any_changed_byte_is_found(items: list[tuple[str, dict[str, object]]], where: float, value: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = bytearray(written(folder, items))
        whole[int(len(whole) * where)] ^= value
        (folder / NAME).write_bytes(whole)
        with pytest.raises(IntegrityError) as caught:
            Journal(folder)
        assert caught.value.code == "scanner.journal-damaged"
        assert caught.value.params["line"] in range(1, len(items) + 1)


def test_lines_taken_out_or_exchanged_are_found(tmp_path: Path) -> None:
    lines = written(tmp_path, [("page", {"n": n}) for n in range(4)]).splitlines(keepends=True)
    for order in ((0, 2, 3), (1, 0, 2, 3), (0, 1, 1, 2, 3), (1, 2, 3)):
        (tmp_path / NAME).write_bytes(b"".join(lines[i] for i in order))
        with pytest.raises(IntegrityError):
            Journal(tmp_path)


def test_vietnamese_is_readable_as_it_lies(tmp_path: Path) -> None:
    assert "Bản án số 15/DS-ST" in written(tmp_path, [("document", {"label": "Bản án số 15/DS-ST"})]).decode()


def test_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    before = written(tmp_path, [("page", {"n": 1})])
    program = (
        "import sys, resource; from pathlib import Path; from scanner.journal import Journal\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 50}, {len(before) + 50}))\n"
        "try: Journal(Path(sys.argv[1])).append([('page', {'n': 2})])\n"
        "except Exception as err: print(type(err).__name__, err.code)\n"
    )
    command = [sys.executable, "-c", program, tmp_path]
    done = subprocess.run(command, env=WITH_PRODUCT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["MissingToolError", "core.disk-full"]
    assert (tmp_path / NAME).read_bytes() == before


def test_something_else_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "lô").write_text("không phải thư mục", encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        Journal(tmp_path / "lô").append([("page", {})])
    assert os.fspath(tmp_path) in str(caught.value)


def test_last_number_is_found_behind_long_lines_and_not_in_damaged_ones(tmp_path: Path) -> None:
    assert last_seq(tmp_path) == 0
    Journal(tmp_path).append([("page", {"origin": "hồ sơ " * 40_000}), ("page", {"origin": "bút lục " * 40_000})])
    assert last_seq(tmp_path) == 2
    with (tmp_path / NAME).open("ab") as stream:
        stream.write("không phải một dòng\n".encode())
    assert last_seq(tmp_path) is None
