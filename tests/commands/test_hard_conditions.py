"""What happens around a scan: no room, no rights, a device or batch that is taken, two at once, a kill and a reader."""

from __future__ import annotations

import json
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.files import locked
from scanner.claim import Claim
from support.line import ROOT, Answer, call
from tests.commands.test_desk import CASE, OTHER, PROFILE, make_home
from tests.scanner.helpers import save
from tests.scanner.stacks import lay_in

UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
"""Even root is then held by the modes of files and folders."""


def begin(
    home: Path, *args: str, lang: str = "en", before: Sequence[str] = (), prepare: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """A command that goes on by itself."""
    command = [*before, sys.executable, "-m", "cli", "--home", str(home), "--json", "--lang", lang, *args]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, preexec_fn=prepare)


def end(process: subprocess.Popen[str]) -> Answer:
    """Its answer; a traceback is none."""
    out, said = process.communicate(timeout=120)
    assert "Traceback" not in said, said
    return Answer(process.returncode, json.loads(out) if out.strip() else {}, said)


def scanning(tray: Path, query: str = "", case_file: str = CASE, **given: str) -> list[str]:
    """The words of a scan."""
    more = [word for name, value in given.items() for word in (f"--{name}", value)]
    return ["scan", "--device", f"simulated:{tray}{query}", "--case-file", case_file, *more, *PROFILE]


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    ends = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def fed(tray: Path) -> int:
    """Sheets that went through."""
    return len(list((tray / "out").glob("*"))) if (tray / "out").is_dir() else 0


def lay_back(tray: Path, first: int) -> None:
    """Sheets from that number on go back into the tray."""
    for path in list((tray / "out").glob("*")):
        if int(path.stem.removeprefix("tờ ")) >= first:
            path.rename(tray / path.name)


def is_whole(home: Path, batch: str, sheets: int) -> None:
    """The batch is closed and holds so many sheets, each once."""
    shown = call(home, "batch", "show", batch).data
    assert (shown["state"], shown["held"], shown["problems"]) == ("closed", sheets, [])
    live = [page for page in shown["pages"] if not {"removed", "superseded"} & set(page["flags"])]
    assert len({page["sha256"] for page in live}) == len(live) == sheets


def test_two_operators_at_two_devices_disturb_each_other_in_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    trays = [lay_in(tmp_path / name, 6) for name in ("một", "hai")]
    calls = [scanning(trays[0], "?pace=100", CASE, sheets="6"), scanning(trays[1], "?pace=100", OTHER, sheets="6")]
    both = [begin(home, *words) for words in calls]
    done = [end(process) for process in both]
    assert [answer.code for answer in done] == [0, 0] and done[0].data["batch"] != done[1].data["batch"]
    for answer in done:
        is_whole(home, answer.data["batch"], 6)
    assert call(home, "audit", "verify").data["ok"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_batch_or_tray_in_use_is_said_in_one_sentence_and_nothing_is_taken(tmp_path: Path, lang: str) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 2)
    claim = Claim(str(tray), "khay")
    taken = end(begin(home, *scanning(tray), lang=lang))
    claim.release()
    with locked(home / "run" / "batch-lo-1.lock"):
        busy = end(begin(home, *scanning(tray, batch="lo-1"), lang=lang))
    for code, answer in {"scanner.device-busy": taken, "core.busy": busy}.items():
        assert (answer.code, answer.data["error"]["code"], answer.stderr.count("\n")) == (4, code, 1)
    assert fed(tray) == 0 and call(home, "batch", "list").data["batches"] == []
    assert call(home, *scanning(tray, batch="lo-1", sheets="2")).code == 0
    is_whole(home, "lo-1", 2)


def test_without_room_the_sheet_is_named_and_fed_again(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 3)

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, resource.RLIM_INFINITY))

    done = end(begin(home, *scanning(tray, batch="lo-1", sheets="3"), lang="vi", prepare=narrow))
    assert done.code == 4, done
    lay_back(tray, done.data.get("feed_again_from", 1))
    assert call(home, *scanning(tray, batch="lo-1", sheets="3")).code == 0
    is_whole(home, "lo-1", 3)


def test_a_home_that_may_not_be_written_takes_nothing_in(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 2)
    journal = home / "journal"
    journal.chmod(0o555)
    try:
        done = end(begin(home, *scanning(tray, batch="lo-1", sheets="2"), lang="vi", before=UNPRIVILEGED))
    finally:
        journal.chmod(0o755)
    assert (done.code, done.data["error"]["code"], done.stderr.count("\n")) == (3, "core.no-permission", 1)
    assert fed(tray) == 0
    assert call(home, *scanning(tray, batch="lo-1", sheets="2")).code == 0
    is_whole(home, "lo-1", 2)


def test_a_reader_sees_whole_lines_only_while_a_scan_is_killed(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 12)
    process = begin(home, *scanning(tray, "?pace=150", batch="lo-1", sheets="12"))
    until(lambda: fed(tray) > 1)
    readers = [begin(home, "batch", "show", "lo-1") for _ in range(2)]
    time.sleep(0.4)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    answers = [end(reader) for reader in (*readers, begin(home, "batch", "show", "lo-1"))]
    assert [answer.code for answer in answers] == [0, 0, 0]
    held = [answer.data["held"] for answer in answers]
    assert 0 < held[0] <= held[-1] < 12 and len(answers[-1].data["pages"]) == held[-1]
    lay_back(tray, held[-1] + 1)
    assert call(home, *scanning(tray, batch="lo-1")).data["held"] == 12
    is_whole(home, "lo-1", 12)


def test_the_command_that_goes_on_is_this_one_for_the_same_batch_and_can_be_pasted(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay 'a' & b", 4)
    words = scanning(tray, "?jam=2", batch="lo-1", sheets="2", by="Nguyễn Thị Lan")
    stopped = call(home, *words, "--duplex", "--set", "pace=1")
    assert stopped.data["stopped"]["code"] == "scanner.jammed"
    command = shlex.split(stopped.stderr.splitlines()[-1].partition("run: ")[2])
    assert command[:4] == ["butluc", "--home", str(home), "scan"] and f"simulated:{tray}" in command
    assert {"--duplex", "pace=1", "Nguyễn Thị Lan", "lo-1", "tap-quet"} <= set(command)
    assert call(home, *command[3:]).data["state"] == "closed"


def test_a_watched_folder_is_parted_among_batches_and_what_is_no_picture_is_said(tmp_path: Path) -> None:
    home, folder = make_home(tmp_path), lay_in(tmp_path / "vào", 2)
    scan = ("scan", "--device", f"folder:{folder}?settled=0&idle=0", "--case-file", CASE, *PROFILE)
    assert call(home, *scan, "--batch", "lo-1", "--sheets", "2").data["state"] == "closed"
    assert call(home, *scan, "--batch", "lo-2").code == 3, "both sheets are held"
    save(Path(os.fsdecode(os.fsencode(folder) + b"/t\xea 3.png")), 3)
    (folder / "tờ 4.png").write_bytes((folder / "tờ 1.png").read_bytes()[:300])
    done = call(home, *scan, "--batch", "lo-2")
    assert (done.code, len(done.data["pages"]), done.data["held"]) == (0, 1, 1)
    assert "tờ 4.png" in done.stderr and call(home, "batch", "show", "lo-2").data["quarantined"] == 1
    page = call(home, "batch", "show", "lo-1").data["pages"][0]["id"]
    (folder / "tờ 4.png").unlink()
    save(folder / "tờ 5.png", 5)
    anew = ("rescan", page, "--device", f"folder:{folder}?settled=0&idle=0", "--reason", "mờ")
    taken = call(home, *anew).data["page"]
    assert Path(taken["master"]).read_bytes() == (folder / "tờ 5.png").read_bytes()
    save(folder / "tờ 6.png", 6)
    assert call(home, *anew).code == 2, "that page counts no more"
    assert call(home, *scan, "--batch", "lo-3").data["held"] == 1


def test_a_rescan_that_draws_in_two_sheets_takes_nothing(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 1)
    scan = ("scan", "--device", f"simulated:{tray}", "--case-file", CASE, *PROFILE, "--batch", "lo-1", "--sheets", "1")
    page = call(home, *scan).data["pages"][0]["id"]
    lay_in(tray, 2)
    done = call(home, "rescan", page, "--device", f"simulated:{tray}?double=1&sensor=1", "--reason", "mờ")
    shown = call(home, "batch", "show", "lo-1").data
    assert (done.code, shown["rescanned"], len(shown["pages"])) == (1, 0, 1)


@pytest.mark.parametrize(
    ("device", "code"),
    [
        ("simulated:", 4),
        ("folder:", 4),
        ("folder:/etc/passwd", 4),
        ("simulated:{tray}?jam", 2),
        ("folder:{tray}?idle=nan", 2),
        ("folder:{tray}?idle=-1", 2),
    ],
)
def test_a_device_that_cannot_be_is_refused_before_anything_is_fed(tmp_path: Path, device: str, code: int) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 1)
    assert call(home, "scan", "--device", device.format(tray=tray), "--case-file", CASE).code == code
    assert fed(tray) == 0 and call(home, "batch", "list").data["batches"] == []
