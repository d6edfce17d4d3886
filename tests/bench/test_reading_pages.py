"""Pages and their truths as they lie in folders."""

from __future__ import annotations

import json
from pathlib import Path

import img2pdf
import pytest
from PIL import Image

from bench.reading.pages import find_pages, languages, spread, without_marks

TRUTH = "Tòa án nhân dân huyện Đắk Hà xét xử sơ thẩm công khai vụ án"


def page(folder: Path, name: str, truth: str = TRUTH, ending: str = ".gt.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / f"{name}.png"
    Image.new("L", (300, 400), 255).save(image, dpi=(100, 100))
    (folder / f"{name}{ending}").write_text(truth, encoding="utf-8")
    return image


def test_pictures_below_the_folder_come_with_their_truths(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    second = page(scans / "hồ sơ", "p2", ending=".txt")
    first = page(scans, "p1")
    Image.new("L", (9, 9)).save(scans / "no-truth.png")
    page(scans, "short", "Tòa án")
    found = list(find_pages(scans, tmp_path))
    assert [(it.name, it.image, it.truth, it.language) for it in found] == [
        ("scans/hồ sơ/p2", second, TRUTH, "vie"),
        ("scans/p1", first, TRUTH, "vie"),
    ]


def test_the_manifest_beside_a_picture_tells_its_language(tmp_path: Path) -> None:
    page(tmp_path, "a")
    page(tmp_path, "b")
    (tmp_path / "manifest.json").write_text(json.dumps([{"image": "b.png", "lang": "fra"}, {"note": "x"}]))
    assert [it.language for it in find_pages(tmp_path, tmp_path)] == ["vie", "fra"]


def test_a_manifest_of_another_shape_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"pages": []}')
    assert languages(tmp_path / "manifest.json") == {}


def test_a_pdf_is_rendered_at_the_resolution_of_its_scan(tmp_path: Path) -> None:
    pdfs = tmp_path / "pdfs"
    image = page(pdfs, "p1")
    (pdfs / "p1.pdf").write_bytes(img2pdf.convert(str(image)))
    image.unlink()
    (found,) = find_pages(pdfs, tmp_path / "work")
    with Image.open(found.image) as rendered:
        assert rendered.size == (300, 400)
        assert rendered.info["dpi"] == pytest.approx((100, 100), abs=0.1)


def test_marks_of_underlining_and_raised_letters_are_taken_out_if_asked(tmp_path: Path) -> None:
    truth = "2°- _Combien _de _réponse _? la _Clef\n_des _Sons. N^o 12, le 1^er mai, a_b, ____ , _ x _l'OuLiPo"
    assert (
        without_marks(truth)
        == "2°- Combien de réponse ? la Clef\ndes Sons. No 12, le 1er mai, a_b, ____ , _ x l'OuLiPo"
    )
    page(tmp_path, "p1", truth)
    assert next(find_pages(tmp_path, tmp_path)).truth == truth
    assert next(find_pages(tmp_path, tmp_path, marked=True)).truth == without_marks(truth)


def test_a_sample_is_spread_over_the_set(tmp_path: Path) -> None:
    for number in range(9):
        page(tmp_path, f"p{number}")
    pages = list(find_pages(tmp_path, tmp_path))
    assert [it.image.stem for it in spread(pages, 3)] == ["p0", "p3", "p6"]
    assert spread(pages, 20) == spread(pages, None) == pages
