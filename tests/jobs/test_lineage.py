"""A page is replaced or taken out after the document was archived: a new version, and nothing of the old is lost."""

from __future__ import annotations

from pathlib import Path

from support.line import call, draw_page

CASE = "TAND-DA.DS.1987.00042"
MINUTES = f"{CASE}.0000002"
MENDED = """Nguyên đơn rút một phần yêu cầu khởi kiện về hàng rào dâm bụt.
Hội đồng xét xử ghi nhận sự thỏa thuận của các bên."""


def test_a_replaced_and_a_moved_page_make_new_versions_of_their_document_alone(home: Path, tmp_path: Path) -> None:
    untouched = call(home, "show", f"{CASE}.0000001").data["version"]
    picture = draw_page(MENDED, tmp_path / "quét lại.png")
    done = call(home, "rescan", f"{MINUTES}.p0002", str(picture), "--reason", "mờ", "--by", "Nguyễn Thị Lan")
    assert done.code == 0 and done.data["page"]["id"] == f"{MINUTES}.p0003"
    assert done.data["state"] == "closed" and done.data["instead_of"] == f"{MINUTES}.p0002"
    moved = call(home, "page", "move", f"{MINUTES}.p0003", "--reason", "xếp nhầm")
    assert moved.data["order"] == [f"{MINUTES}.p0003", f"{MINUTES}.p0001", f"{MINUTES}.p0002"]
    made = call(home, "process")
    assert made.code == 0 and made.data["documents"] == 1 and made.data["pages"] == 2
    record = call(home, "show", MINUTES).data
    assert record["version"] != untouched and [page["id"] for page in record["pages"]] == moved.data["order"]
    assert call(home, "show", f"{CASE}.0000001").data["version"] == untouched
    hit = call(home, "search", "rút một phần yêu cầu khởi kiện").data["hits"][0]
    assert hit["page_id"] == f"{MINUTES}.p0003"
    assert call(home, "search", '"đo lại thửa đất"').data["total"] == 0, "the replaced page is found no more"
    assert call(home, "verify").code == 0
    acts = [event["act"] for event in call(home, "audit", "log").data["events"]]
    assert acts.count("rescan") == 1 and acts.count("move") == 1


def test_a_page_taken_out_and_one_put_in(home: Path, tmp_path: Path) -> None:
    assert call(home, "page", "remove", f"{MINUTES}.p0001", "--reason", "của hồ sơ khác").code == 0
    picture = draw_page(MENDED, tmp_path / "chèn.png")
    inserted = call(home, "page", "insert", str(picture), "--after", f"{MINUTES}.p0002", "--reason", "sót")
    assert inserted.data["page"]["id"] == f"{MINUTES}.p0003" and inserted.data["problems"] == []
    assert call(home, "process").data["pages"] == 2
    assert call(home, "verify").code == 0


def test_what_is_asked_wrongly_is_said(home: Path) -> None:
    assert call(home, "page", "remove", f"{MINUTES}.p0009", "--reason", "x").code == 2
    assert call(home, "page", "insert", "x.png", "--reason", "x").code == 2
    assert call(home, "rescan", f"{MINUTES}.p0001", "--reason", "x").code == 2
    assert call(home, "rescan", f"{MINUTES}.p0001", "không có.png", "--reason", "x").code == 3
    assert call(home, "rescan", "TAND-DA.DS.1987.00099.0000001.p0001", "x.png", "--reason", "x").code == 2
