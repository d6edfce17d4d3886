"""A batch with covers and the person who settles what they leave unclear."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.ids import split_page
from core.model import Flag
from scanner import lineage, settling, transfer
from scanner.acts import Act, Changed, Others
from scanner.batch import BatchState, counts
from scanner.covers.payload import new_cover
from scanner.replay import replay
from scanner.sheets import FedFile
from tests.scanner.feeding import UNJUDGED, ordinals
from tests.scanner.mixed_stacks import (
    SECOND,
)

ACT = Act("Nguyễn Thị Lan", "đọc bằng mắt ở chân bìa")

TORN = new_cover(SECOND, document=5, sheets=2)


class Desk:
    """A batch and the person who settles it."""

    def __init__(self, home: Path) -> None:
        self.folder, self.lock = home / "lô-1", home / "run" / "khóa"
        self.others = Others(ordinals(home))

    @property
    def state(self) -> BatchState:
        return replay(self.folder)

    def side(self, sheet: int, back: bool = False) -> str:
        """The page that counts of a sheet's side."""
        state = self.state
        found = [page.id for page in state.pages if state.sheets[page.id] == sheet and counts(page)]
        return sorted(found, key=lambda page: state.fed_as[page])[back]

    def settle(self, page: str, cover: Mapping[str, Any] | None) -> Changed:
        return settling.settle(self.folder, self.lock, page, cover, ACT, self.others)

    def confirm(self, page: str) -> Changed:
        return settling.confirm(self.folder, self.lock, page, ACT, self.others)

    def move(self, page: str, target: str, after: str | None = None) -> Changed:
        return transfer.move_page(self.folder, self.lock, page, target, after, ACT, self.others)

    def move_document(self, document: str, case_file: str) -> str:
        return transfer.move_document(self.folder, self.lock, document, case_file, ACT, self.others).document

    def rescan(self, page: str, path: Path) -> Changed:
        file = FedFile(path, str(path))
        return lineage.rescan(self.folder, self.lock, page, file, UNJUDGED, ACT, self.others)

    def remove(self, page: str) -> Changed:
        return lineage.remove(self.folder, self.lock, page, ACT, self.others)

    def documents(self) -> dict[str, list[int]]:
        """Sheets of the pages that count, in reading order, by document."""
        state, found = self.state, dict[str, list[int]]()
        for page in state.ordered():
            if counts(page) and Flag.COVER not in page.flags:
                found.setdefault(split_page(page.id)[0], []).append(state.sheets[page.id])
        return found
