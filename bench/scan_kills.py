"""A stack of paper through a simulated feeder, killed and failing all the time: what does the batch hold in the end?

``python -m bench.scan_kills [--sheets N] [--kills N] [--faults N] [--seed N] [--duplex] [--part N]``. Each run of the
scan, in a process of its own, is killed (as by ``kill -9``) at a random act on a file, or meets a jam, an open cover, a
lost line, a broken picture or a double feed. After each, what the batch does not hold is laid back into the tray, as a
clerk does. Sheets are drawings at 100 dpi that the gate lets pass; before every N-th lies a cover, which begins a
document. Kills and faults are spread over the whole stack.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.covers import rendered
from core.errors import BadInputError
from core.files import sha256_file
from core.ids import split_document, split_page
from core.model import Flag, PageImage
from core.text import natural_key
from imaging.raster import load_image, load_page
from scanner.batch import BatchState, counts
from scanner.covers.payload import new_cover
from scanner.driver import Feeder
from scanner.drivers import open_device
from scanner.gate.findings import Judgement
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.scan import Stack, scan
from scanner.simulated import OUT
from scanner.stacks import Allocate
from scanner.watcher import Wish

Page = NDArray[np.uint8]
DPI = 100
ACTS = frozenset(["open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.chmod"])
ACTS_OF_A_SHEET = 14
FAULTS = ("jam", "open", "disconnect", "short", "double")
CASE = "TAND-HN.HS.1987.00123"


class Nobody:
    """Watches nothing."""

    def began(self, feeder: Feeder, held: int, covers: int, expected: int | None) -> None:
        """See :class:`scanner.watcher.Watcher`."""

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """See :class:`scanner.watcher.Watcher`."""

    def refused(self, why: BadInputError) -> None:
        """See :class:`scanner.watcher.Watcher`."""

    def wish(self) -> Wish | None:
        """See :class:`scanner.watcher.Watcher`."""
        return None

    def has_next(self, number: int) -> bool:
        """See :class:`scanner.watcher.Watcher`."""
        return True


def drawn(number: int) -> Page:
    """A page that differs from every other number and passes the gate."""
    page = np.full((1169, 827, 3), (240, 236, 226), np.uint8)
    for line in range(12):
        text = f"To so {number} dong {line} " + "abc xyz " * 3
        cv2.putText(page, text, (90, 140 + 70 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40, 30, 30), 2)
    return page


def stack_of_paper(sheets: int, sides: int, part: int) -> Iterator[Page]:
    """The sides of the stack in order: drawn pages, and before every ``part``-th sheet a cover with a blank back."""
    for sheet in range(sheets):
        if sheet % part == 0:
            yield rendered([new_cover(CASE)], 0, DPI)[0]
            yield from [np.full((1169, 827, 3), 235, np.uint8)] * (sides - 1)
        yield from (drawn(sheet * sides + side) for side in range(sides))


def lay_in(tray: Path, pages: Iterable[Page]) -> None:
    """Lay them in, in that order."""
    tray.mkdir()
    for number, page in enumerate(pages, 1):
        Image.fromarray(page).save(tray / f"tờ {number}.png", dpi=(DPI, DPI), compress_level=1)


def ordinals(batch_dir: Path) -> Allocate:
    """Gives document ordinals that the batch has not used yet."""

    def allocate(case_file: str, wanted: int | None = None, /) -> int:
        known = [split_document(name) for name in replay(batch_dir).documents]
        used = {ordinal for name, ordinal in known if name == case_file}
        return wanted if wanted is not None and wanted not in used else max(used, default=0) + 1

    return allocate


def put_back(home: Path, tray: Path, sides: int) -> BatchState:
    """Lay back what the batch does not hold; the batch."""
    folder = home / "lô"
    state = replay(folder) if (folder / "journal.jsonl").exists() else BatchState(folder)
    lay_back(tray, state, sides)
    return state


def lay_back(tray: Path, state: BatchState, sides: int) -> None:
    """As the clerk does: everything after what the batch holds goes from the output back into the tray."""
    for path in out(tray)[(state.held + state.covers) * sides :]:
        path.rename(tray / path.name)


def out(tray: Path) -> list[Path]:
    """What went through, in order."""
    return sorted((tray / OUT).glob("*.png"), key=lambda path: natural_key(path.name))


def die_at(moment: int, places: tuple[str, ...]) -> Callable[[str, tuple[object, ...]], None]:
    """An audit hook that kills the process at its ``moment``-th act on a file below ``places``."""
    seen = count(1)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in ACTS and str(arguments[0]).startswith(places) and next(seen) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


def run(home: Path, tray: Path, sheets: int, options: ScanOptions, fault: str, moment: int) -> bool:
    """One scan in a fork; whether it came to its own end."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) >= 0
    code = 1
    try:
        if moment:
            sys.addaudithook(die_at(moment, (str(home), str(tray))))
        feeder = open_device(f"simulated:{tray}?sensor=1{fault}", options, {})
        stack = Stack(CASE, "court-a4", options, sheets, "bench")
        scan(home / "lô", feeder, stack, ordinals(home / "lô"), Nobody(), lock=home / "lock")
        code = 0
    finally:
        os._exit(code)


def check(home: Path, tray: Path, sheets: int, sides: int, part: int) -> list[str]:
    """What is wrong with the batch; nothing, one hopes."""
    state, covers = replay(home / "lô"), -(-sheets // part)
    wrong = []
    figures = state.state, state.declared, state.fed, state.held, state.covers
    if figures != ("closed", sheets, sheets + covers, sheets, covers):
        wrong.append(f"state, declared, fed, held, covers: {figures}; {[it.message() for it in state.problems()][:3]}")
    pages = [page for page in state.pages if counts(page)]
    if [state.sheets[page.id] for page in pages] != [1 + i // sides for i in range((sheets + covers) * sides)]:
        wrong.append("sheets are not once each and in order")
    if any(sha256_file(page.master) != page.sha256 for page in pages):
        wrong.append("a hash is not true")
    documents = [split_page(page.id)[0] for page in pages if Flag.COVER not in page.flags]
    parts = [place // (part * sides) for place in range(len(documents))]
    if len(set(documents)) != covers or len(set(zip(documents, parts, strict=True))) != covers:
        wrong.append("covers did not part the stack as they lay in it")
    for page, path in zip(pages, out(tray), strict=False):
        if not np.array_equal(load_page(page), load_image(path)):
            wrong.append(f"{page.id} does not show {path.name}")
    return wrong


def main() -> None:
    """Run and print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=300)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--duplex", action="store_true")
    parser.add_argument("--part", type=int, default=25)
    given = parser.parse_args()
    cv2.setNumThreads(0)
    options = ScanOptions(dpi=DPI, min_dpi=DPI, duplex=given.duplex)
    chance, started = random.Random(given.seed), time.monotonic()
    home = Path(tempfile.mkdtemp(prefix="butluc-scan-"))
    tray = home / "khay"
    lay_in(tray, stack_of_paper(given.sheets, options.sides, given.part))
    events = [*["kill"] * given.kills, *["fault"] * given.faults]
    chance.shuffle(events)
    killed = failed = 0
    reach = max(1.5, 2 * given.sheets * (1 + 1 / given.part) / len(events))
    for event in events:
        state = put_back(home, tray, options.sides)
        if given.sheets - state.held < 3:
            break
        far = chance.uniform(0, reach)
        if event == "kill":
            killed += not run(home, tray, given.sheets, options, "", 1 + int(far * ACTS_OF_A_SHEET * options.sides))
        else:
            fault = f"&{chance.choice(FAULTS)}={1 + int(far)}"
            failed += run(home, tray, given.sheets, options, fault, 0)
    put_back(home, tray, options.sides)
    run(home, tray, given.sheets, options, "", 0)
    wrong = check(home, tray, given.sheets, options.sides, given.part)
    seconds, verdict = time.monotonic() - started, "; ".join(wrong[:5]) or "all held"
    print(f"{given.sheets} sheets, {killed} kills, {failed} faults, {seconds:.0f} s: {verdict}")
    shutil.rmtree(home)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
