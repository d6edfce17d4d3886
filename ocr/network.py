"""The networks of the reader, loaded once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from imaging import network

WEIGHTS = Path(__file__).with_name("weights")
_MISSING = "ocr.weights-missing"


class Network(network.Network):
    """One of them; where it is missing, people are told what reads meanwhile."""

    missing = _MISSING


def read_weights(path: Path) -> bytes:
    """A file of the shipped weights.

    Raises:
        MissingToolError: it is missing: the installation is damaged.
    """
    return network.read_weights(path, _MISSING)


@cache
def load_network(name: str) -> Network:
    """The shipped network of that file name, the same for all who ask in this process."""
    return Network(WEIGHTS / name)
