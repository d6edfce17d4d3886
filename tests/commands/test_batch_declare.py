"""``butluc batch declare``: a person's count holds, is told to the chain, and keeps a batch open until it is right."""

from __future__ import annotations

from pathlib import Path

from support.line import SECOND, call, draw_page


def test_a_persons_count_keeps_the_batch_open_until_it_is_right(tmp_path: Path) -> None:
    home = tmp_path / "kho"
    call(home, "init", "--organisation", "TAND")
    draw_page(SECOND, tmp_path / "tệp" / "1.png", dpi=50)
    call(home, "ingest", str(tmp_path / "tệp"), "--case-file", "TAND-DA.HS.1996.00007", "--batch", "lo-1")
    assert call(home, "batch", "declare", "lo-1", "5").code == 2, "it is closed"
    call(home, "batch", "reopen", "lo-1", "--reason", "đếm lại")
    declared = call(home, "batch", "declare", "lo-1", "4", "--by", "Nguyễn Thị Lan")
    assert declared.code == 0 and (declared.data["declared"], declared.data["held"]) == (4, 1)
    assert len(declared.data["problems"]) == 1 and call(home, "batch", "close", "lo-1").code == 1
    assert call(home, "batch", "declare", "lo-1", "1").data["problems"] == []
    assert call(home, "batch", "close", "lo-1").code == 0
    assert call(home, "batch", "declare", "lo-1", "-1").code == 2
    assert call(home, "batch", "declare", "lô-mới", "7").data["declared"] == 7, "before the first sheet"
    told = [event for event in call(home, "audit", "log").data["events"] if event["act"] == "declare"]
    assert [(event["who"], event["details"]["sheets"]) for event in told][0] == ("Nguyễn Thị Lan", 4)
    assert [event["details"]["sheets"] for event in told] == [4, 1, 7]
