"""A whole certification authority on loopback: revocation lists, OCSP and time stamps, and it can turn its clock.

Signers: ``signer`` (valid a month), ``revoked`` (three days ago), ``lapsed`` (its certificate ended yesterday).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import pkcs12
from werkzeug.serving import WSGIRequestHandler, make_server

from archive.signing_config import Level, Revocation, SigningConfig

COURT = "Tòa án nhân dân tỉnh Lâm Đồng"
_ARCH = "court"
_KEYS = ("root", "issuing", "signer", "tsa", "ocsp")

_SETTINGS = """
external-url-prefix: "{url}"
keysets:
  court:
    path-prefix: "."
    keys: {{{key_files}}}
pki-architectures:
  court:
    keyset: court
    entity-defaults: {{country-name: VN, organization-name: Cơ quan chứng thực thử nghiệm}}
    entities:
      root: {{common-name: Gốc thử nghiệm}}
      issuing: {{common-name: Cấp chứng thư thử nghiệm}}
      signer: {{common-name: Tòa án nhân dân tỉnh Lâm Đồng}}
      revoked: {{common-name: Con dấu đã mất}}
      lapsed: {{common-name: Con dấu cũ}}
      tsa: {{common-name: Dấu thời gian thử nghiệm}}
      ocsp: {{common-name: Trả lời OCSP thử nghiệm}}
    certs: {{{certs}}}
    services:
      ocsp:
        issuing: {{for-issuer: issuing, responder-cert: ocsp, signing-key: ocsp}}
      crl-repo:
        root: {{for-issuer: root, signing-key: root, simulated-update-schedule: P1D}}
        issuing: {{for-issuer: issuing, signing-key: issuing, simulated-update-schedule: P1D}}
      time-stamping:
        tsa: {{signing-key: tsa, signing-cert: tsa}}
"""


def _usage(*names: str) -> str:
    params = ", ".join(names)
    return f"{{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [{params}]}}}}"


def _list_of(issuer: str) -> str:
    params = f"{{crl-repo-names: [{issuer}]}}"
    return f"{{id: crl_distribution_points, smart-value: {{schema: crl-dist-url, params: {params}}}}}"


def _extended(name: str) -> str:
    return f"{{id: extended_key_usage, critical: true, value: [{name}]}}"


_CA = "{id: basic_constraints, critical: true, value: {ca: true}}"
_OCSP = "{id: authority_information_access, smart-value: {schema: aia-urls, params: {ocsp-responder-names: [issuing]}}}"
_NO_CHECK = "{id: ocsp_no_check}"


@dataclass
class Authority:
    """The running authority."""

    folder: Path
    config: CertomancerConfig
    animator: Animator
    url: str

    @property
    def tsa_url(self) -> str:
        """Where time stamps are made."""
        return f"{self.url}/{_ARCH}/tsa/tsa"

    def turn_clock(self, moment: datetime | None) -> None:
        """Let the authority believe that it is another time, or again the true one."""
        self.animator.fixed_time = moment

    def settings(
        self,
        who: str = "signer",
        *,
        level: Level = Level.BLTA,
        revocation: Revocation = Revocation.REQUIRE,
        crls: tuple[Path, ...] = (),
    ) -> SigningConfig:
        """What a home says in ``[signature]`` to sign as ``who``."""
        return SigningConfig(
            organisation=COURT,
            pkcs12=self._bundle(who),
            passphrase_file=self.folder / "passphrase",
            trust_anchors=(self.certificate("root"),),
            certificates=(self.certificate("issuing"),),
            tsa_url=self.tsa_url,
            level=level,
            revocation=revocation,
            service_seconds=5.0,
            crls=crls,
        )

    def lists(self) -> tuple[Path, ...]:
        """The revocation lists of today as files."""
        services = self.config.get_pki_arch(ArchLabel(_ARCH)).service_registry
        paths = []
        for name in ("root", "issuing"):
            paths.append(self.folder / f"{name}.crl")
            paths[-1].write_bytes(services.get_crl(name, datetime.now(UTC)).dump())
        return tuple(paths)

    def _load(self, who: str) -> x509.Certificate:
        found = self.config.get_pki_arch(ArchLabel(_ARCH)).get_cert(CertLabel(who))
        return x509.load_der_x509_certificate(found.dump())

    def certificate(self, who: str) -> Path:
        """A certificate as a PEM file."""
        path = self.folder / f"{who}.crt"
        path.write_bytes(self._load(who).public_bytes(serialization.Encoding.PEM))
        return path

    def _bundle(self, who: str) -> Path:
        key = serialization.load_pem_private_key((self.folder / "signer.pem").read_bytes(), None)
        closed = serialization.BestAvailableEncryption(b"pw")
        path = self.folder / f"{who}.p12"
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, self._load(who), None, closed))  # type: ignore[arg-type]
        (self.folder / "passphrase").write_bytes(b"pw")
        return path


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Nothing to tell."""


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """An authority whose keys and certificates lie in ``folder``."""
    for name in _KEYS:
        key = generate_private_key(65537, 3072 if name in ("root", "signer") else 2048)
        (folder / f"{name}.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    animator = Animator(AnimatorArchStore({}), with_web_ui=False)
    server = make_server("127.0.0.1", 0, animator, threaded=True, request_handler=_Silent)
    url = f"http://127.0.0.1:{server.server_port}"
    settings, place = _settings(url), str(folder)
    config = CertomancerConfig.from_yaml(settings, key_search_dir=place, config_search_dir=place)
    animator.architectures.architectures = config.pki_archs
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Authority(folder, config, animator, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _settings(url: str) -> str:
    today = datetime.now(UTC).replace(microsecond=0)

    def certificate(subject: str, key: str, days: tuple[int, int], *extensions: str, more: str = "") -> str:
        first, last = ((today + timedelta(days=day)).isoformat() for day in days)
        issuer = "root" if subject in ("root", "issuing") else "issuing"
        return (
            f"{subject}: {{subject: {subject}, subject-key: {key}, issuer: {issuer}, authority-key: {issuer}, "
            f'validity: {{valid-from: "{first}", valid-to: "{last}"}}, extensions: [{", ".join(extensions)}]{more}}}'
        )

    authority = (_CA, _usage("key_cert_sign", "crl_sign"))
    leaf = (_usage("digital_signature", "non_repudiation"), _list_of("issuing"), _OCSP)
    lost = (today - timedelta(days=3)).isoformat()
    certificates = (
        certificate("root", "root", (-1000, 9000), *authority),
        certificate("issuing", "issuing", (-1000, 9000), *authority, _list_of("root")),
        certificate("signer", "signer", (-10, 30), *leaf),
        certificate(
            "revoked", "signer", (-10, 30), *leaf,
            more=f', revocation: {{revoked-since: "{lost}", reason: key_compromise}}',
        ),
        certificate("lapsed", "signer", (-100, -1), *leaf),
        certificate(
            "tsa", "tsa", (-100, 365),
            _usage("digital_signature"), _extended("time_stamping"), _list_of("issuing"),
        ),
        certificate("ocsp", "ocsp", (-100, 365), _usage("digital_signature"), _extended("ocsp_signing"), _NO_CHECK),
    )  # fmt: skip
    key_files = ", ".join(f"{name}: {{path: {name}.pem}}" for name in _KEYS)
    return _SETTINGS.format(url=url, key_files=key_files, certs=", ".join(certificates))
