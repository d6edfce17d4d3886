"""What every act of a person on a batch shares: who and why, the batch held open for it, and its end.

A closed batch is opened for the act and closed again if it still adds up.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import ids
from core.errors import UsageError
from core.model import PageImage
from scanner.batch import BatchState, Document, counts, stack_of
from scanner.journal import Journal
from scanner.reparting import part_anew
from scanner.replay import note, opened
from scanner.stacks import PREFIX, Allocate


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, and why.

    Raises:
        UsageError: no name or no reason.
    """

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise UsageError("scanner.no-name")
        if not self.reason.strip():
            raise UsageError("scanner.no-reason")

    @property
    def fields(self) -> dict[str, str]:
        """As the journal keeps it."""
        return {"by": self.by.strip(), "reason": self.reason.strip()}


@dataclass(frozen=True, slots=True)
class Others:
    """What a batch does not know by itself: ordinals of documents, and the prints of covers that other batches hold."""

    allocate: Allocate
    used: Container[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changed:
    """The page that the act made or was done to, the one that it replaced, and the batch now."""

    page: PageImage
    before: PageImage | None
    state: BatchState


def live(state: BatchState, page: str) -> PageImage:
    """A page that counts.

    Raises:
        UsageError: there is none of that name.
    """
    found = next((image for image in state.pages if image.id == page), None)
    if found is None:
        raise UsageError("scanner.no-such-page", page=page, batch=state.batch)
    if not counts(found):
        raise UsageError("scanner.page-counts-no-more", page=page)
    return found


@dataclass(frozen=True, slots=True)
class Amended:
    """A batch on which a person acts."""

    folder: Path
    journal: Journal
    state: BatchState
    act: Act
    others: Others

    def note(self, items: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Journal entries; a closed batch is opened first."""
        reopened = [("reopened", self.act.fields)] if self.state.state == "closed" else []
        note(self.journal, self.state, [*reopened, *items])

    def live(self, page: str) -> PageImage:
        """As :func:`live`."""
        return live(self.state, page)

    def document(self, name: str) -> Document:
        """A document of the batch.

        Raises:
            UsageError: there is none of that name.
        """
        if name not in self.state.documents:
            raise UsageError("scanner.no-such-document", document=name, batch=self.state.batch)
        return self.state.documents[name]

    def stack(self, page: str) -> str:
        """Source key of the stack or source that a page's document is part of."""
        return stack_of(self.state.documents[ids.split_page(page)[0]].source_key)

    def ended(self, key: str) -> None:
        """Stop where a stack is not at its end: where its next sheets go is not known yet.

        Raises:
            UsageError: it is not.
        """
        if key not in self.state.found:
            raise UsageError("scanner.stack-not-ended", batch=self.state.batch)

    def part_anew(self, *keys: str) -> None:
        """Part those of these stacks anew that were scanned and are at their end."""
        for key in dict.fromkeys(keys):
            if key.startswith(PREFIX) and key in self.state.found:
                part_anew(self.journal, self.state, key, self.act.fields, self.others.allocate, self.others.used)

    def parted_anew(self, page: str) -> PageImage:
        """Part the stack of a page anew; the page, by the name that it has then."""
        state = self.state
        place = state.sheets[page], state.fed_as[page]
        self.part_anew(self.stack(page))
        return next(it for it in state.pages if (state.sheets[it.id], state.fed_as[it.id]) == place and counts(it))


@contextmanager
def amending(folder: Path, lock: Path, act: Act, others: Others, *, settles: bool = False) -> Iterator[Amended]:
    """Hold a batch for one act. ``settles``: one whose sheets were counted is closed by it if it adds up then.

    Raises:
        MissingToolError: another command works on the batch.
        IntegrityError: the journal is damaged.
    """
    with opened(folder, lock) as (journal, state):
        closes = state.state == "closed" or (settles and bool(state.expected))
        yield Amended(folder, journal, state, act, others)
        if closes and state.state == "open" and not state.problems():
            note(journal, state, [("closed", {"by": act.by, "reason": None, "problems": []})])
