"""Reading pages in a worker process: each once, kept in the cache by the hash of its picture and of its recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from core import __version__
from core.config import fill, plain
from core.errors import BadInputError, MissingToolError
from core.files import canonical_json, digest, disk_errors, is_full, write_atomic
from core.model import PageImage, RecognizedPage
from imaging.raster import load_page
from ocr.engine import make_engine
from ocr.options import OcrOptions
from ocr.preprocess.vote import Finding, vote
from ocr.reader import read_page, read_turned
from ocr.reading import Engine


@dataclass(frozen=True, slots=True)
class PageTask:
    """Read one page."""

    image: PageImage
    options: OcrOptions
    cache: Path
    rotation: int | None = None
    """How the page lies, where its document knows better than it does itself."""

    @property
    def key(self) -> str:
        """Hash of the picture and of the recipe that reads it."""
        image = self.image
        recipe = [plain(self.options), engine(self.options).name_version, __version__, self.rotation]
        return digest([image.sha256, image.kind, image.frame, image.width, image.height, recipe])

    @property
    def path(self) -> Path:
        """Where the reading is kept."""
        return self.cache / "pages" / self.key[:2] / f"{self.key}.json"


@cache
def engine(options: OcrOptions) -> Engine:
    """The engine of this process, made once."""
    return make_engine(options)


def work_folder(cache: Path) -> Path:
    """Where what is not yet whole lies, on the file system of the cache; emptied by every run."""
    return cache / "work"


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Call a full disk a full disk, whatever a tool that ran into it says."""
    try:
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            yield
    except MissingToolError:
        raise
    except Exception as err:
        if is_full(folder):
            raise MissingToolError("core.disk-full", file=folder) from err
        raise


def read(task: PageTask) -> None:
    """Read a page into the cache.

    Raises:
        ButlucError: the master cannot be decoded, the engine failed or ran out of time.
        MissingToolError: the disk is full, or the engine is not installed.
    """
    if kept_reading(task) is not None:
        return
    work = work_folder(task.cache)
    with room_in(work):
        task.path.parent.mkdir(parents=True, exist_ok=True)
        if task.rotation is None:
            page = read_page(load_page(task.image), task.options, engine(task.options))
        else:
            page = _read_as_told(task, task.rotation)
        write_atomic(task.path, canonical_json(plain(page)).encode(), by_way_of=work)


def _read_as_told(task: PageTask, rotation: int) -> RecognizedPage:
    options = replace(task.options, orientation=False)
    return read_turned(load_page(task.image), rotation, options, engine(options))


def kept_reading(task: PageTask) -> RecognizedPage | None:
    """The page as it was read; ``None`` where the cache has no reading, or a damaged one."""
    try:
        return fill(RecognizedPage, json.loads(task.path.read_bytes()), file=task.path)
    except (FileNotFoundError, ValueError, BadInputError):
        return None


def read_together(tasks: Sequence[PageTask]) -> list[RecognizedPage]:
    """The pages of a document as they were read; those whose own evidence is weak as the others of the document lie."""
    pages = [_demand_reading(page) for page in tasks]
    if not all(task.options.orientation for task in tasks):
        return pages
    agreed = vote([Finding(page.rotation, page.sureness, page.width > page.height) for page in pages])
    return [
        page if rotation == page.rotation or not page.lines else _demand_reading(replace(own, rotation=rotation))
        for own, page, rotation in zip(tasks, pages, agreed, strict=True)
    ]


def _demand_reading(task: PageTask) -> RecognizedPage:
    page = kept_reading(task)
    if page is None:  # the cache was emptied or damaged since the page was read
        read(task)
        page = kept_reading(task)
    assert page is not None, f"{task.path} was just written"
    return page
