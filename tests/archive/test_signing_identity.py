"""Keys and certificates: what is wrong with them is said before anything is signed."""

from __future__ import annotations

import dataclasses
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from archive.demo_identity import demo_config, make_demo_identity
from archive.identity import SigningIdentity, check_certificate, load_identity
from archive.signatures import check_signature
from archive.signer import sign
from archive.signing_config import SigningConfig
from archive.stamp import Placement
from core.config import fill
from core.errors import BadInputError, MissingToolError
from core.model import VerdictState

COURT = "Tòa án nhân dân tỉnh Đắk Lắk"
PLACE = Placement((300, 740, 500, 764), 0, (COURT,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("khóa")
    make_demo_identity(folder, COURT)
    return folder


@pytest.fixture
def config(folder: Path) -> SigningConfig:
    return demo_config(folder, COURT)


def test_signing_demo_keys_are_private_and_marked(folder: Path, config: SigningConfig) -> None:
    for secret in (config.pkcs12, config.passphrase_file, folder / "tsa-key.pem"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    identity = load_identity(config)
    for certificate in (identity.signer.signing_cert, *identity.anchors):
        assert all("DEMO" in certificate.subject.native[part] for part in ("common_name", "organization_name"))
    life = identity.signer.signing_cert.not_valid_after - datetime.now(UTC)
    assert timedelta(days=728) < life < timedelta(days=731)
    tsa = x509.load_pem_x509_certificate((folder / "tsa.pem").read_bytes())
    usage = tsa.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical and list(usage.value) == [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]


def test_signing_config_is_filled_from_the_table() -> None:
    table = {
        "organisation": COURT, "pkcs12": "keys/a.p12", "passphrase_file": "keys/pw", "trust_anchors": ["keys/root.pem"],
        "tsa_url": "http://tsa.example.vn/",
    }  # fmt: skip
    config = fill(SigningConfig, table, file="butluc.toml").within(Path("/kho"))
    assert config.pkcs12 == Path("/kho/keys/a.p12") and config.trust_anchors == (Path("/kho/keys/root.pem"),)
    for change in ({"tsa_url": None}, {"tsa_url": "file:///etc/passwd"}, {"demo_tsa_key": "k"}, {"trust_anchors": []}):
        with pytest.raises(BadInputError, match="butluc.toml"):
            fill(SigningConfig, {**table, **change}, file="butluc.toml")


@pytest.mark.parametrize("name", ["signer.p12", "passphrase", "root.pem", "tsa.pem", "tsa-key.pem"])
def test_signing_names_the_missing_file(config: SigningConfig, tmp_path: Path, name: str) -> None:
    moved = dataclasses.replace(
        config,
        **{
            field: tmp_path / name
            for field in ("pkcs12", "passphrase_file", "demo_tsa_key", "demo_tsa_certificate")
            if getattr(config, field).name == name
        },
        trust_anchors=(tmp_path / name,) if name == "root.pem" else config.trust_anchors,
    )
    with pytest.raises(BadInputError, match=name):
        load_identity(moved)


@pytest.mark.parametrize("data", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_signing_refuses_damaged_files(config: SigningConfig, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hỏng").write_bytes(data)
    for change in ({"pkcs12": tmp_path / "hỏng"}, {"trust_anchors": (tmp_path / "hỏng",)}):
        with pytest.raises(BadInputError, match="hỏng"):
            load_identity(dataclasses.replace(config, **change))


def test_signing_says_that_the_passphrase_is_wrong(config: SigningConfig, tmp_path: Path) -> None:
    (tmp_path / "mật khẩu").write_text("sai", encoding="utf-8")
    with pytest.raises(BadInputError, match="passphrase in .*mật khẩu does not open"):
        load_identity(dataclasses.replace(config, passphrase_file=tmp_path / "mật khẩu"))


def self_made(
    folder: Path, *, days: tuple[int, int] = (-1, 1), usage: bool = True, kind: Callable[[], object] | None = None
) -> SigningConfig:
    """A certificate signed by itself, valid from and to so many days from now, in its own files."""
    key = kind() if kind else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tòa án thử nghiệm")])
    now = datetime.now(UTC)
    flags = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(7)
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=usage, decipher_only=False, **flags), True
        )
        .sign(key, None if kind else hashes.SHA256())  # type: ignore[arg-type]
    )
    folder.mkdir(exist_ok=True)
    closed = serialization.BestAvailableEncryption(b"pw")
    (folder / "signer.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"t", key, certificate, None, closed))  # type: ignore[arg-type]
    (folder / "passphrase").write_bytes(b"pw\n")
    (folder / "root.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return SigningConfig(
        COURT, folder / "signer.p12", folder / "passphrase", (folder / "root.pem",), tsa_url="http://127.0.0.1:9/"
    )


@pytest.mark.parametrize(
    ("days", "usage", "text"),
    [
        ((-9, -1), True, "expired on"),
        ((1, 9), True, "not valid before"),
        ((-1, 1), False, "not made for signing documents"),
    ],
)
def test_signing_refuses_certificates_that_must_not_sign(
    tmp_path: Path, days: tuple[int, int], usage: bool, text: str
) -> None:
    identity = load_identity(self_made(tmp_path / "k", days=days, usage=usage))
    with pytest.raises(BadInputError, match=text):
        sign(source(tmp_path), tmp_path / "out.pdf", identity, PLACE)
    assert not (tmp_path / "out.pdf").exists()


def test_signing_refuses_a_certificate_without_chain(config: SigningConfig, tmp_path: Path) -> None:
    other = self_made(tmp_path / "k")
    identity = load_identity(dataclasses.replace(other, trust_anchors=config.trust_anchors))
    with pytest.raises(BadInputError, match="no valid chain"):
        check_certificate(identity, datetime.now(UTC))


def test_signing_refuses_other_kinds_of_keys(tmp_path: Path) -> None:
    config = self_made(tmp_path / "k", kind=ed25519.Ed25519PrivateKey.generate)
    with pytest.raises(BadInputError, match="RSA or ECDSA"):
        load_identity(config)


def source(folder: Path) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(folder / "a.pdf")
    return folder / "a.pdf"


def test_signing_says_that_the_time_stamp_authority_is_not_there(tmp_path: Path) -> None:
    identity = load_identity(self_made(tmp_path / "k"))
    with pytest.raises(MissingToolError, match="127.0.0.1:9"):
        sign(source(tmp_path), tmp_path / "out.pdf", identity, PLACE)
    assert not (tmp_path / "out.pdf").exists()


@contextmanager
def authority(answer: Callable[[bytes], tuple[str, bytes]]) -> Iterator[str]:
    """An HTTP server on this machine that answers each request by ``answer``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kind, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing to tell."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def by_url(config: SigningConfig, url: str) -> SigningIdentity:
    changed = dataclasses.replace(config, tsa_url=url, demo_tsa_key=None, demo_tsa_certificate=None)
    return load_identity(changed)


def test_signing_takes_time_stamps_by_url(config: SigningConfig, tmp_path: Path) -> None:
    local = load_identity(config)

    def answer(request: bytes) -> tuple[str, bytes]:
        reply = local.timestamper.request_tsa_response(tsp.TimeStampReq.load(request))
        return "application/timestamp-reply", reply.dump()

    with authority(answer) as url:
        sign(source(tmp_path), tmp_path / "out.pdf", by_url(config, url), PLACE)
    verdict = check_signature(tmp_path / "out.pdf", local.anchors)
    assert verdict.state is VerdictState.PASSED and verdict.details["level"] == "PAdES B-T"


def status_alone(status: str) -> bytes:
    """A reply without token: a sequence of the status."""
    info = tsp.PKIStatusInfo({"status": status}).dump()
    return bytes([0x30, len(info)]) + info


TOKENLESS = ("application/timestamp-reply", status_alone("granted"))


GARBAGE = ("application/timestamp-reply", b"\x30\x03garbage")


@pytest.mark.parametrize("reply", [("text/html", b"<html>"), GARBAGE, TOKENLESS])
def test_signing_says_that_the_authority_answers_nonsense(
    config: SigningConfig, tmp_path: Path, reply: tuple[str, bytes]
) -> None:
    with authority(lambda _: reply) as url, pytest.raises(MissingToolError, match="127.0.0.1"):
        sign(source(tmp_path), tmp_path / "out.pdf", by_url(config, url), PLACE)


def test_signing_says_that_the_authority_refuses(config: SigningConfig, tmp_path: Path) -> None:
    answer = ("application/timestamp-reply", status_alone("rejection"))
    with authority(lambda _: answer) as url, pytest.raises(MissingToolError, match="refused.*rejection"):
        sign(source(tmp_path), tmp_path / "out.pdf", by_url(config, url), PLACE)
