"""How long signing takes: ``python -m bench.signing [DOCUMENTS] [PAGES]``, on one core, with the demo's authority.

Each document is signed, raised to B-LTA and checked, then renewed and checked; documents have pictures of the size that
archived pages have. Time stamps are made in the same process: a service by URL adds its own answer time, twice.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pikepdf

from archive.demo_identity import demo_config, make_demo_identity
from archive.identity import load_identity
from archive.prolong import prolong
from archive.signatures import check_signature
from archive.signer import sign_to_last
from archive.signing_config import Level
from archive.stamp import Placement
from core.model import VerdictState

_COURT = "Tòa án nhân dân khu vực 3 - Thành phố Hồ Chí Minh"
_PAGE_BYTES = 250_000


def make_source(path: Path, pages: int) -> None:
    """A PDF whose pages each hold ``_PAGE_BYTES`` that do not compress, as pictures do."""
    noise = np.random.default_rng(7)
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
            pdf.pages[-1].obj.Held = pikepdf.Stream(pdf, noise.bytes(_PAGE_BYTES))
        pdf.save(path)


def main(documents: int, pages: int) -> None:
    """Print seconds of the processor and of the clock for each document."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_demo_identity(folder / "keys", _COURT)
        identity = load_identity(demo_config(folder / "keys", _COURT))
        place = Placement((300, 740, 500, 764), 0, (_COURT,))
        source, signed, renewed = (folder / f"{part}.pdf" for part in ("source", "signed", "renewed"))
        make_source(source, pages)
        plain = replace(identity, trust=replace(identity.trust, level=Level.BT))

        def check(path: Path) -> None:
            assert check_signature(path, identity.anchors).state is VerdictState.PASSED

        sign_to_last(source, signed, identity, place)
        prolong(signed, renewed, identity.trust)
        print(f"{documents} documents of {pages} pages, {source.stat().st_size / 1e6:.1f} MB, one core")
        steps: dict[str, Callable[[], object]] = {
            "sign B-T": lambda: sign_to_last(source, folder / "b-t.pdf", plain, place),
            "sign B-LTA": lambda: sign_to_last(source, signed, identity, place),
            "check B-LTA": lambda: check(signed),
            "renew": lambda: prolong(signed, renewed, identity.trust),
            "check renewed": lambda: check(renewed),
        }
        for step, work in steps.items():
            _report(step, work, documents)
        print(f"added by signing: {signed.stat().st_size - source.stat().st_size} bytes")
        print(f"added by a renewal: {renewed.stat().st_size - signed.stat().st_size} bytes")


def _report(step: str, work: Callable[[], object], times: int) -> None:
    clock, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    clock, processor = (time.perf_counter() - clock) / times, (time.process_time() - processor) / times
    print(f"{step:14} {processor:6.3f} s of the processor, {clock:6.3f} s of the clock")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [100, 8][len(numbers) :]))
