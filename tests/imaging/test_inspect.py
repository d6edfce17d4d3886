"""What a file is, by content; what cannot be used is refused with its reason, and nothing hangs."""

from __future__ import annotations

import json
import os
import resource
import struct
import warnings
import zlib
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import BadInputError
from core.model import MasterKind
from imaging.inspect import inspect, is_multipage
from imaging.limits import Limits
from imaging.pdf import render_thumbnails

SHARED = Path(__file__).parents[3] / "shared" / "pages"


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(BadInputError) as caught:
        inspect(path, limits or Limits())
    for lang in ("vi", "en"):
        assert caught.value.message(lang) and caught.value.remedy(lang)
    return caught.value.code.removeprefix("imaging.")


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_what_is_no_image_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "rỗng.jpg").write_bytes(b"")
    (tmp_path / "chữ.tif").write_text("Tòa án nhân dân", encoding="utf-8")
    (tmp_path / "đầu.tif").write_bytes(b"II*\0\x08\0\0\0")
    (tmp_path / "rác.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    pikepdf.new().save(tmp_path / "không-trang.pdf")
    assert refused(tmp_path / "không-có.jpg") == "missing"
    assert refused(tmp_path) == "not-a-file"
    assert refused(tmp_path / "rỗng.jpg") == "empty"
    assert refused(tmp_path / "chữ.tif") == "not-an-image"
    assert refused(tmp_path / "đầu.tif") == "damaged"
    assert refused(tmp_path / "rác.pdf") == "pdf-damaged"
    assert refused(tmp_path / "không-trang.pdf") == "pdf-no-pages"


def test_name_says_nothing(tmp_path: Path) -> None:
    Image.new("L", (20, 30)).save(tmp_path / "a.png", dpi=(300, 300))
    (tmp_path / "a.png").rename(tmp_path / "bản án.pdf")
    info = inspect(tmp_path / "bản án.pdf")
    assert (info.kind, info.media_type, info.extension) == (MasterKind.IMAGE, "image/png", ".png")
    assert info.frames[0].dpi == pytest.approx(300, abs=0.1)
    assert info.frames[0].mode == "grey"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.webp", "lzw.tif", "g4.tif", "two.tif"])
def test_cut_off_picture_is_never_taken_for_whole(tmp_path: Path, name: str) -> None:
    image = Image.effect_noise((200, 300), 80)
    options: dict[str, object] = {}
    if name == "lzw.tif":
        options = {"compression": "tiff_lzw"}
    elif name == "g4.tif":
        image, options = image.convert("1"), {"compression": "group4"}
    elif name == "two.tif":
        options = {"save_all": True, "append_images": [image]}
    image.save(tmp_path / name, **options)
    whole = (tmp_path / name).read_bytes()
    inspect(tmp_path / name)
    for share in (0.01, 0.3, 0.6, 0.9, 0.99):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        assert refused(tmp_path / name) in ("damaged", "empty", "not-an-image")


def test_too_many_pixels_are_refused_by_the_header_alone(tmp_path: Path) -> None:
    (tmp_path / "bom.png").write_bytes(png_header(20_000, 20_000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert refused(tmp_path / "bom.png") == "too-large"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(tmp_path / "bom.png")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_pixels_over_pillows_own_limit_but_under_ours_do_not_warn(tmp_path: Path) -> None:
    Image.new("1", (10_000, 9_500), 1).save(tmp_path / "bản đồ.tif", compression="group4")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert inspect(tmp_path / "bản đồ.tif", decode=False).frames[0].width == 10_000


def test_frames_of_a_tiff_are_pages_but_thumbnails_are_not(tmp_path: Path) -> None:
    pages = [Image.new("1", (100 + i, 50), 1) for i in range(3)]
    pages[0].save(tmp_path / "ba.tif", save_all=True, append_images=pages[1:])
    assert [frame.width for frame in inspect(tmp_path / "ba.tif").frames] == [100, 101, 102]
    assert is_multipage(tmp_path / "ba.tif")
    assert refused(tmp_path / "ba.tif", Limits(max_pages=2)) == "too-many-pages"
    thumb = Image.new("RGB", (10, 10))
    thumb.encoderinfo = {"tiffinfo": {254: 1}}
    Image.new("RGB", (100, 100)).save(tmp_path / "kèm.tif", save_all=True, append_images=[thumb])
    assert [frame.frame for frame in inspect(tmp_path / "kèm.tif").frames] == [0]
    assert not is_multipage(tmp_path / "kèm.tif")


def test_tiff_whose_chain_goes_round_is_damaged(tmp_path: Path) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a.tif")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    start = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[start : start + 2])[0]
    data[start + 2 + 12 * count : start + 6 + 12 * count] = struct.pack("<I", start)
    (tmp_path / "a.tif").write_bytes(data)
    assert refused(tmp_path / "a.tif") == "damaged"


def test_pdf_resolution_is_that_of_the_picture_that_covers_the_page(tmp_path: Path) -> None:
    Image.new("L", (827, 1169), 200).save(tmp_path / "quét.pdf", resolution=100)
    frame = inspect(tmp_path / "quét.pdf").frames[0]
    assert frame.dpi == pytest.approx(100, abs=0.2)
    assert (frame.width, frame.height, frame.mode) == (827, 1169, "grey")
    with pikepdf.open(tmp_path / "quét.pdf") as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"q 60 0 0 60 20 20 cm /image Do Q BT ET")
        pdf.save(tmp_path / "dấu.pdf")
    assert inspect(tmp_path / "dấu.pdf").frames[0].dpi == 300


def test_pdf_over_the_pixel_limit_is_rendered_coarser_or_refused(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(2384, 3370))
    pdf.save(tmp_path / "A0.pdf")
    frame = inspect(tmp_path / "A0.pdf", Limits(max_pixels=10_000_000)).frames[0]
    assert frame.width * frame.height <= 10_000_000
    assert refused(tmp_path / "A0.pdf", Limits(max_pixels=10_000)) == "too-large"


def test_passwords(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(tmp_path / "chủ.pdf", encryption=pikepdf.Encryption(owner="bí mật", user=""))
    pdf.save(tmp_path / "khóa.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    assert len(inspect(tmp_path / "chủ.pdf").frames) == 1
    assert refused(tmp_path / "khóa.pdf") == "pdf-password"


def test_thousand_blank_pages_are_counted_and_rendered_in_portions(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for _ in range(1000):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.save(tmp_path / "nghìn.pdf")
    info = inspect(tmp_path / "nghìn.pdf")
    assert len(info.frames) == 1000
    assert not info.text_layer
    assert refused(tmp_path / "nghìn.pdf", Limits(max_pages=999)) == "too-many-pages"
    thumbs = list(render_thumbnails(tmp_path / "nghìn.pdf", 980, 999, 50, Limits()))
    assert [max(thumb.shape) for thumb in thumbs] == [50] * 20


def test_signature_and_text_are_seen() -> None:
    signed = inspect(SHARED / "scans-vi" / "qd_211-QDCT.signed.pdf")
    layered = inspect(SHARED / "scans-vi" / "lit_5a4e7fb8.pdf")
    assert (signed.signed, signed.text_layer) == (True, False)
    assert (layered.signed, layered.text_layer) == (False, True)


@pytest.mark.parametrize("path", sorted((SHARED / "odd-pdf").glob("*.pdf")), ids=lambda path: path.name)
def test_odd_pdf_gives_pages_or_a_reason(path: Path) -> None:
    try:
        info = inspect(path, Limits(seconds=20))
    except BadInputError as err:
        assert err.code.startswith("imaging.")
    else:
        assert info.kind is MasterKind.PDF
        assert all(frame.width > 0 and frame.height > 0 and frame.dpi for frame in info.frames)


@pytest.mark.parametrize("path", sorted((SHARED / "skew").rglob("*.png")), ids=lambda path: path.name)
def test_skewed_pages_are_whole(path: Path) -> None:
    assert inspect(path).frames


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200),
    kind=st.sampled_from([b"", b"II*\0", b"MM\0*", b"\xff\xd8\xff\xe0", b"BM", b"P5 "]),
)
def test_any_bytes_give_a_picture_or_a_reason(tmp_path: Path, data: bytes, kind: bytes) -> None:
    path = tmp_path / "bất kỳ"
    path.write_bytes(kind + data)
    try:
        assert json.dumps([frame.width for frame in inspect(path, Limits(max_pixels=1_000_000)).frames])
    except BadInputError as err:
        assert os.fspath(path) in str(err)
