"""What is missing is a fault only where the home's kind of paper needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.doctor import examine
from ocr.options import OcrOptions
from support.inside import inside
from support.line import ROOT


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        (None, True),
        (OcrOptions(), True),
        (OcrOptions(second_engine="none"), False),
        (OcrOptions(engine="tesseract", second_engine="none"), True),
        (OcrOptions(engine="none"), False),
    ],
)
def test_tesseract_is_needed_where_the_profile_reads_with_it(options: OcrOptions | None, needed: bool) -> None:
    tools = {tool["name"]: tool["needed"] for tool in examine(options=options)}
    assert {name for name, it in tools.items() if not it} == (
        set() if needed else {"tesseract", "tesseract-vie", "tesseract-eng", "tesseract-fra"}
    )


def without_tesseract(folder: Path) -> dict[str, str]:
    """The environment of a machine that has all other programs."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            link = folder / program.name
            if program.name != "tesseract" and not link.exists() and os.access(program, os.X_OK):
                link.symlink_to(program)
    return {**os.environ, "PATH": str(folder)}


def test_a_machine_without_tesseract_is_good_where_our_engine_reads_alone(tmp_path: Path) -> None:
    home = tmp_path / "kho"
    assert inside(home, "init").code == 0
    environment = without_tesseract(tmp_path / "bin")
    command = [sys.executable, "-m", "cli", "--home", str(home), "--lang", "vi", "doctor"]

    def doctor() -> tuple[int, str]:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, next(line for line in done.stdout.splitlines() if line.startswith("tesseract "))

    code, line = doctor()
    assert code == 4 and "THIẾU" in line
    own = (ROOT / "profiles" / "court-a4.toml").read_text(encoding="utf-8") + '\n[ocr]\nsecond_engine = "none"\n'
    (home / "profiles").mkdir(exist_ok=True)
    (home / "profiles" / "court-a4.toml").write_text(own, encoding="utf-8")
    code, line = doctor()
    assert "không bắt buộc" in line
    whole = inside(home, "doctor").data
    missing = [tool["name"] for tool in whole["tools"] if tool["needed"] and not tool["good"]]
    assert code == (4 if missing else 0)
