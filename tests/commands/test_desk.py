"""What is seen and pressed at the scanner, on a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from shlex import quote

from PIL import Image

from bench.covers import rendered
from scanner.covers.payload import new_cover
from support.line import ROOT, call
from tests.scanner.helpers import draw
from tests.scanner.stacks import lay_in

CASE, OTHER = "TAND-HN.HS.1987.00123", "TAND-HN.HS.1987.00124"
PROFILE = ("--profile", "tap-quet")
PAPER = """title = "Giấy tập quét"
[scan]
min_dpi = 0
[scan.gate]
off = ["resolution", "colour", "size", "edges", "focus", "exposure", "skew", "corners", "streaks", "double-feed"]
"""


def make_home(folder: Path) -> Path:
    """A home whose paper is what these tests draw."""
    home = folder / "nhà"
    call(home, "init")
    (home / "profiles").mkdir(exist_ok=True)
    (home / "profiles" / "tap-quet.toml").write_text(PAPER, encoding="utf-8")
    return home


class Terminal:
    """A command on a terminal, and what it showed so far."""

    def __init__(self, *args: str) -> None:
        self._line, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
        command = [sys.executable, "-m", "cli", *args]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.shown = ""

    def until(self, pattern: str, seconds: float = 60.0) -> None:
        """Wait until something is shown; what came before it is forgotten."""
        ends = time.monotonic() + seconds
        while not (found := re.search(pattern, self.shown)):
            assert time.monotonic() < ends, f"{pattern} was not shown: {self.shown[-2000:]}"
            self._read()
        self.shown = self.shown[found.end() :]

    def press(self, key: str) -> None:
        os.write(self._line, key.encode())

    def end(self) -> int:
        while self._process.poll() is None:
            self._read()
        os.close(self._line)
        return self._process.wait()

    def _read(self) -> None:
        if select.select([self._line], [], [], 0.1)[0]:
            try:
                self.shown += os.read(self._line, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                time.sleep(0.05)


def test_an_operator_pauses_marks_and_finishes(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 40)
    device = f"simulated:{tray}?pace=300"
    terminal = Terminal("--lang", "vi", "--home", str(home), "scan", "--device", device, "--case-file", CASE, *PROFILE)
    terminal.until("Đang mở máy quét")
    terminal.until("tờ 2 ")
    terminal.press("p")
    terminal.until("\a")
    terminal.until("Đang tạm dừng")
    terminal.press("m")
    time.sleep(0.5)
    before = len(list((tray / "out").iterdir()))
    time.sleep(1.0)
    assert len(list((tray / "out").iterdir())) == before, "nothing is fed in a pause"
    terminal.press("p")
    terminal.until(f"tờ {before + 1} ")
    terminal.press("m")
    terminal.until("marked")
    terminal.press("f")
    assert terminal.end() == 0
    batch = call(home, "batch", "list").data["batches"][0]
    pages = call(home, "batch", "show", batch["batch"]).data["pages"]
    assert batch["held"] == len(pages) >= before + 1
    assert sum("marked" in page["flags"] for page in pages) == 1


def test_without_a_terminal_there_are_lines_and_one_json_document(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 3)
    done = call(home, "scan", "--device", f"simulated:{tray}?jam=3", "--case-file", CASE, "--sheets", "3", *PROFILE)
    assert done.code == 1 and done.data["stopped"]["code"] == "scanner.jammed" and done.data["feed_again_from"] == 3
    assert "sheet 2/3" in done.stderr and f"--batch {done.data['batch']}" in done.stderr
    on = ("--batch", done.data["batch"], *PROFILE)
    again = call(home, "scan", "--device", f"simulated:{tray}", "--case-file", CASE, *on)
    assert again.code == 0 and again.data["state"] == "closed" and again.data["held"] == 3
    events = call(home, "audit", "log").data["events"]
    assert [event["act"] for event in events].count("scan") == 2
    assert json.dumps(events, ensure_ascii=False).count("scanner.jammed") == 1


def test_covers_part_a_stack_and_give_their_documents_numbers(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), tmp_path / "khay"
    tray.mkdir()
    covers = [new_cover(CASE, document=7), new_cover(OTHER), new_cover(CASE, document=7)]
    for number, picture in enumerate(rendered(covers, 0, 100), 1):
        Image.fromarray(picture).save(tray / f"tờ {number} a.png", dpi=(100, 100))
        draw(number, (827, 1170)).save(tray / f"tờ {number} b.png", dpi=(100, 100))
    line = ("scan", "--device", f"simulated:{tray}?jam=6", "--case-file", CASE, "--sheets", "3", *PROFILE)
    done = call(home, *line)
    assert (done.data["held"], done.data["covers"], done.data["feed_again_from"]) == (2, 3, 6)
    told = done.stderr.splitlines()
    assert told[0] == f"cover: {CASE}.0000007.p0001" and told[1].startswith("sheet 1/3: ")
    go_on = f"Put sheet 6, covers counted, and all after it back and run: butluc --home {quote(str(home))} scan "
    assert told[-1].startswith(go_on)
    on = ("--case-file", CASE, "--batch", done.data["batch"], *PROFILE)
    again = call(home, "scan", "--device", f"simulated:{tray}", *on)
    assert again.stderr.startswith("2 sheets and 3 covers of this stack are held; scanning goes on with sheet 6,")
    documents = [f"{CASE}.0000007", f"{OTHER}.0000001", f"{CASE}.0000008"]
    assert again.data["documents"] == documents and again.data["state"] == "open"
    shown = call(home, "batch", "show", done.data["batch"]).data
    assert (shown["declared"], shown["fed"], shown["held"], shown["covers"]) == (3, 6, 3, 3)
    pages = [page["id"] for page in shown["pages"] if "cover" not in page["flags"]]
    assert pages == [f"{document}.p0002" for document in documents]
    assert len(shown["problems"]) == 1 and "5" in shown["problems"][0], "a second cover of document 7"
    other = call(home, "scan", "--device", f"simulated:{tray / 'out'}", "--case-file", CASE, *PROFILE).data
    problems = call(home, "batch", "show", other["batch"]).data["problems"]
    assert other["batch"] != done.data["batch"] and len(problems) == 3, "all three prints were used"


def test_a_device_that_is_not_there_makes_no_batch(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert call(home, "scan", "--device", f"simulated:{tmp_path}/x", "--case-file", CASE).code == 4
    (tmp_path / "trống").mkdir()
    assert call(home, "scan", "--device", f"simulated:{tmp_path}/trống", "--case-file", CASE).code == 3
    assert call(home, "batch", "list").data["batches"] == []


def test_hints_name_the_home_and_say_what_is_to_be_done_next(tmp_path: Path) -> None:
    home, tray = make_home(tmp_path), lay_in(tmp_path / "khay", 2)

    def said(*args: str) -> str:
        command = [sys.executable, "-m", "cli", "--home", str(home), "--lang", "vi", *args]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout

    scan = ("scan", "--device", f"simulated:{tray}", "--case-file", CASE, "--batch", "lo-1", *PROFILE)
    close = f"butluc --home {quote(str(home))} batch close lo-1"
    assert said(*scan).splitlines()[-1].endswith(close), "a stack that nobody counted is the operator's to close"
    sheet = f"In phiếu lô: butluc --home {quote(str(home))} batch sheet lo-1"
    assert said("batch", "close", "lo-1").splitlines()[-1].endswith(sheet)
    assert "bìa 0" in said("batch", "show", "lo-1")
    missing = call(home, "batch", "show", "lo-2").data["error"]
    assert f"“butluc --home {quote(str(home))} batch list”" in missing["remedy"]
