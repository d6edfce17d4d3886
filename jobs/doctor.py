"""Every outside tool: found, version, good enough, and how to install it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.verapdf import VeraPdf, default_home
from core.errors import ButlucError
from core.process import ToolProbe, run
from indexer.port import SearchIndex
from ocr.options import OcrOptions
from ocr.tesseract import PROBE as TESSERACT

TOOLS = (
    TESSERACT,
    ToolProbe("poppler", ("pdftoppm", "-v"), r"version (\d[\d.]*)", (20,), "apt-get install poppler-utils"),
    ToolProbe("ghostscript", ("gs", "--version"), r"(\d[\d.]*)", (9, 50), "apt-get install ghostscript"),
    ToolProbe("java", ("java", "-version"), r'version "(\d[\d.]*)', (11,), "apt-get install openjdk-17-jdk-headless"),
)
"""Programs that the line calls, in the order in which it needs them."""

LANGUAGES = ("vie", "eng", "fra")
"""Language data of Tesseract."""


def examine(
    verapdf: Path | None = None, options: OcrOptions | None = None, index: SearchIndex | None = None
) -> list[dict[str, Any]]:
    """One entry per tool: name, version or ``None``, good, needed, install.

    ``options``: how the home's pages are read; Tesseract is not needed where they name only our own engine.
    ``index``: the home's; looked at where it is a cluster.
    """
    reads = options or OcrOptions()
    needed = reads.engine == "tesseract" or (reads.engine == "butluc" and reads.second_engine == "tesseract")
    tools = []
    for probe in TOOLS:
        version = probe.version()
        entry = _entry(probe.name, version, probe.good_enough(version), probe.install)
        tools.append({**entry, "needed": needed or probe is not TESSERACT})
    present = _tesseract_languages()
    for language in LANGUAGES:
        name = f"tesseract-{language}"
        found = "installed" if language in present else None
        entry = _entry(name, found, found is not None, f"apt-get install tesseract-ocr-{language}")
        tools.append({**entry, "needed": needed})
    version = VeraPdf(verapdf or default_home()).probe()
    tools.append(_entry("verapdf", version, version is not None, "make setup"))
    if index is not None and index.engine != "tantivy":
        tools.append(_cluster(index))
    return tools


def _cluster(index: SearchIndex) -> dict[str, Any]:
    """Whether it answers, lets us in and holds an index that can be read; what else to do."""
    version = None
    try:
        version = index.version()
        index.count()
    except ButlucError as err:
        return _entry(index.engine, version, good=False, install=str(err))
    return _entry(index.engine, version, good=True, install="")


def _entry(name: str, version: str | None, good: bool, install: str) -> dict[str, Any]:
    found = version is not None
    return {"name": name, "found": found, "version": version, "good": good, "needed": True, "install": install}


def _tesseract_languages() -> set[str]:
    try:
        done = run(["tesseract", "--list-langs"], timeout=30)
    except ButlucError:
        return set()
    return set(done.stdout.decode(errors="replace").split())
