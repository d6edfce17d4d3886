"""The short form of the long run that kills scans: gate, covers and both sides of the paper."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.line import ROOT


@pytest.mark.parametrize("more", [("--seed", "3"), ("--seed", "5", "--duplex")])
def test_a_judged_stack_with_covers_that_is_killed_and_fails_holds_every_sheet_once(more: tuple[str, ...]) -> None:
    sizes = ("--sheets", "6", "--kills", "4", "--faults", "2", "--part", "3")
    done = subprocess.run(
        [sys.executable, "-m", "bench.scan_kills", *sizes, *more], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith("all held")
