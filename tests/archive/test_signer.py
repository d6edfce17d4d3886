"""Signed documents: valid to pyHanko and to poppler, still PDF/A, and not one dark pixel of the page is changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from lxml import etree
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from archive.about import DocumentAbout
from archive.demo_identity import demo_config, make_demo_identity
from archive.document import build_pdf
from archive.identity import SigningIdentity, load_identity
from archive.options import PdfOptions
from archive.signatures import check_signature, describe_signatures
from archive.signer import sign
from archive.stamp import Placement, extend_page, plan_block, read_geometry
from archive.verapdf import VeraPdf, default_home
from core.errors import BadInputError
from core.model import MasterKind, PageImage, RecognizedPage, VerdictState
from imaging.ink import ink_mask

COURT = "Tòa án nhân dân khu vực 3 - Thành phố Hồ Chí Minh"
DPI = 200


@cache
def at() -> datetime:
    """When documents are signed here: asked first when the demo certificate is made, from when it is valid."""
    return datetime.now(UTC).replace(microsecond=0)


def shown() -> datetime:
    return at().astimezone(timezone(timedelta(hours=7)))


FONT = Path(__file__).parents[2] / "imaging" / "fonts" / "Tinos-Regular.ttf"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> SigningIdentity:
    folder = tmp_path_factory.mktemp("khóa")
    make_demo_identity(folder, COURT)
    return load_identity(demo_config(folder, COURT))


@pytest.fixture(scope="module")
def verapdf() -> Iterator[VeraPdf]:
    with VeraPdf(default_home()) as checker:
        yield checker


def court_page(*, full_top: bool = False) -> Image.Image:
    """A page with a header up to the edge or a usual one, and a pencilled folio number at the top right."""
    page = Image.new("RGB", (1654, 2339), (246, 240, 226))
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 34)
    for row in range(1 if full_top else 5, 12):
        pen.text((20, row * 45), "TÒA ÁN NHÂN DÂN   CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM " * 2, (40, 36, 30), font)
    pen.text((1500, 40), "126", (130, 128, 125), ImageFont.truetype(str(FONT), 60))
    return page


def make_document(folder: Path, upright: Image.Image, rotation: int = 0) -> Path:
    raw = upright.rotate(rotation, expand=True)
    raw.save(folder / "trang.png", dpi=(DPI, DPI))
    sha = hashlib.sha256((folder / "trang.png").read_bytes()).hexdigest()
    image = PageImage(
        "TAND.1.0000001.p0001", folder / "trang.png", sha, MasterKind.IMAGE, 0, raw.width, raw.height, DPI, "colour",
        "lô 1", 1, "máy quét", 0.0,
    )  # fmt: skip
    about = DocumentAbout(
        "TAND.1.0000001", "TAND.1", "Bản án số 15/DS-ST", "vi", COURT, "Nguyễn Văn Bút", at().isoformat(), "a4"
    )
    read = RecognizedPage(raw.width, raw.height, rotation, 0.0, 1.0, "vi", "none")
    build_pdf(folder / "plain.pdf", [(image, read)], about, PdfOptions())
    return folder / "plain.pdf"


def rendered(path: Path) -> NDArray[np.uint8]:
    target = path.with_suffix("")
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", "-singlefile", path, target], check=True)
    return np.asarray(Image.open(target.with_suffix(".png")).convert("RGB"))


def signed(plain: Path, upright: Image.Image, identity: SigningIdentity) -> tuple[Path, Placement]:
    plan = plan_block(ink_mask(np.asarray(upright)), read_geometry(plain), COURT)
    if plan.extends:
        extend_page(plain, plan)
    sign(plain, plain.with_name("signed.pdf"), identity, plan, at=at(), reason="Số hóa", location="Hà Nội")
    return plain.with_name("signed.pdf"), plan


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("full_top", [False, True])
def test_signed_page_keeps_every_dark_pixel_and_shows_an_upright_block_top_right(
    tmp_path: Path, identity: SigningIdentity, verapdf: VeraPdf, rotation: int, full_top: bool
) -> None:
    upright = court_page(full_top=full_top)
    plain = make_document(tmp_path, upright, rotation)
    path, plan = signed(plain, upright, identity)
    before, after = rendered(plain), rendered(path)
    assert before.shape == after.shape and plan.extends == full_top
    changed = (before != after).any(axis=2)
    assert changed.sum() > 500
    assert not (changed & (before.min(axis=2) < 190)).any()
    ys, xs = np.nonzero(changed)
    assert xs.min() > changed.shape[1] / 2 - 20 and ys.max() < (30 / 25.4) * DPI
    assert words_of(path)[-2:] == [f"{shown():%H:%M:%S}", "+07:00"]
    assert after[ys, xs].min() < 90
    assert verapdf.check(path, name="pdfa-after").state is VerdictState.PASSED
    assert check_signature(path, identity.anchors).state is VerdictState.PASSED


def words_of(path: Path) -> list[str]:
    """The block's words from left to right and from above, by where a viewer shows them."""
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, capture_output=True)
    words = etree.fromstring(done.stdout).iterfind(".//{*}word")
    placed = [(round(float(word.get("yMin")) / 3), float(word.get("xMin")), word.text) for word in words]
    return [text for _, _, text in sorted(placed)]


@pytest.fixture
def document(tmp_path: Path, identity: SigningIdentity) -> Path:
    upright = court_page()
    return signed(make_document(tmp_path, upright), upright, identity)[0]


def test_signature_is_valid_to_poppler(document: Path) -> None:
    done = subprocess.run(["pdfsig", "-nocert", document], check=False, capture_output=True, text=True)
    assert "Signature Validation: Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout and "ETSI.CAdES.detached" in done.stdout
    assert "Signing Hash Algorithm: SHA-256" in done.stdout


def test_signature_verdict_tells_level_signer_and_times(document: Path, identity: SigningIdentity) -> None:
    verdict = check_signature(document, identity.anchors)
    assert (verdict.check, verdict.state, verdict.problems) == ("signature", VerdictState.PASSED, ())
    assert verdict.details["level"] == "PAdES B-T" and verdict.details["digest"] == "sha256"
    assert verdict.details["signer"].startswith("DEMO Tòa án nhân dân")
    assert verdict.details["claimed"] == shown().isoformat()
    age = datetime.now(UTC) - datetime.fromisoformat(verdict.details["stamped"])
    assert abs(age) < timedelta(minutes=10)


def test_signature_is_an_incremental_update_with_embedded_subset(document: Path) -> None:
    plain = document.with_name("plain.pdf").read_bytes()
    assert document.read_bytes().startswith(plain)
    fonts = subprocess.run(["pdffonts", document], check=True, capture_output=True, text=True).stdout
    (line,) = [line for line in fonts.splitlines() if "Tinos" in line]
    assert line.split()[-5:-2] == ["yes", "yes", "yes"]
    with pikepdf.open(document) as pdf:
        widget = pdf.pages[0].Annots[0]
        assert int(widget.F) & 4 and "/N" in widget.AP


def test_signature_leaves_metadata_to_the_byte(document: Path) -> None:
    def metadata(path: Path) -> tuple[bytes, str]:
        with pikepdf.open(path) as pdf:
            return pdf.Root.Metadata.read_bytes(), repr(pdf.trailer.get("/Info"))

    assert b"pdfaExtension:schemas" in metadata(document)[0]
    assert metadata(document) == metadata(document.with_name("plain.pdf"))


def test_signature_notices_any_tampered_byte(document: Path, identity: SigningIdentity) -> None:
    sound, chance = document.read_bytes(), np.random.default_rng(12)
    _, end, start, length = (int(number) for number in sound.split(b"/ByteRange [")[1].split(b"]")[0].split())
    assert start + length == len(sound)
    for place in chance.choice([*range(end), *range(start, len(sound))], 25):
        document.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert check_signature(document, identity.anchors).state is VerdictState.FAILED, place


@pytest.mark.parametrize("size", [0, 1, 1000, -1])
def test_signature_of_a_truncated_file_fails(document: Path, identity: SigningIdentity, size: int) -> None:
    document.write_bytes(document.read_bytes()[:size])
    verdict = check_signature(document, identity.anchors)
    assert verdict.state is VerdictState.FAILED and verdict.problems


def test_signature_fails_when_bytes_follow_it(document: Path, identity: SigningIdentity) -> None:
    with document.open("ab") as stream:
        stream.write(b"\n% added\n")
    assert check_signature(document, identity.anchors).state is VerdictState.FAILED


def test_signature_is_missed_in_an_unsigned_file(document: Path, identity: SigningIdentity) -> None:
    verdict = check_signature(document.with_name("plain.pdf"), identity.anchors)
    assert verdict.state is VerdictState.FAILED and verdict.problems == ("no signature",)
    assert describe_signatures(document.with_name("plain.pdf")) == []


def test_signature_of_strangers_is_not_trusted(document: Path, tmp_path: Path) -> None:
    make_demo_identity(tmp_path / "khác", "Cơ quan khác")
    stranger = load_identity(demo_config(tmp_path / "khác", "Cơ quan khác"))
    verdict = check_signature(document, stranger.anchors)
    assert verdict.state is VerdictState.FAILED
    assert any("not trusted" in problem for problem in verdict.problems)


def test_signer_refuses_signed_and_broken_sources(document: Path, tmp_path: Path, identity: SigningIdentity) -> None:
    plan = Placement((400, 800, 500, 820), 0, (COURT,))
    with pytest.raises(BadInputError, match="signature already"):
        sign(document, tmp_path / "out.pdf", identity, plan)
    (tmp_path / "hỏng.pdf").write_bytes(document.read_bytes()[:2000])
    with pytest.raises(BadInputError, match="hỏng.pdf"):
        sign(tmp_path / "hỏng.pdf", tmp_path / "out.pdf", identity, plan)
    assert not list(tmp_path.glob("*out.pdf*"))


def test_incoming_signatures_are_described(document: Path) -> None:
    (note,) = describe_signatures(document)
    assert note.who is not None and note.who.startswith("DEMO Tòa án") and note.when == shown().isoformat()
    assert note.intact and note.covers_file and note.problem is None
    data = document.read_bytes()
    middle = len(data) // 2
    document.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    assert not any(note.intact for note in describe_signatures(document))
