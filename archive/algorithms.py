"""How long digest and key of a signature are taken for strong; the days stand in ``data/algorithms.toml``."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import x509

_FILE = Path(__file__).with_name("data") / "algorithms.toml"
_NEVER = date.min
"""What is not in the table was never strong."""


def strong_until(digest: str, certificate: x509.Certificate) -> datetime:
    """The end of the last day on which a signature with this digest and the certificate's key counts as strong."""
    kind, bits = certificate.public_key.algorithm, certificate.public_key.bit_size
    steps = _table()["key"].get(kind, ())
    key_day: date = next((day for least, day in steps if bits >= least), _NEVER)
    day: date = min(key_day, _table()["digest"].get(digest, _NEVER))
    return datetime.combine(day, time.max, UTC).replace(microsecond=0)


def algorithm_name(digest: str, certificate: x509.Certificate) -> str:
    """Digest and key as people write them: ``sha256, rsa 3072``."""
    return f"{digest}, {certificate.public_key.algorithm} {certificate.public_key.bit_size}"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
