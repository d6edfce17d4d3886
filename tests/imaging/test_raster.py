"""The raster of every kind of picture is upright, sRGB, 8 bits, or a clear error."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.errors import BadInputError, IntegrityError
from core.model import MasterKind, PageImage
from imaging.inspect import inspect
from imaging.limits import Limits
from imaging.raster import load_image, load_page, load_thumbnail


def corner(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """White, with a black mark in the upper left corner."""
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, 10, 5))
    return image


def page_of(path: Path, kind: MasterKind, frame: int = 0) -> PageImage:
    info = inspect(path).frames[frame]
    return PageImage(
        "C.0000001.p0001", path, "", kind, frame, info.width, info.height, info.dpi or 300, "colour", "b", 1, "", 0.0
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["tấm.jpg", "tấm.png", "tấm.tif", "sâu.tif", "sâu.png"])
def test_exif_orientation_is_applied_alike_in_every_format(tmp_path: Path, orientation: int, name: str) -> None:
    turn = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.transpose(np.rot90(a, 2)),
        8: np.rot90,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = corner()
    if name.startswith("sâu"):
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    image.save(tmp_path / name, exif=exif)
    expected = turn(np.asarray(corner()))
    raster = load_image(tmp_path / name)
    assert raster.shape == (*expected.shape, 3)
    assert np.abs(raster[:, :, 1].astype(int) - expected).max() < 40
    assert (inspect(tmp_path / name).frames[0].height, inspect(tmp_path / name).frames[0].width) == expected.shape


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 255), (200, 0, 0)),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("I;16", 32896, (128, 128, 128)),
        ("F", 0.5, (128, 128, 128)),
    ],
)
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str, colour: object, expected: tuple[int, ...]) -> None:
    Image.new(mode, (8, 6), colour).save(tmp_path / "a.tif")
    raster = load_image(tmp_path / "a.tif")
    assert raster.dtype == np.uint8
    assert raster.shape == (6, 8, 3)
    assert tuple(raster[3, 4]) == pytest.approx(expected, abs=1)


def test_palette_with_transparent_colour_lies_on_white(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(0, (0, 0, 2, 4))
    image.save(tmp_path / "p.png", transparency=0)
    raster = load_image(tmp_path / "p.png")
    assert tuple(raster[0, 0]) == (255, 255, 255)
    assert tuple(raster[0, 3]) == (200, 100, 50)


def test_icc_profile_is_converted_and_a_damaged_one_costs_nothing(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    swapped = _swapped_profile()
    image = Image.new("RGB", (4, 4), (200, 30, 30))
    image.save(tmp_path / "swapped.png", icc_profile=swapped)
    image.save(tmp_path / "wrong-space.png", icc_profile=lab)
    image.save(tmp_path / "broken.png", icc_profile=b"not a profile")
    assert tuple(load_image(tmp_path / "swapped.png")[0, 0]) != (200, 30, 30)
    assert tuple(load_image(tmp_path / "wrong-space.png")[0, 0]) == (200, 30, 30)
    assert tuple(load_image(tmp_path / "broken.png")[0, 0]) == (200, 30, 30)


def _swapped_profile() -> bytes:
    """sRGB with the primaries of red and blue exchanged and another name."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data.replace(b"rXYZ", b"tmpZ").replace(b"bXYZ", b"rXYZ").replace(b"tmpZ", b"bXYZ")
    return data.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be")).replace(b"sRGB", b"test")


def test_pdf_page_is_rendered_at_exactly_the_size_inspected(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for turn, size in ((0, (595, 842)), (90, (595, 842)), (270, (411.3, 291.7)), (180, (100, 900))):
        page = pdf.add_blank_page(page_size=size)
        page.Rotate = turn
        page.Contents = pdf.make_stream(b"0 0 0 rg 0 0 40 20 re f")
    pdf.save(tmp_path / "xoay.pdf")
    dark = []
    for frame in range(4):
        page = page_of(tmp_path / "xoay.pdf", MasterKind.PDF, frame)
        raster = load_page(page)
        assert raster.shape == (page.height, page.width, 3)
        rows, columns = np.nonzero(raster[:, :, 0] < 128)
        dark.append((rows.mean() > page.height / 2, columns.mean() > page.width / 2))
    assert dark == [(True, False), (False, False), (True, True), (False, True)]


def test_crop_box_is_what_is_displayed(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    page.CropBox = pikepdf.Array([100, 100, 400, 300])
    pdf.save(tmp_path / "c.pdf")
    info = inspect(tmp_path / "c.pdf").frames[0]
    assert (info.width, info.height) == (1250, 833)


def test_master_that_changed_its_size_is_named(tmp_path: Path) -> None:
    corner().save(tmp_path / "a.png")
    page = page_of(tmp_path / "a.png", MasterKind.IMAGE)
    corner((20, 40)).save(tmp_path / "a.png")
    with pytest.raises(IntegrityError) as caught:
        load_page(page)
    assert caught.value.code == "imaging.size-changed"
    with pytest.raises(BadInputError):
        load_page(replace(page, master=tmp_path / "mất.png"))


def test_frame_beyond_the_last_is_an_error(tmp_path: Path) -> None:
    corner().save(tmp_path / "a.tif", save_all=True, append_images=[corner()])
    assert load_image(tmp_path / "a.tif", 1).shape == (20, 40, 3)
    with pytest.raises(BadInputError):
        load_image(tmp_path / "a.tif", 2)


def test_limit_holds_for_a_later_frame_too(tmp_path: Path) -> None:
    corner((10, 10)).save(tmp_path / "a.tif", save_all=True, append_images=[corner((100, 100))])
    with pytest.raises(BadInputError) as caught:
        load_image(tmp_path / "a.tif", 1, limits=Limits(max_pixels=1000))
    assert caught.value.code == "imaging.too-large"


def test_pipe_is_refused_without_reading(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ống.jpg")
    with pytest.raises(BadInputError) as caught:
        load_image(tmp_path / "ống.jpg")
    assert caught.value.code == "imaging.not-a-file"


def small_of(path: Path, longest: int = 100) -> NDArray[np.uint8]:
    return load_thumbnail(page_of(path, MasterKind.PDF if path.suffix == ".pdf" else MasterKind.IMAGE), longest)


@pytest.mark.parametrize("name", ["trang.jpg", "trang.jp2", "trang.png", "trang.tif", "trang.pdf"])
def test_a_small_picture_shows_the_page_whatever_its_format(tmp_path: Path, name: str) -> None:
    pixels = np.full((1400, 1000, 3), 240, np.uint8)
    pixels[:700, 500:] = (200, 30, 30)  # top right
    Image.fromarray(pixels).save(tmp_path / name)
    small = small_of(tmp_path / name)
    assert small.shape[0] == 100 and small.shape[1] in (71, 72)
    assert np.abs(small[20, 55].astype(int) - (200, 30, 30)).max() < 8 and small[80, 55].min() > 230
    assert small[20, 15].min() > 230


def test_a_small_picture_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.full((800, 1600, 3), 240, np.uint8)
    pixels[:, :800] = 20
    Image.fromarray(pixels).save(tmp_path / "nằm.jpg", exif=exif)
    small = small_of(tmp_path / "nằm.jpg")
    assert small.shape == (100, 50, 3) and small[10].max() < 60 and small[90].min() > 200


def test_jpeg_2000_without_levels_and_small_pages_are_shown_as_they_are(tmp_path: Path) -> None:
    image = Image.fromarray(np.full((900, 600), 90, np.uint8))
    image.save(tmp_path / "một bậc.jp2", num_resolutions=1)
    assert small_of(tmp_path / "một bậc.jp2").shape == (100, 67, 3)
    image.resize((40, 60)).save(tmp_path / "bé.png")
    assert small_of(tmp_path / "bé.png").shape == (60, 40, 3)


def test_a_damaged_page_has_no_small_picture(tmp_path: Path) -> None:
    path = tmp_path / "cụt.jpg"
    Image.fromarray(np.full((900, 600), 90, np.uint8)).save(path)
    page = page_of(path, MasterKind.IMAGE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(BadInputError):
        load_thumbnail(page, 100)
