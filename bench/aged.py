"""A set of aged pages that can be made again: ``python -m bench.aged --seed N OUT [--pages FOLDER]...``.

Ages clean pages with :mod:`samples.ageing`: uneven light, fading, worn type, show-through, stains, folds, yellowing,
blur, noise, dark edges, up to 3° of skew, JPEG. The weights were trained with another ageing
(:mod:`ocr.training.ageing`, :mod:`ocr.training.page_ageing`), so that the set does not measure how well that was
learnt. Thresholds of the product were chosen while looking at the shipped sample pages, which this ageing made too,
with other seeds.

Clean pages are the sample case files, set anew and never printed; or, with ``--pages``, the pictures and PDFs below
the folders that have their truth beside them. Under OUT each page is ``NNN.jpg`` beside its truth ``NNN.gt.txt``;
``manifest.json`` lists source, language, seed and the whole recipe of each.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.reading.pages import find_pages
from imaging.raster import load_image
from samples.ageing import AgeingRecipe, age, skew_degrees
from samples.fonts import FontBook
from samples.make import CASES, render_case

LEAST = AgeingRecipe((250, 248, 240), 0.05, 0.0, 0.0, 0.0, 0.0, 0, 0.05, 0, 0.03, 0.5, 0.0, 0.3, 85)
MOST = AgeingRecipe((214, 190, 150), 0.70, 0.46, 0.28, 0.34, 0.15, 9, 0.28, 3, 0.10, 3.6, 6.0, 3.0, 50)
"""Office paper of yesterday, and paper as far gone as a clerk can still read."""
_SPREAD = 0.2
"""Standard deviation of single parts of a recipe about the page's age, of the way from least to most."""
_LANGUAGES = {"vi": "vie", "fr": "fra"}


@dataclass(frozen=True, slots=True)
class CleanPage:
    """RGB pixels ``(height, width, 3)``, what is printed on them, the language, where they come from."""

    image: NDArray[np.uint8]
    truth: str
    language: str
    source: str


def draw_recipe(rng: np.random.Generator) -> AgeingRecipe:
    """What the years did to a page: any age from least to most, each part of the recipe a little off it."""
    years = rng.uniform()

    def share() -> float:
        return float(np.clip(years + rng.normal(0, _SPREAD), 0, 1))

    least, most = asdict(LEAST), asdict(MOST)
    yellowed = share()
    red, green, blue = (
        round(_between(*pair, yellowed)) for pair in zip(least.pop("tint"), most.pop("tint"), strict=True)
    )
    parts: dict[str, Any] = {name: _between(least[name], most[name], share()) for name in least}
    whole = {name: round(value) if isinstance(least[name], int) else round(value, 3) for name, value in parts.items()}
    return AgeingRecipe((red, green, blue), **whole)


def _between(least: float, most: float, share: float) -> float:
    return least + (most - least) * share


def sample_pages() -> Iterator[CleanPage]:
    """The sample case files as they left the press.

    Raises:
        FileNotFoundError: a font is not installed.
    """
    book = FontBook()
    for case in sorted(path.name for path in CASES.iterdir() if path.is_dir()):
        for document, pages in render_case(case, book):
            for number, page in enumerate(pages, 1):
                if not page.blank:
                    source = f"{case}/{document.slug}/{number}"
                    yield CleanPage(page.image, "\n".join(page.lines), _LANGUAGES[document.language], source)


def folder_pages(folders: Iterable[Path]) -> Iterator[CleanPage]:
    """The pages of folders, as :func:`bench.reading.pages.find_pages` finds them."""
    with tempfile.TemporaryDirectory(prefix="bench-aged-") as work:
        for folder in folders:
            for page in find_pages(folder, Path(work)):
                yield CleanPage(load_image(page.image), page.truth, page.language, page.name)


def age_pages(pages: Iterable[CleanPage], seed: int, out: Path) -> list[dict[str, object]]:
    """Writes the aged pages and their truths; gives their entries of the manifest.

    Behind each page lies the one before.

    Raises:
        OSError: a file cannot be written.
    """
    entries: list[dict[str, object]] = []
    behind: NDArray[np.uint8] | None = None
    for number, page in enumerate(pages):
        own = seed * 1000 + number
        recipe = draw_recipe(np.random.default_rng([own, 2]))
        back = page.image if behind is None else behind
        height, width = page.image.shape[:2]
        aged = age(page.image, recipe, own, np.asarray(cv2.resize(back, (width, height)), np.uint8))
        Image.fromarray(aged).save(out / f"{number:03d}.jpg", quality=recipe.jpeg_quality)
        (out / f"{number:03d}.gt.txt").write_text(page.truth, encoding="utf-8")
        entries.append(_entry(number, page, own, recipe))
        behind = page.image
    return entries


def _entry(number: int, page: CleanPage, seed: int, recipe: AgeingRecipe) -> dict[str, object]:
    return {
        "image": f"{number:03d}.jpg",
        "text": f"{number:03d}.gt.txt",
        "lang": page.language,
        "source": page.source,
        "seed": seed,
        "skew_degrees": round(skew_degrees(recipe, seed), 3),
        "recipe": asdict(recipe),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.aged", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--seed", type=int, required=True, help="of every random choice")
    parser.add_argument("--pages", type=Path, action="append", metavar="FOLDER", help="clean pages with their truths")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    pages = folder_pages(given.pages) if given.pages else sample_pages()
    entries = age_pages(pages, given.seed, given.out)
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    (given.out / "manifest.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{len(entries)} pages -> {given.out}")


if __name__ == "__main__":
    main()
