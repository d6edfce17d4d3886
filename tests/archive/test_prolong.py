"""Signatures that last: pyHanko's verdict and that of EU DSS on the same files, good and bad, today and later."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import ArrayObject, FloatObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from archive.demo_identity import demo_config, make_demo_identity
from archive.identity import SigningIdentity, load_identity
from archive.prolong import prolong
from archive.revocation import read_crls
from archive.signatures import check_signature
from archive.signer import sign, sign_to_last
from archive.signing_config import Level, Revocation
from archive.stamp import Placement
from archive.trust import read_certificates
from core.errors import BadInputError, MissingToolError
from core.model import Verdict, VerdictState
from support.authority import COURT, Authority
from support.dss import Dss

PLACE = Placement((300, 740, 500, 764), 0, (COURT,))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(tmp_path / "bản án.pdf")
    return tmp_path / "bản án.pdf"


@pytest.fixture
def identity(authority: Authority) -> SigningIdentity:
    return load_identity(authority.settings())


@pytest.fixture
def lasting(source: Path, identity: SigningIdentity) -> Path:
    """A document at level B-LTA."""
    assert sign_to_last(source, source.with_name("lta.pdf"), identity, PLACE) is None
    return source.with_name("lta.pdf")


class Judges:
    """Both judges; they may not disagree on whether a signature is good."""

    def __init__(self, dss: Dss, identity: SigningIdentity) -> None:
        self._dss, self._anchors, self._others = dss, identity.anchors, identity.trust.intermediates

    def verdict(self, path: Path, now: datetime | None = None) -> Verdict:
        """Ours, once DSS has said the same."""
        ours = check_signature(path, self._anchors, others=self._others, now=now)
        theirs = self._dss.judge(path, self._anchors, now)
        good = bool(theirs) and all(opinion.good for opinion in theirs)
        assert (ours.state is VerdictState.PASSED) == good, (ours, theirs)
        if good:
            assert ours.details["level"].replace("B-", "BASELINE-").replace(" ", "-") == theirs[-1].format
        return ours


@pytest.fixture
def judges(dss: Dss, identity: SigningIdentity) -> Judges:
    return Judges(dss, identity)


def test_lasting_signature_is_total_passed_and_told(lasting: Path, judges: Judges) -> None:
    verdict = judges.verdict(lasting)
    assert (verdict.state, verdict.problems) == (VerdictState.PASSED, ())
    details = verdict.details
    assert details["level"] == "PAdES B-LTA" and (details["then"], details["now"]) == ("valid", "valid")
    assert details["revocation"] == "good" and details["last_stamp_algorithm"] == "sha256, rsa 2048"
    assert details["stamped"] < details["last_stamp"] < details["proven_until"] == details["last_stamp_expires"]


def test_level_b_lt_and_demo_level_are_total_passed(
    source: Path, authority: Authority, dss: Dss, tmp_path: Path
) -> None:
    make_demo_identity(tmp_path / "khóa", COURT)
    for config in (authority.settings(level=Level.BLT), demo_config(tmp_path / "khóa", COURT)):
        identity = load_identity(config)
        target = tmp_path / f"{config.level}.pdf"
        assert sign_to_last(source, target, identity, PLACE) is None
        assert Judges(dss, identity).verdict(target).details["level"] == config.level.full_name


def test_level_b_t_is_judged_alike_once_dss_knows_of_revocations(
    source: Path, identity: SigningIdentity, authority: Authority, dss: Dss, tmp_path: Path
) -> None:
    """Without revocation data DSS waits for it ("try later"), where we pass a B-T as what it is and no more."""
    sign(source, tmp_path / "t.pdf", identity, PLACE)
    ours = check_signature(tmp_path / "t.pdf", identity.anchors, others=identity.trust.intermediates)
    assert ours.state is VerdictState.PASSED
    assert (ours.details["level"], ours.details["revocation"]) == ("PAdES B-T", "unknown")
    (theirs,) = dss.judge(tmp_path / "t.pdf", identity.anchors)
    assert theirs.indication == "INDETERMINATE" and theirs.format == "PAdES-BASELINE-T"
    issuing = read_certificates([authority.folder / "issuing.crt"])
    leaf = (identity.signer.signing_cert, identity.trust.stamper_certificates()[0])
    (trusting,) = dss.judge(tmp_path / "t.pdf", [*identity.anchors, *issuing, *leaf])
    assert trusting.good


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_one_byte_changed_anywhere_signed_is_bad_to_both(lasting: Path, judges: Judges) -> None:
    sound = lasting.read_bytes()
    first = sound.index(b"/ByteRange")
    for place in (9, 600, first - 40, len(sound) - 30):
        lasting.write_bytes(sound)
        flip(lasting, place)
        assert judges.verdict(lasting).state is VerdictState.FAILED, place


def change_page(path: Path) -> None:
    """An incremental update that changes what page 1 shows."""
    with path.open("r+b") as stream:
        writer = IncrementalPdfFileWriter(stream)
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page["/MediaBox"] = ArrayObject([FloatObject(side) for side in (0, 0, 300, 300)])
        writer.update_container(page)
        writer.write_in_place()


@pytest.mark.parametrize("level", [Level.BT, Level.BLT, Level.BLTA])
def test_an_appended_change_is_bad_to_both(
    source: Path, authority: Authority, dss: Dss, tmp_path: Path, level: Level
) -> None:
    identity = load_identity(authority.settings(level=level))
    sign_to_last(source, tmp_path / "x.pdf", identity, PLACE)
    change_page(tmp_path / "x.pdf")
    verdict = Judges(dss, identity).verdict(tmp_path / "x.pdf")
    assert verdict.state is VerdictState.FAILED


def test_a_stripped_time_stamp_is_bad_to_both(lasting: Path, judges: Judges) -> None:
    data = lasting.read_bytes()
    with lasting.open("rb") as stream:
        contents = PdfFileReader(stream).embedded_regular_signatures[0].pkcs7_content
    token = cms.ContentInfo.load(contents)
    token["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([])
    bare = token.dump(force=True).hex().ljust(len(contents) * 2, "0").encode()
    for old in (contents.hex().encode(), contents.hex().upper().encode()):
        data = data.replace(old, bare)
    assert data != lasting.read_bytes()
    lasting.write_bytes(data)
    verdict = judges.verdict(lasting)
    assert verdict.state is VerdictState.FAILED and "no time stamp" in verdict.problems


def test_without_its_document_time_stamp_a_file_is_b_t_again(lasting: Path, judges: Judges) -> None:
    """Cutting the last update off gives a good file of a lower level: the record tells what is missing."""
    data = lasting.read_bytes()
    end = data.index(b"%%EOF", data.index(b"/ByteRange")) + len(b"%%EOF\n")
    lasting.write_bytes(data[:end])
    assert check_signature(lasting, judges._anchors, others=judges._others).details["level"] == "PAdES B-T"


def put_evidence(path: Path, lists: tuple[Path, ...], identity: SigningIdentity) -> None:
    """Add revocation data as anybody could, without asking what they say."""
    certificates = [identity.signer.signing_cert, *identity.trust.intermediates]
    crls = [found for file in lists for found in read_crls(file)]
    with path.open("r+b") as stream:
        DocumentSecurityStore.add_dss(stream, None, certs=certificates, crls=crls)


@pytest.mark.parametrize(("who", "days"), [("revoked", 0), ("lapsed", -5)])
def test_who_was_revoked_or_expired_before_the_stamp_is_bad_to_both(
    source: Path, authority: Authority, dss: Dss, tmp_path: Path, who: str, days: int
) -> None:
    identity = load_identity(authority.settings(who, revocation=Revocation.FILES))
    sign(source, tmp_path / "x.pdf", identity, PLACE, at=datetime.now(UTC) + timedelta(days=days))
    put_evidence(tmp_path / "x.pdf", authority.lists(), identity)
    verdict = Judges(dss, identity).verdict(tmp_path / "x.pdf")
    assert verdict.state is VerdictState.FAILED
    assert any("not trusted at the time of signing" in problem for problem in verdict.problems)


def test_a_certificate_that_ended_since_leaves_the_signature_good_to_both(lasting: Path, judges: Judges) -> None:
    verdict = judges.verdict(lasting, now=datetime.now(UTC) + timedelta(days=60))
    assert verdict.state is VerdictState.PASSED
    assert (verdict.details["then"], verdict.details["now"]) == ("valid", "expired")
    assert "expired_since" in verdict.details


def test_a_stamp_that_ended_unrenewed_proves_nothing_to_both(lasting: Path, judges: Judges) -> None:
    verdict = judges.verdict(lasting, now=datetime.now(UTC) + timedelta(days=800))
    assert verdict.state is VerdictState.NOT_VERIFIED
    assert any("had expired" in problem for problem in verdict.problems), verdict.problems


def test_renewal_keeps_every_byte_and_is_good_to_both(lasting: Path, identity: SigningIdentity, judges: Judges) -> None:
    before = lasting.read_bytes()
    for number in (1, 2):
        renewed = lasting.with_name(f"lần {number}.pdf")
        assert prolong(lasting, renewed, identity.trust) is None
        assert renewed.read_bytes().startswith(before)
        verdict = judges.verdict(renewed)
        assert verdict.state is VerdictState.PASSED and verdict.details["level"] == "PAdES B-LTA"
        lasting = renewed
    with lasting.open("rb") as stream:
        assert len(PdfFileReader(stream).embedded_timestamp_signatures) == 3


def test_revoked_since_is_told_and_refutes_nothing(
    source: Path, authority: Authority, tmp_path: Path, identity: SigningIdentity
) -> None:
    """A list that names the signer from days after the stamp: then valid, now revoked."""
    revoked = load_identity(authority.settings("revoked", revocation=Revocation.FILES))
    earlier = datetime.now(UTC) - timedelta(days=5)
    authority.turn_clock(earlier)
    try:
        sign(source, tmp_path / "x.pdf", revoked, PLACE, at=earlier)
    finally:
        authority.turn_clock(None)
    put_evidence(tmp_path / "x.pdf", authority.lists(), revoked)
    verdict = check_signature(tmp_path / "x.pdf", identity.anchors)
    assert verdict.state is VerdictState.PASSED and verdict.details["now"] == "revoked"
    assert verdict.details["stamped"] < verdict.details["revoked_since"]


@pytest.mark.parametrize("who", ["revoked", "lapsed"])
def test_signing_is_refused_with_the_reason(source: Path, authority: Authority, tmp_path: Path, who: str) -> None:
    text = {"revoked": "Con dấu đã mất.*revoked on", "lapsed": "Con dấu cũ.*expired on"}[who]
    with pytest.raises(BadInputError, match=text):
        sign_to_last(source, tmp_path / "x.pdf", load_identity(authority.settings(who)), PLACE)
    assert not list(tmp_path.glob("*x*.pdf"))


def offline(authority: Authority, revocation: Revocation) -> SigningIdentity:
    """Time stamps are to be had, revocation data are not: every question times out at once."""
    config = dataclasses.replace(authority.settings(revocation=revocation), service_seconds=1e-6)
    return load_identity(config)


def test_without_revocation_data_the_level_is_told_as_it_is(source: Path, authority: Authority, tmp_path: Path) -> None:
    reason = sign_to_last(source, tmp_path / "x.pdf", offline(authority, Revocation.PREFER), PLACE)
    assert reason is not None and "Tòa án nhân dân tỉnh Lâm Đồng" in reason and "/ocsp/" in reason
    trust = load_identity(authority.settings()).trust
    verdict = check_signature(tmp_path / "x.pdf", trust.anchors, others=trust.intermediates)
    assert verdict.state is VerdictState.PASSED and verdict.details["level"] == "PAdES B-T"
    with pytest.raises(MissingToolError, match="Nobody can say"):
        sign_to_last(source, tmp_path / "y.pdf", offline(authority, Revocation.REQUIRE), PLACE)
    assert not (tmp_path / "y.pdf").exists()


def test_lists_in_files_reach_the_level_without_a_question(
    source: Path, authority: Authority, judges: Judges, tmp_path: Path
) -> None:
    config = authority.settings(revocation=Revocation.FILES, crls=authority.lists())
    assert sign_to_last(source, tmp_path / "x.pdf", load_identity(config), PLACE) is None
    assert judges.verdict(tmp_path / "x.pdf").details["level"] == "PAdES B-LTA"


@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: data[:-20], lambda data: b"no list"])
def test_a_damaged_list_is_named(authority: Authority, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "danh sách.crl"
    path.write_bytes(spoil(authority.lists()[0].read_bytes()))
    with pytest.raises(BadInputError, match="danh sách.crl"):
        load_identity(authority.settings(crls=(path,)))
