"""A signature that is good but less than what was recorded has lost something."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from archive.demo_identity import demo_config, make_demo_identity
from archive.identity import load_identity
from archive.signatures import check_signature
from archive.signer import sign_to_last
from archive.signing_config import SigningConfig
from archive.stamp import Placement
from core.files import sha256_file
from core.model import ArchivedDocument, Verdict, VerdictState
from jobs.signatures import Signatures

COURT = "Tòa án nhân dân tỉnh Cà Mau"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> SigningConfig:
    folder = tmp_path_factory.mktemp("khóa")
    make_demo_identity(folder, COURT)
    return demo_config(folder, COURT)


@pytest.fixture
def signed(config: SigningConfig, tmp_path: Path) -> tuple[Path, Verdict]:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(tmp_path / "a.pdf")
    identity = load_identity(config)
    sign_to_last(tmp_path / "a.pdf", tmp_path / "b.pdf", identity, Placement((300, 740, 500, 764), 0, (COURT,)))
    return tmp_path / "b.pdf", check_signature(tmp_path / "b.pdf", identity.anchors)


def stored(path: Path, *verdicts: Verdict) -> ArchivedDocument:
    return ArchivedDocument("TAND.1.0000001", "TAND.1", path, sha256_file(path), 1, "v1", verdicts)


def test_what_is_as_recorded_passes_and_is_counted(config: SigningConfig, signed: tuple[Path, Verdict]) -> None:
    signatures = Signatures.of(config)
    assert signatures.check(stored(*signed)).state is VerdictState.PASSED
    assert signatures.summary() == {"levels": {"PAdES B-LTA": 1}, "now": {"valid": 1}, "changed": []}


def test_a_level_below_the_recorded_one_is_damage(config: SigningConfig, signed: tuple[Path, Verdict]) -> None:
    path, recorded = signed
    data = path.read_bytes()
    end = data.index(b"%%EOF", data.index(b"/ByteRange")) + len(b"%%EOF\n")
    path.write_bytes(data[:end])
    assert check_signature(path, load_identity(config).anchors).state is VerdictState.PASSED
    verdict = Signatures.of(config).check(stored(path, recorded))
    assert verdict.state is VerdictState.FAILED
    assert verdict.problems == ("the level was PAdES B-LTA and is PAdES B-T",)


def test_unsigned_is_not_verified_and_not_counted(config: SigningConfig, signed: tuple[Path, Verdict]) -> None:
    signatures = Signatures.of(config)
    assert signatures.check(stored(signed[0])).state is VerdictState.NOT_VERIFIED
    assert signatures.summary()["levels"] == {}
