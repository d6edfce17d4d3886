from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samples.ageing import RECIPES
from samples.fonts import FontBook
from samples.layout import compose, render_document
from samples.make import CASE_FILES, CASES, SEED, Document, age_pages, document_seed, make, read_case, turned_box
from samples.markup import blocks, words

MANIFEST = json.loads((CASE_FILES / "manifest.json").read_text("utf-8"))
PAGES: list[dict[str, Any]] = MANIFEST["pages"]
DOCUMENTS = [(case.name, document) for case in sorted(CASES.iterdir()) for document in read_case(case.name)]


@pytest.fixture(scope="module")
def book() -> FontBook:
    return FontBook()


def test_two_case_files_of_about_two_dozen_pages_are_shipped() -> None:
    assert sorted({page["case_file"] for page in PAGES}) == ["TAND-HL.DS.1987.00042", "TAND-ST.HS.1996.00317"]
    assert 20 <= len(PAGES) <= 28
    assert sum((CASE_FILES / page["file"]).stat().st_size for page in PAGES) <= 12_000_000


def test_manifest_and_disk_hold_the_same_images_and_texts() -> None:
    on_disk = {str(path.relative_to(CASE_FILES)) for path in CASE_FILES.rglob("p*.*")}
    assert on_disk == {name for page in PAGES for name in (page["file"], page["truth"])}
    assert all(Path(page["file"]).with_suffix(".txt") == Path(page["truth"]) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=[page["file"] for page in PAGES])
def test_each_page_is_a_colour_a4_scan_with_its_truth(page: dict[str, Any]) -> None:
    with Image.open(CASE_FILES / page["file"]) as image:
        assert image.mode == "RGB"
        assert image.size == (page["width"], page["height"]) == (2480, 3508)
        assert image.info["dpi"] == (300, 300)
    truth = (CASE_FILES / page["truth"]).read_text("utf-8")
    assert unicodedata.is_normalized("NFC", truth)
    assert not any(line != line.strip() or not line for line in truth.splitlines())
    assert page["recipe"] in RECIPES
    if page["blank"]:
        assert truth == ""
        assert page["folio"] is None


def test_truths_are_the_printed_lines_of_the_texts(book: FontBook) -> None:
    for case, document in DOCUMENTS:
        made = compose(document.text, document.style, book, 300, document_seed(case, document, SEED), 1)
        held = [page for page in PAGES if page["case_file"] == case and page["document"] == document.slug]
        truths = [(CASE_FILES / page["truth"]).read_text("utf-8") for page in held]
        assert truths == ["".join(f"{line}\n" for line in page.lines) for page in made]


@pytest.mark.parametrize(("case", "document"), DOCUMENTS, ids=[f"{c}/{d.slug}" for c, d in DOCUMENTS])
def test_every_letter_of_a_text_has_a_glyph(case: str, document: Document, book: FontBook) -> None:
    for block in blocks(document.text):
        for line in block.lines:
            for word in words(line):
                assert book.missing(word.text, document.style.face, word.bold, word.italic) == set()
                assert book.missing(word.text, "hand") == set()
    assert book.missing(document.style.seal, "tinos", bold=True) == set()


def test_printed_fields_stand_in_the_truth() -> None:
    for case, document in DOCUMENTS:
        held = [page for page in PAGES if page["case_file"] == case and page["document"] == document.slug]
        text = " ".join(" ".join((CASE_FILES / page["truth"]).read_text("utf-8") for page in held).split()).casefold()
        for name in ("judgment_number", "acceptance_number", "signer", "party_a", "clerk", "number", "notation"):
            value = document.fields.get(name)
            if value is not None:
                assert value.casefold() in text, f"{document.slug}: {name}"


def test_folios_rise_within_a_case_file() -> None:
    for case in {page["case_file"] for page in PAGES}:
        folios = [page["folio"] for page in PAGES if page["case_file"] == case and page["folio"] is not None]
        assert folios == sorted(set(folios))


def test_full_pages_carry_real_prose_and_no_paragraph_twice() -> None:
    paragraphs = [" ".join(b.lines) for _, d in DOCUMENTS for b in blocks(d.text) if b.name == "p"]
    long = [text for text in paragraphs if len(text) > 80]
    assert len(long) == len(set(long)) > 60
    counts = [len((CASE_FILES / page["truth"]).read_text("utf-8").split()) for page in PAGES]
    assert sum(250 <= count <= 500 for count in counts) >= 14


def test_a_page_made_again_is_the_page_that_is_shipped(book: FontBook) -> None:
    case, document = next((c, d) for c, d in DOCUMENTS if d.slug == "02-phong-bi")
    seed = document_seed(case, document, SEED)
    pages = render_document(document.text, document.style, book, 300, seed, document.first_folio)
    (again,) = age_pages(document, pages, seed)
    with Image.open(CASE_FILES / case / document.slug / "p01.jpg") as shipped:
        difference = np.abs(np.asarray(shipped, np.int16) - again.image)
    assert difference.mean() < 2.0
    assert float(np.percentile(difference, 99.9)) < 16


def test_make_writes_folders_of_pages_at_any_resolution(tmp_path: Path) -> None:
    root = tmp_path / "cases"
    (root / "TAND-HL.DS.1987.00001").mkdir(parents=True)
    (root / "TAND-HL.DS.1987.00001" / "01-don.toml").write_text(
        'kind="don"\ntitle="Đơn"\nlanguage="vi"\nface="pica"\nrecipe="worn-1987"\nfolio=4\n'
        'text="""\nKính gửi Tòa án.\n\n@back\n"""\n[fields]\ntype="Đơn"\n',
        "utf-8",
    )
    manifest = make(tmp_path / "out", dpi=60, seed=3, root=root)
    folder = tmp_path / "out" / "TAND-HL.DS.1987.00001" / "01-don"
    assert sorted(path.name for path in folder.iterdir()) == ["p01.jpg", "p01.txt", "p02.jpg", "p02.txt"]
    assert (folder / "p01.txt").read_text("utf-8") == "Kính gửi Tòa án.\n"
    assert [page["folio"] for page in manifest["pages"]] == [4, None]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8")) == manifest
    first = (folder / "p01.jpg").read_bytes()
    make(tmp_path / "out", dpi=60, seed=3, root=root)
    assert (folder / "p01.jpg").read_bytes() == first


def test_an_unknown_case_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"TAND-XX"):
        read_case("TAND-XX", tmp_path)


def test_a_seal_box_turns_with_its_page() -> None:
    assert turned_box((10, 20, 30, 40), (100, 100), 0.0) == [10, 20, 30, 40]
    assert turned_box((10, 20, 30, 40), (100, 100), 90.0) == [20, 70, 40, 90]
