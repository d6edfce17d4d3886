"""The command line's frame: help is quick and light, wrong use is one sentence and exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def butluc(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *args], capture_output=True, text=True, timeout=60, check=False
    )


def test_help_and_version() -> None:
    assert butluc("--help").returncode == 0
    assert butluc("--version").stdout.startswith("butluc")


def test_unknown_command_is_wrong_use_with_json_error() -> None:
    done = butluc("khong-co", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert "khong-co" in done.stderr and "Traceback" not in done.stderr


def test_help_loads_no_heavy_library() -> None:
    code = "import sys, cli; print(sorted({'cv2','numpy','sqlalchemy','tantivy','pikepdf','PIL'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
