"""Tesseract, by way of pytesseract: hOCR out, words with confidence and baselines in."""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytesseract
from lxml import etree

from core.errors import ButlucError, MissingToolError
from core.files import disk_errors
from core.model import Box, Line, Word
from core.process import ToolProbe
from core.text import nfc
from ocr.geometry import bounds
from ocr.preprocess.paper import Grey
from ocr.preprocess.skew import count_upright_rules

PROBE = ToolProbe(
    name="tesseract",
    command=("tesseract", "--version"),
    version_pattern=r"tesseract v?(\d+(?:\.\d+)+)",
    minimum=(5, 0),
    install="apt install tesseract-ocr tesseract-ocr-vie tesseract-ocr-fra",
)
BCP47 = {"vie": "vi", "fra": "fr", "eng": "en", "lat": "la"}
"""Tesseract's language codes → BCP 47."""

# Paper is light: trying every line inverted costs time and invents text. The resolution is left to Tesseract's own
# estimate from the height of lines: told 300 dpi it loses a sixth of the words of small-print tables.
_CONFIG = "--psm {layout} -c tessedit_do_invert=0"
_COLUMNS, _ONE_COLUMN, _ONE_LINE = 3, 4, 7
_MARGIN = 10
"""Pixels of paper around a single line."""
_TABLE = 4
"""Upright rules from which a page is taken for a table: ruled tables showed four to ten, running text up to three."""
_LANGUAGE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_]+)?")


class TesseractEngine:
    """Reads with the installed ``tesseract`` program, one thread per page.

    Args:
        timeout: seconds for one page.
        multi_column: look for columns of running text on every page. Else only ruled tables are taken apart, and lines
            go from edge to edge: on worn pages Tesseract's own layout takes rivers in typewritten paragraphs for
            gutters and drops whole regions.
    """

    def __init__(self, *, timeout: float, multi_column: bool = False) -> None:
        self._timeout = timeout
        self._multi_column = multi_column

    @cached_property
    def name_version(self) -> str:
        """``tesseract 5.3.0``.

        Raises:
            MissingToolError: it is not installed.
        """
        version = PROBE.version()
        if version is None:
            raise MissingToolError("ocr.tesseract-missing", install=PROBE.install)
        return f"tesseract {version}"

    def read(self, image: Grey, languages: Sequence[str]) -> list[Line]:
        """See :class:`ocr.engine.Engine`."""
        with tempfile.TemporaryDirectory(prefix="butluc-ocr-") as folder:
            path = Path(folder) / "page.pgm"
            _write(path, image)
            columns = self._multi_column or count_upright_rules(image) >= _TABLE
            hocr = self._run(path, languages, _CONFIG.format(layout=_COLUMNS if columns else _ONE_COLUMN))
        return parse_hocr(hocr, BCP47.get(languages[0], "und"))

    def read_lines(self, crops: Sequence[Grey], languages: Sequence[str]) -> list[tuple[Word, ...]]:
        """See :class:`ocr.second.LineEngine`; one call of the program for all."""
        with tempfile.TemporaryDirectory(prefix="butluc-ocr-") as folder:
            paths = [Path(folder) / f"{number}.pgm" for number in range(len(crops))]
            for path, crop in zip(paths, crops, strict=True):
                _write(path, np.pad(crop, _MARGIN, constant_values=255))
            lines = Path(folder) / "lines.txt"
            with disk_errors(lines):
                lines.write_text("".join(f"{path}\n" for path in paths))
            pages = _pages(self._run(lines, languages, _CONFIG.format(layout=_ONE_LINE)))
        if len(pages) != len(crops):
            raise ButlucError("ocr.engine-failed", why=f"hOCR: {len(pages)} != {len(crops)}")
        language = BCP47.get(languages[0], "und")
        return [
            tuple(_in_crop(word, crop) for line in _lines(page, language) for word in line.words)
            for page, crop in zip(pages, crops, strict=True)
        ]

    def _run(self, path: Path, languages: Sequence[str], config: str) -> bytes:
        for code in languages:
            if not _LANGUAGE.fullmatch(code):
                raise MissingToolError("ocr.language-missing", language=code, package="tesseract-ocr-all")
        try:
            with _one_thread():
                output = pytesseract.image_to_pdf_or_hocr(
                    str(path), extension="hocr", lang="+".join(languages), config=config, timeout=self._timeout
                )
        except pytesseract.TesseractNotFoundError as err:
            raise MissingToolError("ocr.tesseract-missing", install=PROBE.install) from err
        except pytesseract.TesseractError as err:
            raise _explain(err.message, languages) from err
        except RuntimeError as err:
            raise ButlucError("ocr.timeout", seconds=f"{self._timeout:g}") from err
        except (OSError, UnicodeDecodeError) as err:
            raise ButlucError("ocr.engine-failed", why=str(err)) from err
        return bytes(output)


def _explain(message: str, languages: Sequence[str]) -> ButlucError:
    missing = re.search(r"Failed loading language '([^']+)'", message) or re.search(
        r"Error opening data file \S*?([A-Za-z_]+)\.traineddata", message
    )
    if missing:
        language = missing.group(1)
        package = f"tesseract-ocr-{language.replace('_', '-').lower()}"
        return MissingToolError("ocr.language-missing", language=language, package=package)
    return ButlucError("ocr.engine-failed", why=message[-300:] or f"tesseract -l {'+'.join(languages)}")


@contextmanager
def _one_thread() -> Iterator[None]:
    """Pages are read in parallel by processes; Tesseract's own threads only get in one another's way."""
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("OMP_THREAD_LIMIT", None)
        else:
            os.environ["OMP_THREAD_LIMIT"] = before


def parse_hocr(data: bytes, language: str) -> list[Line]:
    """The lines of Tesseract's hOCR, noise left out.

    Raises:
        ButlucError: the output is not hOCR (the engine was cut short or wrote damaged text).
    """
    return _lines(_root(data), language)


def _root(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except (etree.XMLSyntaxError, ValueError) as err:
        raise ButlucError("ocr.engine-failed", why=f"hOCR: {err}") from err


def _pages(data: bytes) -> list[etree._Element]:
    return _root(data).findall(".//{*}div[@class='ocr_page']")


def _lines(element: etree._Element, language: str) -> list[Line]:
    lines = (_line(child, language) for child in element.iterfind(".//{*}span[@title]") if _is_line(child))
    return [line for line in lines if line is not None]


def _in_crop(word: Word, crop: Grey) -> Word:
    """The word in pixels of the crop that got a margin."""
    height, width = crop.shape
    x0, y0, x1, y1 = (edge - _MARGIN for edge in word.box)
    left, top = min(max(0, x0), width - 1), min(max(0, y0), height - 1)
    return replace(word, box=(left, top, max(left + 1, min(x1, width)), max(top + 1, min(y1, height))))


def _write(path: Path, image: Grey) -> None:
    height, width = image.shape
    # Uncompressed: encoding and decoding a PNG of a page's size costs a quarter of a second.
    with disk_errors(path):
        path.write_bytes(f"P5 {width} {height} 255\n".encode() + image.tobytes())


def _is_line(element: etree._Element) -> bool:
    return element.get("class") in ("ocr_line", "ocr_textfloat", "ocr_header", "ocr_caption")


def _line(element: etree._Element, language: str) -> Line | None:
    words = [_word(child) for child in element.iterfind("{*}span[@class='ocrx_word']")]
    kept = tuple(word for word in words if word is not None)
    if not kept:
        return None
    box = bounds([word.box for word in kept])
    return Line(kept, box, _baseline(element.get("title", ""), box, kept), language)


def _baseline(title: str, box: Box, words: Sequence[Word]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in box)
    # hOCR 1.2: a polynomial against the lower left corner of the line's own box.
    slope, offset = (_numbers(title, "baseline") or [math.inf, 0.0])[-2:]
    quarter = _quarter(title, slope, box, words)
    if quarter:
        return {90: (x1, y1, x1, y0), 180: (x1, y0, x0, y0), 270: (x0, y0, x0, y1)}[quarter]
    if math.isinf(slope):
        return x0, y1, x1, y1
    left, _, _, bottom = _numbers(title, "bbox")
    start, end = (bottom + offset + slope * (x - left) for x in (x0, x1))
    return x0, start, x1, end


def _quarter(title: str, slope: float, box: Box, words: Sequence[Word]) -> int:
    """Degrees counter-clockwise by which a line lies turned: 0, 90, 180, 270.

    Tesseract names the angle only where it has analysed orientation. It reads text on its side all the same; then the
    baseline is missing or steeper than 45°, and the order of the words tells whether the line climbs or falls.
    """
    named = _numbers(title, "textangle")
    if named:
        return round(named[0] / 90) * 90 % 360
    x0, y0, x1, y1 = box
    if abs(slope) <= 1 or y1 - y0 <= x1 - x0:
        return 0
    return 270 if words[0].box[1] < words[-1].box[1] else 90


def _word(element: etree._Element) -> Word | None:
    text = nfc("".join(str(part) for part in element.itertext()).strip())
    title = element.get("title", "")
    confidence = min(1.0, max(0.0, (_numbers(title, "x_wconf") or [0.0])[0] / 100))
    x0, y0, x1, y1 = (int(number) for number in _numbers(title, "bbox")[:4])
    box: Box = (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))
    if not text or is_noise(text, confidence):
        return None
    return Word(" ".join(text.split()), box, confidence)


def is_noise(text: str, confidence: float) -> bool:
    """Whether a word is surely no text: not a letter or digit in it, and the engine hardly believes in it."""
    return confidence < 0.3 and not any(char.isalnum() for char in text)


def _numbers(title: str, name: str) -> list[float]:
    found = re.search(rf"\b{name}((?:\s+-?\d*\.?\d+)+)", title)
    return [float(part) for part in found.group(1).split()] if found else []
