"""The whole line on real pages: every page accounted for, signed, checked and found again."""

from __future__ import annotations

import subprocess
from pathlib import Path

from support.line import call, draw_page

CASE = "TAND-DA.DS.1987.00042"


def test_batch_adds_up_and_is_closed(finished: Path, paper: Path) -> None:
    batch = call(finished, "batch", "show", "lo-1").data
    assert (batch["state"], batch["declared"], batch["fed"], batch["held"]) == ("closed", 3, 3, 3)
    assert batch["problems"] == []
    assert [page["id"] for page in batch["pages"]] == [
        f"{CASE}.0000001.p0001", f"{CASE}.0000002.p0001", f"{CASE}.0000002.p0002"]  # fmt: skip
    masters = {Path(page["master"]).read_bytes() for page in batch["pages"]}
    assert masters == {path.read_bytes() for path in paper.rglob("*") if path.is_file()}


def test_progress_is_complete(finished: Path) -> None:
    total = call(finished, "audit", "progress").data["total"]
    steps = ("taken", "archived", "signed", "verified", "indexed")
    assert [total[step] for step in steps] == [3] * 5 and total["percent"] == 100.0


def test_every_pdf_is_pdfa_and_its_signature_good_to_two_programs(finished: Path) -> None:
    checked = call(finished, "verify")
    assert checked.code == 0 and checked.data["checked"] == 2
    assert checked.data["broken"] == [] and checked.data["not_verified"] == []
    pdfs = sorted((finished / "store").rglob("*.pdf"))
    assert [path.name for path in pdfs] == [f"{CASE}.0000001.pdf", f"{CASE}.0000002.pdf"]
    for pdf in pdfs:
        said = subprocess.run(["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in said and "Total document signed" in said


def test_words_are_found_with_and_without_marks_and_boxed(finished: Path) -> None:
    for query in ("tranh chấp ranh giới đất", "tranh chap ranh gioi dat"):
        answer = call(finished, "search", query)
        hit = answer.data["hits"][0]
        assert hit["page_id"] == f"{CASE}.0000001.p0001" and hit["case_file"] == CASE
        assert len(hit["boxes"]) >= 5
        assert Path(hit["pdf"]).is_file() and Path(hit["image"]).is_file()
        assert all(0 <= x0 < x1 <= 1654 and 0 <= y0 < y1 <= 2338 for x0, y0, x1, y1 in hit["boxes"])
    assert call(finished, "search", "không-có-từ-này-đâu").code == 0


def test_record_tells_fields_verdicts_and_paths(finished: Path) -> None:
    record = call(finished, "show", f"{CASE}.0000001").data
    assert record["state"] == "archived"
    assert record["fields"]["issued_date"]["normal"] == "1987-05-12"
    assert record["fields"]["number"]["box"] is not None
    assert [v["check"] for v in record["verdicts"]] == ["pdfa-before", "pdfa-after", "signature"]
    assert all(v["state"] == "passed" for v in record["verdicts"])
    page = call(finished, "show", f"{CASE}.0000001.p0001").data
    assert "alto" in Path(page["alto"]).read_text(encoding="utf-8")[:400].lower()


def test_chain_holds_every_act_and_is_whole(finished: Path) -> None:
    acts = [event["act"] for event in call(finished, "audit", "log", "--limit", "1000").data["events"]]
    assert {"init", "ingest", "read", "check", "sign", "publish"} <= set(acts)
    verdict = call(finished, "audit", "verify").data
    assert verdict["ok"] and verdict["first_bad"] is None
    assert call(finished, "audit", "verify", "--head", verdict["head"]).code == 0
    assert call(finished, "audit", "verify", "--head", "0" * 64).code == 5


def test_pages_that_come_later_make_a_new_version(home: Path, paper: Path) -> None:
    late = paper / "01-quyet-dinh" / "p1.jpg"
    assert call(home, "ingest", str(late), "--case-file", CASE, "--batch", "lo-2").code == 0
    answer = call(home, "process")
    assert (answer.data["documents"], answer.data["pages"]) == (1, 1)
    case_file = call(home, "show", CASE).data
    assert case_file["version"] == "v2" and len(case_file["documents"]) == 3
    assert call(home, "verify").data["broken"] == []


def test_nothing_left_is_nothing_done(home: Path) -> None:
    answer = call(home, "process")
    assert (answer.code, answer.data["documents"], answer.data["pages"]) == (0, 0, 0)


def test_a_changed_byte_in_the_store_is_proven_damage(home: Path) -> None:
    pdf = next((home / "store").rglob("*.pdf"))
    data = bytearray(pdf.read_bytes())
    data[len(data) // 2] ^= 1
    pdf.write_bytes(bytes(data))
    answer = call(home, "verify")
    assert answer.code == 5 and answer.data["broken"]


def test_a_secret_paper_is_set_aside_unread_and_unindexed(home: Path, tmp_path: Path) -> None:
    text = "TỐI MẬT\n\nBÁO CÁO\nVề việc bảo vệ kho tàng của địa phương trong năm một nghìn chín trăm tám mươi bảy."
    page = draw_page(text, tmp_path / "mật.png")
    assert call(home, "ingest", str(page), "--case-file", CASE, "--batch", "lo-3").code == 0
    answer = call(home, "process")
    assert answer.code == 1 and [item["code"] for item in answer.data["failed"]] == ["jobs.secret-mark"]
    secret = answer.data["failed"][0]["id"]
    assert call(home, "show", secret).data["state"] == "quarantined"
    assert call(home, "search", '+"kho tàng"').data["total"] == 0
    assert secret not in {hit["document"] for hit in call(home, "search", "bảo vệ kho tàng").data["hits"]}
    kept = [path for path in (home / "cache").rglob("*") if path.is_file() and "kho tàng".encode() in path.read_bytes()]
    assert kept == []
