"""The readers that are measured, where each lives, and how a missing one is installed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".peers"
"""Made by ``tools/peers``: an environment of its own, for peers are no dependencies of the product."""
REFERENCE = "tesseract"
"""The engine to whose time the others' is compared."""
_PEERS_PYTHON = str(PEERS / "bin" / "python")
_BEST_MODELS = PEERS / "tessdata"
_ENGINES = "bench.reading.engines"


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """How a reading process is started.

    Attributes:
        target: ``MODULE:FUNCTION`` for :mod:`bench.reading.worker`.
        python: the interpreter of its environment.
        install: what to do where it is missing.
        environment: variables it needs.
        needs: a file without which it would start and then fail on every page.
    """

    target: str
    python: str = sys.executable
    install: str = "make setup"
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: Path | None = None


ENGINES: Mapping[str, EngineSpec] = {
    "butluc": EngineSpec(f"{_ENGINES}.ours:butluc"),
    "tesseract": EngineSpec(f"{_ENGINES}.ours:tesseract"),
    "tesseract-best": EngineSpec(
        f"{_ENGINES}.ours:tesseract",
        install="tools/peers",
        environment={"TESSDATA_PREFIX": str(_BEST_MODELS)},
        needs=_BEST_MODELS / "vie.traineddata",
    ),
    "tesseract-alone": EngineSpec(f"{_ENGINES}.tesseract_alone:make"),
    "ocrmypdf": EngineSpec(f"{_ENGINES}.ocrmypdf_deskew:make"),
    "trueocr": EngineSpec(f"{_ENGINES}.trueocr:make", _PEERS_PYTHON, "tools/peers"),
    "asterocr": EngineSpec(f"{_ENGINES}.asterocr:make", _PEERS_PYTHON, "tools/peers"),
}
"""Name on the command line → how to start it, in the order of the tables."""
