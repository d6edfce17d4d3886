"""Two case files, of which one may be destroyed: what is left of it, and whether all else is whole."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from core.files import sha256_file
from jobs.home import Home
from jobs.tombstones import contradictions
from support.inside import inside as call
from support.line import draw_page

CASE = "TAND-DA.DS.1987.00042"
OTHER = "TAND-DA.VP.1990.00007"
TEXT = """TÒA ÁN NHÂN DÂN HUYỆN ĐÔNG ANH
Đông Anh, ngày 03 tháng 4 năm 1990
CÔNG VĂN
Về việc mượn lại hồ sơ thi hành án của ông Trần Văn Mộc."""


def make_two(finished: Path, work: Path) -> None:
    """A home with two case files, the second to be kept for ten years, with a copy and a backup medium."""
    home = Path(shutil.copytree(finished, work / "home"))
    with (home / "butluc.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[copies]]\nname = "hai"\npath = "../second"\n')
    assert call(home, "copies", "init", "hai").code == 0
    page = draw_page(TEXT, work / "giấy" / "công văn.png")
    assert call(home, "ingest", str(page.parent), "--case-file", OTHER, "--batch", "lo-2").code == 0
    assert call(home, "process").code == 0
    assert call(home, "backup", str(work / "disk"), "--with-keys").code == 0
    assert call(home, "describe", OTHER, "--set", "maintenance=06", "--set", "endDate=1990").code == 0
    assert call(home, "backup", str(work / "disk"), "--incremental", "--with-keys").code == 0


def move_backups(target: Path, origin: Path) -> None:
    """The chain names the medium by its path: a link leads from there to the test's own."""
    disk = origin / "disk"
    if disk.is_symlink():
        disk.unlink()
    elif disk.is_dir():
        disk.rename(origin / "disk-kept")
    shutil.copytree(origin / "disk-kept", target / "disk")
    disk.symlink_to(target / "disk")


def approved(home: Path) -> str:
    """A list with the second case file, approved."""
    answer = call(home, "retention", "propose", "--by", "Lê Thu")
    assert answer.code == 0, answer
    number: str = answer.data["list"]["number"]
    assert [item["id"] for item in answer.data["list"]["items"]] == [OTHER]
    assert call(home, "retention", "approve", number, "--by", "Phạm Bình", "--reason", "QĐ 15/2026").code == 0
    return number


def code(answer: Any) -> str:
    return str(answer.data["error"]["code"])


def remains(work: Path, digests: set[str]) -> list[str]:
    """Files anywhere in the home, on the copy and on the medium whose bytes are among these."""
    return [str(path) for path in work.rglob("*") if path.is_file() and sha256_file(path) in digests]


def contents(home: Path) -> set[str]:
    """Digests of the second case file's own bytes: masters, PDFs, readings, records."""
    opened = Home.open(home)
    found = {file.sha256 for file in opened.store.files(OTHER).values()}
    kept = {file.sha256 for file in opened.store.files(CASE).values()}
    opened.catalogue.close()
    return found - kept


def whole(work: Path, before: dict[str, bytes]) -> None:
    """The second case file is gone everywhere, the first is as it was, and every check is content."""
    home = work / "home"
    for root in (home / "store", work / "second"):
        assert {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.pdf")} == before
    assert [path for path in home.rglob(f"*{OTHER}*") if "tombstones" not in path.parts] == []
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        assert connection.execute("SELECT count(*) FROM case_file").fetchone() == (1,)
    assert OTHER.encode() not in (home / "catalogue.db").read_bytes()
    answer = call(home, "verify", "--copy", "all")
    assert answer.code == 0 and answer.data["broken"] == [], answer.data
    assert call(home, "audit", "verify").data["ok"]
    assert call(home, "index", "status").data["in_step"]
    assert call(home, "search", "hồ sơ", "--case", OTHER).data["total"] == 0
    assert call(home, "search", "tranh chấp").data["total"] == 1
    run = call(home, "fixity", "run")
    assert run.code == 0 and run.data["damaged"] == []
    assert call(home, "copies", "status").data["in_step"]
    assert call(home, "backup", "verify", str(work / "disk")).data["broken"] == []


def half_destroyed(home: Path) -> set[str]:
    """What ``verify`` would name as such."""
    opened = Home.open(home)
    found = {entry["id"] for entry in contradictions(opened) if entry["what"] == "half-destroyed"}
    opened.catalogue.close()
    return found
