"""A page that cannot tell how it lies is read as the other pages of its document lie."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from support.line import MINUTES, SECOND, call, draw_page

CASE = "TAND-DA.DS.1987.00077"


def test_a_doubtful_page_follows_the_document(tmp_path: Path) -> None:
    """Three pages fed upside down; the third has too little text to tell."""
    home, folder = tmp_path / "home", tmp_path / "giấy"
    for number, text in enumerate((MINUTES, SECOND, "3"), 1):
        path = draw_page(text, folder / f"trang {number}.png")
        Image.open(path).rotate(180).save(path, dpi=(200, 200))
    call(home, "init")
    assert call(home, "ingest", str(folder), "--case-file", CASE).code == 0
    assert call(home, "process").code == 0
    record = call(home, "show", f"{CASE}.0000001").data
    assert record["state"] == "archived"
    rotations = [call(home, "show", page["id"]).data["reading"]["rotation"] for page in record["pages"]]
    assert rotations == [180, 180, 180]
