"""The pages to read: pictures and one-page PDFs, each with its truth beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from imaging.limits import DEFAULT_LIMITS
from imaging.pdf import inspect_pdf, render_page

FEWEST_WORDS = 10
"""A truth with fewer tells little and weighs as much as a full page."""
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
VIETNAMESE = "vie"
_UNDERLINED = re.compile(r"(?<!\S)_(?=[^\s_])")
_RAISED = re.compile(r"\^(?=\w)")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a set.

    Attributes:
        name: path from the set's folder, its name included, without ending.
        image: the picture; of a PDF, the picture that was rendered from it.
        truth: what is printed on it.
        language: Tesseract's code; told to peers, not to our engines.
    """

    name: str
    image: Path
    truth: str
    language: str = VIETNAMESE


def find_pages(folder: Path, work: Path, *, marked: bool = False) -> Iterator[Page]:
    """The pages below a folder in the order of their names.

    The truth of ``NAME.jpg`` or ``NAME.pdf`` is ``NAME.gt.txt`` or ``NAME.txt``; what has none, or one of fewer than
    ten words, is passed over. Languages stand in a ``manifest.json`` beside the pictures (see :func:`languages`).

    Args:
        folder: looked through with all folders below it.
        work: where PDFs are rendered to, at the resolution of the scan that they hold.
        marked: take the marks of underlining and of raised letters out of the truths.
    """
    told: dict[Path, Mapping[str, str]] = {}
    for source in sorted(path for path in folder.rglob("*") if path.suffix.lower() in (*PICTURES, ".pdf")):
        truth = _truth(source)
        if len(truth.split()) < FEWEST_WORDS:
            continue
        if source.parent not in told:
            told[source.parent] = languages(source.parent / "manifest.json")
        name = f"{folder.name}/{source.relative_to(folder).with_suffix('')}"
        image = _rendered(source, work / f"{name}.png") if source.suffix.lower() == ".pdf" else source
        text = without_marks(truth) if marked else truth
        yield Page(name, image, text, told[source.parent].get(source.name, VIETNAMESE))


def spread(pages: list[Page], most: int | None) -> list[Page]:
    """At most so many of the pages, evenly spread; all of them for ``None``."""
    if most is None or most >= len(pages):
        return pages
    return [pages[number * len(pages) // most] for number in range(most)]


def without_marks(truth: str) -> str:
    """A truth without ``_`` before underlined words and without ``^`` before raised letters."""
    return _RAISED.sub("", _UNDERLINED.sub("", truth))


def languages(manifest: Path) -> Mapping[str, str]:
    """File name → language, from a manifest that is a list of objects with ``image`` and ``lang``; else nothing."""
    if not manifest.exists():
        return {}
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    listed = entries if isinstance(entries, list) else []
    return {entry["image"]: entry["lang"] for entry in listed if "image" in entry and "lang" in entry}


def _truth(source: Path) -> str:
    beside = (source.with_suffix(".gt.txt"), source.with_suffix(".txt"))
    return next((path.read_text(encoding="utf-8") for path in beside if path.exists()), "")


def _rendered(pdf: Path, target: Path) -> Path:
    """The first page of a PDF as a picture that states its resolution."""
    target.parent.mkdir(parents=True, exist_ok=True)
    page = inspect_pdf(pdf, DEFAULT_LIMITS).pages[0]
    raster = render_page(pdf, 0, page.width, page.height)
    Image.fromarray(raster).save(target, dpi=(page.dpi, page.dpi), compress_level=1)
    return target
