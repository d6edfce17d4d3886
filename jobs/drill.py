"""A drill proves a backup: restored into a temporary place, verified and counted, and the outcome written down."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import ButlucError
from core.events import new_event, now
from core.files import write_atomic
from jobs.backup import counts
from jobs.home import Home
from jobs.medium import Medium
from jobs.restore import restore_home
from jobs.verification import verify

Progress = Callable[[int, int], None]


def drill(
    home: Home,
    source: Path,
    who: str,
    *,
    verapdf: Path,
    at: str | None = None,
    work: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Restore, verify, compare the counts with those of the manifest; the report, which is also kept in ``reports/``.

    Args:
        work: where there is room for a whole home; by default the system's folder for temporary files.

    Raises:
        UsageError: there is no such backup.
        MissingToolError: there is no backup at all, or the disk is full.
    """
    started, began = time.monotonic(), now()
    medium = Medium.open(source, home.chain.genesis())
    manifest, sha = medium.load(at)
    place = Path(tempfile.mkdtemp(prefix="butluc-drill-", dir=work))
    try:
        outcome = _prove(source, place / "home", who, manifest.name, verapdf, progress)
    finally:
        shutil.rmtree(place)
    expected = dict(manifest.counts)
    report: dict[str, Any] = {"backup": manifest.name, "sha256": sha, "began": began, "by": who, "expected": expected}
    report |= outcome
    report["ok"] = not report["broken"] and report["chain_ok"] and _same(expected, report["found"])
    report["seconds"] = round(time.monotonic() - started, 3)
    path = home.path("reports", f"drill-{manifest.name}-{began[:19].replace(':', '')}.json")
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode())
    told: dict[str, Any] = {"ok": report["ok"], "broken": len(report["broken"]), "report": path.name}
    home.record(new_event("drill", manifest.name, who, **told))
    return {**report, "report": str(path)}


def _prove(source: Path, target: Path, who: str, at: str, verapdf: Path, progress: Progress) -> dict[str, Any]:
    try:
        restore_home(source, target, who, at=at)
    except ButlucError as err:
        broken = [{"id": "", "what": err.code, "where": err.file or str(source)}]
        return {"found": {}, "broken": broken, "not_verified": 0, "chain_ok": False}
    restored = Home.open(target)
    try:
        chain = restored.chain.verify()
        found = {**counts(restored), "events": chain.events}
        answer = verify(restored, (), sample=None, seed=1, who=who, verapdf=verapdf, progress=progress)
    finally:
        restored.catalogue.close()
    places = [{**entry, "where": entry["where"].replace(str(target), "")} for entry in answer["broken"]]
    unseen = len(answer["not_verified"])
    return {"found": found, "broken": places, "not_verified": unseen, "chain_ok": chain.ok}


def _same(expected: dict[str, int], found: dict[str, int]) -> bool:
    """Nothing may be less; the restored chain also tells of its restoring."""
    return all(found.get(name, -1) >= number for name, number in expected.items())
