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


OTHER = "TAND-DA.DS.1987.00043"
SIGHT = '"đo lại thửa đất"'


def test_a_document_moves_to_another_case_file_with_all_that_was_made_of_it(home: Path) -> None:
    where = [hit["page_id"] for hit in call(home, "search", SIGHT).data["hits"]]
    assert where == [f"{MINUTES}.p0002"]
    version = call(home, "show", MINUTES).data["version"]
    moved = call(home, "document", "move", MINUTES, "--to", OTHER, "--reason", "của hồ sơ 00043", "--by", "Lan")
    assert (moved.code, moved.data["document"]) == (0, f"{OTHER}.0000001")
    assert (moved.data["state"], moved.data["instead_of"], moved.data["problems"]) == ("closed", MINUTES, [])
    made = call(home, "process")
    assert (made.code, made.data["failed"]) == (0, [])
    assert [hit["page_id"] for hit in call(home, "search", SIGHT).data["hits"]] == [f"{OTHER}.0000001.p0002"]
    old, new = call(home, "show", MINUTES).data, call(home, "show", f"{OTHER}.0000001").data
    assert (old["state"], old["pdf"], new["state"]) == ("empty", None, "archived")
    assert old["version"] != version and {flag for page in old["pages"] for flag in page["flags"]} >= {"removed"}
    assert [page["sha256"] for page in old["pages"]] == [page["sha256"] for page in new["pages"]]
    kept = list((home / "store").rglob(f"{MINUTES}.pdf"))
    assert len(kept) == 1, "the older version keeps its PDF"
    assert call(home, "verify").code == 0
    assert call(home, "process").data["documents"] == 0
    assert call(home, "rebuild").code == 0 and call(home, "show", MINUTES).data["state"] == "empty"
    told = [event for event in call(home, "audit", "log").data["events"] if event["act"] in ("move", "withdraw")]
    assert [(event["act"], event["object"]) for event in told] == [("move", f"{OTHER}.0000001"), ("withdraw", MINUTES)]
    assert (told[0]["reason"], told[0]["details"]["instead_of"]) == ("của hồ sơ 00043", MINUTES)


def test_a_page_moves_to_another_document_and_not_to_another_batch(home: Path, tmp_path: Path) -> None:
    letter = f"{CASE}.0000001"
    moved = call(home, "page", "move", f"{MINUTES}.p0002", "--after", f"{letter}.p0001", "--reason", "kèm theo")
    assert moved.data["page"]["id"] == f"{letter}.p0002" and moved.data["instead_of"] == f"{MINUTES}.p0002"
    assert (moved.data["state"], moved.data["order"]) == ("closed", [f"{letter}.p0001", f"{letter}.p0002"])
    assert call(home, "process").data["documents"] == 2
    assert call(home, "search", SIGHT).data["hits"][0]["page_id"] == f"{letter}.p0002"
    draw_page(MENDED, tmp_path / "khác.png")
    other = call(home, "ingest", str(tmp_path / "khác.png"), "--case-file", OTHER, "--batch", "lo-2").data
    refused = call(home, "page", "move", f"{letter}.p0002", "--to", other["documents"][0], "--reason", "x")
    assert (refused.code, refused.data["error"]["code"]) == (2, "jobs.other-batch")
    assert call(home, "verify").code == 0
