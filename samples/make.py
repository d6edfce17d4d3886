"""Makes the sample case files: ``python -m samples.make [--out DIR] [--dpi 300] [--seed N]``.

Under DIR each case file is a folder of documents and each document a folder of pages: ``p01.jpg`` beside its printed
text ``p01.txt``. ``manifest.json`` tells of every page how it was made and what it prints.
"""

from __future__ import annotations

import argparse
import json
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples.ageing import RECIPES, age, skew_degrees, skew_matrix
from samples.fonts import FontBook
from samples.layout import RenderedPage, render_document
from samples.setting import Style

CASES = Path(__file__).parent / "cases"
CASE_FILES = Path(__file__).parent / "case-files"
SEED = 1975


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a case file: its folder's name, its text in markup, its style, and what it prints."""

    slug: str
    ordinal: int
    kind: str
    title: str
    language: str
    recipe: str
    first_folio: int
    text: str
    style: Style
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgedPage:
    """A page as it goes to disk: RGB pixels, printed text, and its entry of the manifest (without file names)."""

    image: NDArray[np.uint8]
    truth: str
    record: dict[str, Any]


def read_document(path: Path) -> Document:
    """Reads a document's TOML file, named ``NN-slug.toml``.

    Raises:
        KeyError: a key is missing.
        tomllib.TOMLDecodeError: the file is no TOML.
    """
    data = tomllib.loads(unicodedata.normalize("NFC", path.read_text("utf-8")))
    names = ("face", "size", "leading", "seal", "typed_face", "envelope", "star")
    return Document(
        path.stem, int(path.stem.split("-")[0]), data["kind"], data["title"], data["language"], data["recipe"],
        data["folio"], data["text"], Style(**{name: data[name] for name in names if name in data}), data["fields"],
    )  # fmt: skip


def read_case(case_file: str, root: Path = CASES) -> list[Document]:
    """The documents of a case file in order.

    Raises:
        FileNotFoundError: there is no such case file.
    """
    paths = sorted((root / case_file).glob("*.toml"))
    if not paths:
        raise FileNotFoundError(f"{root / case_file} holds no document")
    return [read_document(path) for path in paths]


def document_seed(case_file: str, document: Document, seed: int) -> int:
    """The seed of a document: its own for each, and the same on every machine."""
    return seed * 1000 + zlib.crc32(f"{case_file}/{document.slug}".encode()) % 1000


def render_case(
    case_file: str, book: FontBook, dpi: int = 300, seed: int = SEED, root: Path = CASES
) -> Iterator[tuple[Document, list[RenderedPage]]]:
    """The clean pages of a case file, document by document.

    Raises:
        FileNotFoundError: there is no such case file, or a font is not installed.
    """
    for document in read_case(case_file, root):
        document_number = document_seed(case_file, document, seed)
        yield document, render_document(document.text, document.style, book, dpi, document_number, document.first_folio)


def age_pages(document: Document, pages: Sequence[RenderedPage], seed: int) -> Iterator[AgedPage]:
    """The aged pages of a document; ``seed`` as from ``document_seed``.

    A blank page is the back of the one before it; behind any other page lies the next one, which has left its print.
    """
    for number, page in enumerate(pages):
        beside = pages[number - 1] if page.blank else pages[(number + 1) % len(pages)]
        yield age_page(document, page, beside, seed * 100 + number)


def age_page(document: Document, page: RenderedPage, beside: RenderedPage, seed: int) -> AgedPage:
    """One aged page with its text and its entry of the manifest."""
    recipe = RECIPES[document.recipe]
    image = age(page.image, recipe, seed, beside.image)
    degrees = skew_degrees(recipe, seed)
    record = {
        "document": document.slug,
        "ordinal": document.ordinal,
        "kind": document.kind,
        "title": document.title,
        "language": document.language,
        "face": document.style.face,
        "aged": True,
        "recipe": document.recipe,
        "seed": seed,
        "skew_degrees": round(degrees, 3),
        "width": image.shape[1],
        "height": image.shape[0],
        "folio": page.folio,
        "blank": page.blank,
        "seals": [turned_box(box, (image.shape[0], image.shape[1]), degrees) for box in page.seals],
        "handwriting": list(page.handwriting),
        "fields": document.fields,
    }
    return AgedPage(image, "".join(f"{line}\n" for line in page.lines), record)


def turned_box(box: tuple[int, int, int, int], shape: tuple[int, int], degrees: float) -> list[int]:
    """The upright box around a box after the page was laid at an angle, ``[x0, y0, x1, y1]`` in pixels."""
    x0, y0, x1, y1 = box
    corners = np.array([(x0, y0, 1), (x1, y0, 1), (x1, y1, 1), (x0, y1, 1)], np.float64)
    turned = np.round(corners @ skew_matrix(shape, degrees).T, 6)
    return [int(v) for v in (*np.floor(turned.min(axis=0)), *np.ceil(turned.max(axis=0)))]


def make(out: Path = CASE_FILES, dpi: int = 300, seed: int = SEED, root: Path = CASES) -> dict[str, Any]:
    """Writes every case file under ``out`` and gives the manifest.

    Raises:
        FileNotFoundError: a font is not installed.
        OSError: a file cannot be written.
    """
    book = FontBook()
    entries: list[dict[str, Any]] = []
    for case_file in sorted(path.name for path in root.iterdir() if path.is_dir()):
        for document, pages in render_case(case_file, book, dpi, seed, root):
            folder = out / case_file / document.slug
            folder.mkdir(parents=True, exist_ok=True)
            aged = age_pages(document, pages, document_seed(case_file, document, seed))
            for number, page in enumerate(aged, 1):
                name = f"{case_file}/{document.slug}/p{number:02d}"
                _write(out / f"{name}.jpg", page, RECIPES[document.recipe].jpeg_quality, dpi)
                entries.append({"file": f"{name}.jpg", "truth": f"{name}.txt", "case_file": case_file, **page.record})
    manifest = {"dpi": dpi, "seed": seed, "fictional": True, "pages": entries}
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return manifest


def _write(path: Path, page: AgedPage, quality: int, dpi: int) -> None:
    Image.fromarray(page.image).save(path, quality=quality, dpi=(dpi, dpi), optimize=True)
    path.with_suffix(".txt").write_text(page.truth, "utf-8")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m samples.make", description="Makes the sample case files.")
    parser.add_argument("--out", type=Path, default=CASE_FILES, metavar="DIR", help="where to write them")
    parser.add_argument("--dpi", type=int, default=300, help="resolution in pixels per inch")
    parser.add_argument("--seed", type=int, default=SEED, help="of every random choice")
    options = parser.parse_args()
    made = make(options.out, options.dpi, options.seed)
    print(f"{len(made['pages'])} pages -> {options.out}")


if __name__ == "__main__":
    main()
