"""What stands behind the signatures: documents, what was done, pages to look at with small pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.errors import ButlucError
from core.ids import split_page
from core.model import Flag
from scanner.batch import counts
from scanner.batchsheet.paper import Column, Paper
from scanner.batchsheet.record import Record
from scanner.batchsheet.shown import Shown, reason_of, shown_pages
from scanner.batchsheet.terms import Terms
from scanner.batchsheet.thumbnails import thumbnails
from scanner.gate.findings import Verdict

_CARD = (86.0, 43.0)
_BOX = (28.0, 39.5)
_STAMP = (17.0, 29.0)
_STAMP_BOX = (16.0, 22.0)
_ACROSS = 10
_INCH = 25.4
_DPI = 200
"""Of the pictures as they are printed."""


def draw_documents(paper: Paper, record: Record, terms: Terms) -> None:
    """Each document with its sheets and pages."""
    said, state = terms.said, record.state
    sheets: dict[str, list[int]] = {}
    """Sheet of each page that counts, by document."""
    for page in state.pages:
        if counts(page) and Flag.COVER not in page.flags:
            sheets.setdefault(split_page(page.id)[0], []).append(state.sheets[page.id])
    known = [document for document in state.documents.values() if document.id in sheets]
    rows = [
        [str(number), it.id, it.label, str(len(set(sheets[it.id]))), str(len(sheets[it.id]))]
        for number, it in enumerate(known, 1)
    ]
    every = [sheet for own in sheets.values() for sheet in own]
    rows.append(["", said("total"), "", str(len(set(every))), str(len(every))])
    paper.heading(said("documents"))
    columns = [
        Column(said("column-number"), 8, "R"), Column(said("column-document"), 60), Column(said("column-label"), 40),
        Column(said("column-sheet-count"), 12, "R"), Column(said("column-page-count"), 12, "R"),
    ]  # fmt: skip
    paper.grid(columns, rows, bold=[len(rows) - 1])


def draw_acts(paper: Paper, record: Record, terms: Terms) -> None:
    """What people did, in order."""
    said = terms.said
    rows = [
        [terms.time(act.at), said(f"done-{act.what}"), act.object, act.by, reason_of(act, terms.lang)]
        for act in record.done
    ]
    if not rows:
        return
    paper.heading(said("acts"))
    columns = [
        Column(said("column-time"), 31), Column(said("column-act"), 25), Column(said("column-object"), 62),
        Column(said("column-who"), 26), Column(said("column-reason"), 31),
    ]  # fmt: skip
    paper.grid(columns, rows)


def draw_pages(paper: Paper, record: Record, terms: Terms, tell: Callable[[int, int], None]) -> None:
    """Pages to look at as cards, blank ones as stamps."""
    shown = shown_pages(record, terms.lang)
    cards, stamps = ([it for it in shown if it.small is small] for small in (False, True))
    sides = {True: _STAMP_BOX, False: _BOX}
    wanted = [(it.page, round(max(sides[it.small]) / _INCH * _DPI)) for it in [*cards, *stamps]]
    made = thumbnails(wanted, tell)
    if cards:
        paper.heading(terms.said("pages", count=len(cards)))
        _draw_cards(paper, terms, cards, made)
    if stamps:
        paper.heading(terms.said("blank-pages", count=len(stamps)))
        _draw_stamps(paper, terms, stamps, made)


def _draw_cards(paper: Paper, terms: Terms, cards: Sequence[Shown], made: Iterable[bytes | ButlucError]) -> None:
    """Two to a row."""
    wide, high = _CARD
    top = paper.get_y()
    for number, (card, picture) in enumerate(zip(cards, made, strict=False)):
        if number % 2 == 0:
            if number:
                paper.set_y(top + high)
            paper.room(high)
            top = paper.get_y()
        left = paper.l_margin + number % 2 * (wide + 3)
        jpeg, instead = _either(picture, terms)
        paper.picture(jpeg, left, top, *_BOX, instead)
        paper.set_xy(left + _BOX[0] + 1.5, top)
        _caption(paper, terms, card, wide - _BOX[0] - 1.5)
    paper.set_y(top + high)


def _caption(paper: Paper, terms: Terms, card: Shown, width: float) -> None:
    left = paper.get_x()
    paper.fitted(card.page.id, width, 3, 8.5, bold=True)
    paper.set_x(left)
    verdict = f" · {terms.said(f'verdict-{card.verdict}')}" if card.verdict is not Verdict.PASS else ""
    paper.fitted(terms.said("on-sheet", sheet=card.sheet) + verdict, width, 1, 8.5, bold=True)
    paper.set_x(left)
    paper.fitted(" · ".join(card.words), width, 7, 8)


def _draw_stamps(paper: Paper, terms: Terms, stamps: Sequence[Shown], made: Iterable[bytes | ButlucError]) -> None:
    """Ten to a row, with sheet, and page behind its case file."""
    wide, high = _STAMP
    top = paper.get_y()
    for number, (stamp, picture) in enumerate(zip(stamps, made, strict=False)):
        if number % _ACROSS == 0:
            if number:
                paper.set_y(top + high)
            paper.room(high)
            top = paper.get_y()
        left = paper.l_margin + number % _ACROSS * (wide + 0.5)
        jpeg, instead = _either(picture, terms)
        paper.picture(jpeg, left, top, *_STAMP_BOX, instead)
        paper.set_xy(left, top + _STAMP_BOX[1] + 0.5)
        paper.fitted(terms.said("on-sheet", sheet=stamp.sheet), wide, 1, 7)
        paper.set_x(left)
        paper.fitted(".".join(stamp.page.id.split(".")[-2:]), wide, 1, 6.5)
    paper.set_y(top + high)


def _either(picture: bytes | ButlucError, terms: Terms) -> tuple[bytes | None, str]:
    """The picture, or why there is none."""
    return (None, picture.message(terms.lang)) if isinstance(picture, ButlucError) else (picture, "")
