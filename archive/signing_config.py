"""Where the signing key, its trust anchors and its time-stamp authority are found; loads no signing library."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SigningConfig:
    """The table ``[signature]`` of ``butluc.toml``.

    Time stamps come either from ``tsa_url`` or from the pair ``demo_tsa_key`` and ``demo_tsa_certificate``.
    ``trust_anchors`` are PEM files with the roots of the signing and the time-stamp certificate.
    """

    organisation: str
    pkcs12: Path
    passphrase_file: Path
    trust_anchors: tuple[Path, ...]
    tsa_url: str | None = None
    demo_tsa_key: Path | None = None
    demo_tsa_certificate: Path | None = None

    def __post_init__(self) -> None:
        demo = (self.demo_tsa_key is not None, self.demo_tsa_certificate is not None)
        if (self.tsa_url is not None) == any(demo) or any(demo) != all(demo):
            raise ValueError("either tsa_url, or demo_tsa_key and demo_tsa_certificate")
        if self.tsa_url is not None and urlsplit(self.tsa_url).scheme not in ("http", "https"):
            raise ValueError("tsa_url begins with http:// or https://")
        if not self.trust_anchors:
            raise ValueError("trust_anchors names at least one file")

    def within(self, home: Path) -> SigningConfig:
        """The same with paths that are relative to ``home`` made absolute."""
        return dataclasses.replace(
            self,
            pkcs12=home / self.pkcs12,
            passphrase_file=home / self.passphrase_file,
            trust_anchors=tuple(home / path for path in self.trust_anchors),
            demo_tsa_key=self.demo_tsa_key and home / self.demo_tsa_key,
            demo_tsa_certificate=self.demo_tsa_certificate and home / self.demo_tsa_certificate,
        )
