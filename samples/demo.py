"""``make demo``: the whole line on the sample case files, through the command line as a user would call it.

Makes a throw-away home, brings in the two case files, runs the line, searches, verifies, and draws the page of the
best hit with its words boxed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from imaging.raster import load_image

CASE_FILES = Path(__file__).parent / "case-files"
QUERY = "tranh chấp ranh giới đất"
console = Console(highlight=False, soft_wrap=True)


class Demo:
    """One run of the demonstration in ``home``, timing each stage."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._times: list[tuple[str, float]] = []

    def butluc(self, stage: str, *args: str) -> dict[str, Any]:
        """Call ``butluc --json``, showing its progress; its answer.

        Raises:
            SystemExit: the command failed.
        """
        console.print(f"[bold]$ butluc {' '.join(_short(arg) for arg in args)}")
        started = time.monotonic()
        command = [sys.executable, "-m", "cli", "--home", str(self._home), "--json", *args]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        self._times.append((stage, time.monotonic() - started))
        if done.returncode != 0:
            console.print(done.stdout)
            sys.exit(done.returncode)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def run(self) -> None:
        """The whole line, from an empty home to a boxed hit."""
        self.butluc("init", "init", "--demo")
        for folder in sorted(path for path in CASE_FILES.iterdir() if path.is_dir()):
            documents = [str(path) for path in sorted(folder.iterdir()) if path.is_dir()]
            self.butluc("ingest", "ingest", *documents, "--case-file", folder.name, "--batch", f"demo-{folder.name}")
        made = self.butluc("process", "process")
        found = self.butluc("search", "search", QUERY)
        checked = self.butluc("verify", "verify")
        progress = self.butluc("progress", "audit", "progress")
        self._report(made, found, checked, progress)

    def _report(
        self, made: dict[str, Any], found: dict[str, Any], checked: dict[str, Any], progress: dict[str, Any]
    ) -> None:
        console.rule("Bút Lục")
        total = progress["total"]
        console.print(f"{made['pages']} pages, {made['documents']} documents → {self._home / 'store'}")
        console.print(f"{total['archived']} of {total['taken']} pages archived ({total['percent']} %), "
                      f"{total['signed']} signed, {total['verified']} PDF/A verified")  # fmt: skip
        console.print(f"verify: {checked['checked']} checked, {len(checked['broken'])} broken, "
                      f"{len(checked['not_verified'])} not verified")  # fmt: skip
        if not found["hits"]:
            sys.exit(f"nothing found for {QUERY!r}")
        hit = found["hits"][0]
        picture = self._home / "demo-hit.png"
        draw_boxes(Path(hit["image"]), hit["boxes"], picture)
        console.print(f"search “{QUERY}”: {found['total']} pages, best hit:")
        for key in ("case_file", "document", "page", "title", "boxes", "pdf"):
            console.print(f"  {key}: {hit[key]}")
        console.print(f"  page with the words boxed: {picture}")
        for stage, seconds in self._times:
            console.print(f"  {stage:<10}{seconds:6.1f} s")


def _short(arg: str) -> str:
    """An argument as it would be typed from the sample folder's parent."""
    return str(Path(arg).relative_to(CASE_FILES.parent.parent)) if arg.startswith("/") else arg


def draw_boxes(image: Path, boxes: list[list[int]], target: Path) -> None:
    """Write the page as PNG with the boxes drawn in red."""
    pixels = cv2.cvtColor(np.ascontiguousarray(load_image(image)), cv2.COLOR_RGB2BGR)
    for x0, y0, x1, y1 in boxes:
        cv2.rectangle(pixels, (x0 - 4, y0 - 4), (x1 + 4, y1 + 4), (0, 0, 220), 4)
    cv2.imwrite(str(target), pixels)


def main() -> None:
    """Run the demonstration in ``demo-home`` below the present folder, made anew."""
    home = Path("demo-home").absolute()
    shutil.rmtree(home, ignore_errors=True)
    Demo(home).run()


if __name__ == "__main__":
    main()
