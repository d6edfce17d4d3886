"""SANE's status, of which python-sane gives the English sentence only, as our errors."""

from __future__ import annotations

from core.errors import ButlucError, MissingToolError
from scanner.driver import DeviceError

EMPTY = "Document feeder out of documents"
_STOPS = {
    "Document feeder jammed": "jammed",
    "Scanner cover is open": "cover-open",
    "Operation was canceled": "device-cancelled",
    "End of file reached": "short-picture",
    "Lamp not ready, please retry": "device-warming-up",
    "Scanner mechanism locked for transport": "device-locked",
}
_LOST = {
    "Device busy": "device-busy",
    "Access to resource has been denied": "device-denied",
    "Error during device I/O": "device-lost",
    "Out of memory": "device-memory",
    "Invalid argument": "no-device",
}
"""Sentences of ``sane_strstatus`` (SANE standard 1.06, section 4.2.7)."""


def translated(err: Exception, device: str) -> ButlucError:
    """The error in our words; what SANE says of it, where we have none."""
    said = str(err)
    if said in _STOPS:
        return DeviceError(f"scanner.{_STOPS[said]}", file=device)
    if said in _LOST:
        return MissingToolError(f"scanner.{_LOST[said]}", file=device)
    return MissingToolError("scanner.device-failed", file=device, why=said or type(err).__name__)
