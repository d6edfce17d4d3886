"""Where the signing key, its trust anchors and its time-stamp authority are found; loads no signing library."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Level(StrEnum):
    """Baseline levels of PAdES (ETSI EN 319 142-1) in ascending order; ``b-b`` is found, but never asked for."""

    BB = "b-b"
    BT = "b-t"
    BLT = "b-lt"
    BLTA = "b-lta"

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return list(Level).index(self)

    @property
    def full_name(self) -> str:
        """As verdicts write it."""
        return f"PAdES {self.value.upper()}"


class Revocation(StrEnum):
    """Where it is asked whether certificates were revoked, and what follows when nobody can say."""

    PREFER = "prefer"
    """Files, then services; without an answer the signature stays at B-T, and the reason is recorded."""
    REQUIRE = "require"
    """Files, then services; without an answer nothing is signed."""
    FILES = "files"
    """The files in ``crls`` alone; no service is ever asked. Without an answer as ``prefer``."""


class PinSource(StrEnum):
    """Where the PIN of a token comes from."""

    PROMPT = "prompt"
    FILE = "file"
    ENVIRONMENT = "environment"


PIN_VARIABLE = "BUTLUC_PIN"
"""The environment variable that ``pin = "environment"`` reads."""


@dataclass(frozen=True, slots=True)
class SigningConfig:
    """The table ``[signature]`` of ``butluc.toml``.

    The key lies in a PKCS#12 file (``pkcs12``, ``passphrase_file``) or on a PKCS#11 token (``pkcs11_module``,
    ``pkcs11_token``, and ``pkcs11_label`` or ``pkcs11_id`` of key and certificate). Time stamps come either from
    ``tsa_url`` or from the pair ``demo_tsa_key`` and ``demo_tsa_certificate``. ``trust_anchors`` are PEM files with the
    roots of the signing and the time-stamp certificate, ``certificates`` PEM files with those between, ``crls`` files
    with revocation lists, DER or PEM.
    """

    organisation: str
    pkcs12: Path | None = None
    passphrase_file: Path | None = None
    trust_anchors: tuple[Path, ...] = ()
    tsa_url: str | None = None
    demo_tsa_key: Path | None = None
    demo_tsa_certificate: Path | None = None
    pkcs11_module: Path | None = None
    pkcs11_token: str | None = None
    pkcs11_label: str | None = None
    pkcs11_id: str | None = None
    """Hexadecimal."""
    pin: PinSource = PinSource.PROMPT
    pin_file: Path | None = None
    certificates: tuple[Path, ...] = ()
    crls: tuple[Path, ...] = ()
    level: Level = Level.BLTA
    revocation: Revocation = Revocation.PREFER
    service_seconds: float = 10.0
    """Time limit of one question to a CRL or OCSP service."""
    renew_days: int = 180
    """So long before its end a time stamp counts as due for renewal."""

    def __post_init__(self) -> None:
        self._check_key()
        demo = (self.demo_tsa_key is not None, self.demo_tsa_certificate is not None)
        if (self.tsa_url is not None) == any(demo) or any(demo) != all(demo):
            raise ValueError("either tsa_url, or demo_tsa_key and demo_tsa_certificate")
        if self.tsa_url is not None and urlsplit(self.tsa_url).scheme not in ("http", "https"):
            raise ValueError("tsa_url begins with http:// or https://")
        if not self.trust_anchors:
            raise ValueError("trust_anchors names at least one file")
        if self.level is Level.BB:
            raise ValueError("level: b-t, b-lt or b-lta")
        if self.service_seconds <= 0 or self.renew_days < 0:
            raise ValueError("service_seconds: more than 0; renew_days: from 0")

    def _check_key(self) -> None:
        file = (self.pkcs12 is not None, self.passphrase_file is not None)
        if (self.pkcs11_module is not None) == any(file) or any(file) != all(file):
            raise ValueError("either pkcs12 and passphrase_file, or pkcs11_module")
        if self.pkcs11_module is None:
            return
        if self.pkcs11_token is None or (self.pkcs11_label is None and self.pkcs11_id is None):
            raise ValueError("pkcs11_module goes with pkcs11_token and with pkcs11_label or pkcs11_id")
        if self.pkcs11_id is not None:
            bytes.fromhex(self.pkcs11_id)
        if (self.pin is PinSource.FILE) != (self.pin_file is not None):
            raise ValueError('pin = "file" goes with pin_file')

    @property
    def key_place(self) -> Path:
        """The file that errors about the key name: the PKCS#12 file, or the module of the token."""
        place = self.pkcs12 or self.pkcs11_module
        assert place is not None
        return place

    def within(self, home: Path) -> SigningConfig:
        """The same with paths that are relative to ``home`` made absolute."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for name, value in values.items():
            if isinstance(value, Path):
                values[name] = home / value
            elif isinstance(value, tuple):
                values[name] = tuple(home / path for path in value)
        return SigningConfig(**values)
