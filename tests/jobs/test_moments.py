"""Every command that writes may be killed at any of its file acts; called again, it ends as if nothing had happened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.line import MINUTES, ROOT, SECOND, draw_page

MOMENTS = Path(__file__).with_name("moments.py")


@pytest.mark.parametrize("kind", ["init", "ingest", "process", "rebuild", "index"])
def test_killed_at_file_acts_and_called_again(tmp_path: Path, kind: str) -> None:
    paper = tmp_path / "hồ sơ"
    draw_page(MINUTES, paper / "01-biên bản" / "trang 1.png", dpi=30)
    draw_page(SECOND, paper / "01-biên bản" / "trang 2.png", dpi=30)
    draw_page(SECOND, paper / "02-bản sao" / "trang 1.jpg", dpi=30)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "no-verapdf")}
    command = [sys.executable, str(MOMENTS), str(tmp_path / "w"), str(paper), kind]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    *wrong, kills = done.stdout.splitlines()
    assert wrong == [] and int(kills) >= 10
