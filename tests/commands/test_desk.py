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

from support.line import ROOT, call
from tests.scanner.stacks import lay_in

CASE = "TAND-HN.HS.1987.00123"
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


def test_a_device_that_is_not_there_makes_no_batch(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert call(home, "scan", "--device", f"simulated:{tmp_path}/x", "--case-file", CASE).code == 4
    (tmp_path / "trống").mkdir()
    assert call(home, "scan", "--device", f"simulated:{tmp_path}/trống", "--case-file", CASE).code == 3
    assert call(home, "batch", "list").data["batches"] == []
