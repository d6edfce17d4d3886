"""Renewal of what is stored: a new version with a fresh stamp over all bytes of the old, and never over damage."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.signing_config import Level
from jobs.catalogue import DocumentRow
from jobs.home import Home
from jobs.standing import standing
from support.inside import inside as call

CASE_FILE = "TAND-DA.DS.1987.00042"
LATER = "2099-01-01"


def stored_pdfs(home: Path) -> dict[str, bytes]:
    """Every PDF in the store, old versions too."""
    store = home / "store"
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*.pdf") if path.is_file()}


def test_status_tells_level_stamp_and_due_day(finished: Path) -> None:
    answer = call(finished, "signatures", "status")
    assert answer.code == 0 and answer.data["levels"] == {"PAdES B-LTA": 2} and answer.data["due"] == 0
    for row in answer.data["documents"]:
        assert row["case_file"] == CASE_FILE and row["why"] == "stamp"
        assert row["signer"].startswith("DEMO") and row["last_stamp_algorithm"] == "sha256, rsa 2048"
        end = datetime.fromisoformat(row["last_stamp_expires"])
        assert row["due"] == (end - timedelta(days=180)).date().isoformat()
    assert call(finished, "signatures", "status", "--before", "2026-01-01").data["documents"] == []
    assert call(finished, "signatures", "status", "TAND-DA.DS.1987.00099").code == 2


def test_nothing_due_renews_nothing(home: Path) -> None:
    before = stored_pdfs(home)
    answer = call(home, "signatures", "renew")
    assert (answer.code, answer.data["renewed"], answer.data["failed"]) == (0, [], [])
    assert stored_pdfs(home) == before


def test_renewal_makes_a_version_that_begins_with_the_old_bytes(home: Path) -> None:
    before = stored_pdfs(home)
    one = f"{CASE_FILE}.0000001"
    answer = call(home, "signatures", "renew", one, "--before", LATER, "--jobs", "1")
    assert answer.code == 0 and answer.data["renewed"] == [one] and answer.data["not_verified"] == []
    after = stored_pdfs(home)
    (fresh,) = set(after) - set(before)
    assert "/v2/" in fresh and after.items() >= before.items()
    assert any(after[fresh].startswith(data) and len(after[fresh]) > len(data) for data in before.values())
    shown = call(home, "show", one).data
    assert shown["version"] == "v2" and {verdict["state"] for verdict in shown["verdicts"]} == {"passed"}
    checked = call(home, "verify")
    assert checked.code == 0 and checked.data["broken"] == [] and checked.data["not_verified"] == []
    assert checked.data["signatures"]["levels"] == {"PAdES B-LTA": 2} and checked.data["signatures"]["changed"] == []
    told = call(home, "audit", "log", "--act", "renew").data["events"]
    assert [event["object"] for event in told] == [one] and told[0]["after"] == shown["pdf_sha256"]
    assert call(home, "rebuild").code == 0
    assert call(home, "show", one).data["pdf_sha256"] == shown["pdf_sha256"]


def test_damage_gets_no_fresh_stamp(home: Path) -> None:
    one, other = f"{CASE_FILE}.0000001", f"{CASE_FILE}.0000002"
    path = Path(call(home, "show", one).data["pdf"])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    answer = call(home, "signatures", "renew", "--before", LATER, "--jobs", "1")
    assert answer.code == 1 and answer.data["renewed"] == [other]
    assert [(item["id"], item["code"]) for item in answer.data["failed"]] == [(one, "jobs.renew-changed")]
    assert path.read_bytes() == bytes(data)


def settings(home: Path, old: str, new: str) -> None:
    file = home / "butluc.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_stamps(home: Path) -> None:
    """Nobody answers at the time-stamp authority's address."""
    text = (home / "butluc.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("demo_tsa")]
    kept.append('tsa_url = "http://127.0.0.1:9/"')
    (home / "butluc.toml").write_text("\n".join(kept) + "\n", encoding="utf-8")


def test_without_time_stamps_nothing_is_renewed_and_the_next_run_goes_on(home: Path) -> None:
    before, good = stored_pdfs(home), (home / "butluc.toml").read_bytes()
    without_stamps(home)
    answer = call(home, "signatures", "renew", "--before", LATER, "--jobs", "1")
    assert answer.code == 4 and answer.data["error"]["code"] == "archive.tsa-unreachable"
    assert stored_pdfs(home) == before
    (home / "butluc.toml").write_bytes(good)
    assert len(call(home, "signatures", "renew", "--before", LATER, "--jobs", "2").data["renewed"]) == 2


def test_without_time_stamps_nothing_is_called_signed_and_process_goes_on_later(
    prepared: Path, finished: Path, tmp_path: Path
) -> None:
    """Then without revocation lists too: signed, at the level that was reached, with the reason; renewal raises it."""
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    shutil.copytree(finished / "cache" / "pages", home / "cache" / "pages", dirs_exist_ok=True)
    good = (home / "butluc.toml").read_text(encoding="utf-8")
    without_stamps(home)
    answer = call(home, "process")
    assert answer.code == 4 and answer.data["error"]["code"] == "archive.tsa-unreachable"
    assert stored_pdfs(home) == {}
    (home / "butluc.toml").write_text(good, encoding="utf-8")
    settings(home, 'crls = ["keys/root.crl"]', 'revocation = "files"')
    answer = call(home, "process")
    assert answer.code == 0 and answer.data["documents"] == 2
    assert {entry["level"] for entry in answer.data["below_level"]} == {"PAdES B-T"}
    assert all("DEMO" in entry["reason"] for entry in answer.data["below_level"])
    assert call(home, "signatures", "status").data["due"] == 2
    refused = call(home, "signatures", "renew")
    assert refused.code == 1 and {item["code"] for item in refused.data["failed"]} == {"jobs.renew-unknown"}
    (home / "butluc.toml").write_text(good, encoding="utf-8")
    assert len(call(home, "signatures", "renew").data["renewed"]) == 2
    assert call(home, "signatures", "status").data["levels"] == {"PAdES B-LTA": 2}


def row(details: dict[str, str] | None) -> DocumentRow:
    verdicts: list[dict[str, Any]] = [{"check": "signature", "details": details}] if details is not None else []
    values = dict.fromkeys(DocumentRow.__dataclass_fields__, "")
    return DocumentRow(**{**values, "record": {"verdicts": verdicts}})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("details", "due", "why"),
    [
        (None, None, ""),
        ({"level": "PAdES B-T"}, date(2026, 11, 24), "level"),
        ({"level": "PAdES B-LTA"}, date(2026, 11, 24), "level"),
        ({"level": "PAdES B-LTA", "proven_until": "2028-01-01T00:00:00+00:00"}, date(2027, 7, 5), "stamp"),
    ],
)
def test_due_day_follows_from_the_record(
    finished: Path, details: dict[str, str] | None, due: date | None, why: str
) -> None:
    config = Home.open(finished).signature
    assert config is not None and config.level is Level.BLTA
    found = standing(row(details), config, date(2026, 11, 24))
    assert (found.due, found.why) == (due, why)
    assert json.dumps(found.plain())


def test_status_of_today_counts_what_ended(finished: Path) -> None:
    ended = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    found = standing(row({"level": "PAdES B-LTA", "proven_until": ended}), Home.open(finished).signature, date.today())
    assert found.due is not None and found.due < date.today()
