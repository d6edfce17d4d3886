"""Signed PDFs that come in: described in a process of their own, and a signature's picture is not a signature."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from archive.demo_identity import demo_config, make_demo_identity
from archive.identity import load_identity
from archive.incoming import report_signatures
from archive.signer import sign_to_last
from archive.stamp import Placement
from core.files import sha256_file

COURT = "Viện kiểm sát nhân dân tỉnh Gia Lai"


@pytest.fixture(scope="module")
def incoming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF that another body has signed."""
    folder = tmp_path_factory.mktemp("đến")
    make_demo_identity(folder / "khóa", COURT)
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(folder / "trắng.pdf")
    identity = load_identity(demo_config(folder / "khóa", COURT))
    sign_to_last(folder / "trắng.pdf", folder / "cáo trạng.pdf", identity, Placement((300, 740, 500, 764), 0, (COURT,)))
    return folder / "cáo trạng.pdf"


def test_signatures_are_told_and_the_file_is_left_alone(incoming: Path) -> None:
    before = sha256_file(incoming)
    (note,) = report_signatures(incoming)
    assert note.who is not None and note.who.startswith("DEMO Viện kiểm sát") and note.intact
    assert note.when is not None and note.when.endswith("+07:00") and note.problem is None
    assert sha256_file(incoming) == before


def test_unsigned_files_have_none(incoming: Path) -> None:
    assert report_signatures(incoming.with_name("trắng.pdf")) == []


@pytest.mark.parametrize("size", [0, 40])
def test_hardly_a_file_has_none(incoming: Path, tmp_path: Path, size: int) -> None:
    (tmp_path / "cụt.pdf").write_bytes(incoming.read_bytes()[:size])
    assert report_signatures(tmp_path / "cụt.pdf") == []


def test_a_changed_byte_is_told(incoming: Path, tmp_path: Path) -> None:
    data = bytearray(incoming.read_bytes())
    data[60] ^= 1
    (tmp_path / "sửa.pdf").write_bytes(data)
    assert not any(note.intact for note in report_signatures(tmp_path / "sửa.pdf"))


def test_a_file_that_takes_too_long_is_told_so(incoming: Path) -> None:
    (note,) = report_signatures(incoming, seconds=0.01)
    assert not note.intact and note.problem is not None and "unreadable" in note.problem
