"""What a document is, whatever the files are called."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanner.names import readable
from scanner.sources import Source, SourceKind, expand
from tests.scanner.helpers import draw, save


def names(sources: list[Source]) -> list[tuple[str, list[str]]]:
    return [(source.kind.value, [path.name for path in source.files]) for source in sources]


def two_pages(path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(number).save(path, save_all=True, append_images=[draw(number + 1)])
    return path


def test_loose_images_are_one_document_in_natural_order_where_the_first_stands(tmp_path: Path) -> None:
    first = two_pages(tmp_path / "trước.pdf", 1)
    loose = [save(tmp_path / f"trang{n}.png", n) for n in (10, 2, 1)]
    last = two_pages(tmp_path / "sau.tif", 5)
    assert names(expand([first, *loose[:1], last, *loose[1:]])) == [
        ("file", ["trước.pdf"]),
        ("loose", ["trang1.png", "trang2.png", "trang10.png"]),
        ("file", ["sau.tif"]),
    ]


def test_folder_holds_one_document_of_loose_images_and_others_beside_it(tmp_path: Path) -> None:
    root = tmp_path / "hồ sơ"
    for name in ("p10.png", "p2.png", "con/b.png", "con/cháu/c.png", ".ẩn.png", "Thumbs.db", "con/.DS_Store"):
        save(root / name, len(name), format="PNG")
    two_pages(root / "p3.pdf", 1)
    (root / "ghi chú.txt").write_text("Ghi chú", encoding="utf-8")
    (root / "hỏng.jpg").write_text("không phải ảnh", encoding="utf-8")
    save(root / "không-đuôi", 9, format="PNG")
    sources = expand([root])
    assert names(sources) == [
        ("folder", ["hỏng.jpg", "không-đuôi", "p2.png", "p10.png"]),
        ("file", ["p3.pdf"]),
        ("folder", ["b.png"]),
        ("folder", ["c.png"]),
    ]
    assert [path.name for path in sources[0].ignored] == ["ghi chú.txt"]
    assert [source.label for source in sources] == ["hồ sơ", "p3", "con", "cháu"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", 1)
    (tmp_path / "a" / "vòng").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "mất.jpg").symlink_to(tmp_path / "không có")
    os.mkfifo(tmp_path / "a" / "ống")
    assert names(expand([tmp_path / "a"])) == [("folder", ["1.png", "mất.jpg"])]


def test_names_in_windows_1258_and_nfd_are_shown_in_nfc(tmp_path: Path) -> None:
    legacy = "Bản án".replace("ả", "a\u0309").replace("á", "a\u0301").encode("cp1258") + b".png"
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + legacy))
    Image.new("L", (5, 5)).save(tmp_path / "x.png")
    (tmp_path / "x.png").rename(path)
    assert Path(readable(path)).name == "Bản án.png"
    assert Path(readable(tmp_path / unicodedata.normalize("NFD", "Tòa án.png"))).name == "Tòa án.png"
    (source,) = expand([path])
    assert source.files[0].stat().st_size > 0


def test_key_is_that_of_the_place_not_of_its_spelling(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", 1)
    (one,), (two,) = expand([tmp_path / "a"]), expand([tmp_path / "a" / ".." / "a"])
    assert one.key == two.key
    assert one.key != expand([tmp_path / "a" / "1.png"])[0].key


def test_nothing_to_take_is_a_source_without_files(tmp_path: Path) -> None:
    (source,) = expand([tmp_path])
    assert (source.kind, source.files) == (SourceKind.FOLDER, ())
    (missing,) = expand([tmp_path / "không có.jpg"])
    assert missing.files == (tmp_path / "không có.jpg",)
    (endless,) = expand([tmp_path / ("a" * 400 + ".jpg")])
    assert endless.kind is SourceKind.LOOSE


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for an account that may not read everything, in whose name the test goes on."""
    if os.geteuid():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


def test_a_folder_that_cannot_be_read_costs_no_other(nobody: Path) -> None:
    save(nobody / "hồ sơ" / "trang 1.png", 1)
    closed = nobody / "hồ sơ" / "khóa"
    closed.mkdir()
    closed.chmod(0)
    readable_one, locked = expand([nobody / "hồ sơ"])
    assert [path.name for path in readable_one.files] == ["trang 1.png"] and readable_one.problem is None
    assert (locked.path, locked.files) == (closed, ())
    assert locked.problem is not None and locked.problem.code == "core.no-permission"
