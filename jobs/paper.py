"""Which sheet of paper a page was fed as: known of what a scanner fed; files may be of any paper or none."""

from __future__ import annotations

from collections.abc import Iterable

from core.model import PageImage
from jobs.home import Home
from jobs.intake import batch_names, load_batch


class FedSheets:
    """Sheets by the journals of a home; the batch that was asked for last is kept in memory."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._batch: str | None = None
        self._known: dict[str, int] = {}

    def of(self, images: Iterable[PageImage]) -> dict[str, int]:
        """Page → number of its sheet within its batch, for the pages of which it is known.

        Raises:
            IntegrityError: a journal is damaged.
        """
        found = {}
        for image in images:
            if image.batch != self._batch:
                self._batch, self._known = image.batch, self._read(image.batch)
            if image.id in self._known:
                found[image.id] = self._known[image.id]
        return found

    def _read(self, batch: str) -> dict[str, int]:
        if batch not in batch_names(self._home):
            return {}
        state = load_batch(self._home, batch)
        fed = {sheet for sheet, source in state.fed_in.items() if source in state.stacks}
        return {page: sheet for page, sheet in state.sheets.items() if sheet in fed}
