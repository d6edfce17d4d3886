"""The sheet of a batch as a PDF on A4: figures that can be recounted with a pencil, signatures, pages to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from core.ids import fonds_of
from imaging.typeface import faces
from scanner.batchsheet.annex import draw_acts, draw_documents, draw_pages
from scanner.batchsheet.arithmetic import Arithmetic, PictureState, SheetState, arithmetic
from scanner.batchsheet.paper import Column, Paper
from scanner.batchsheet.record import LONGEST_PAUSE, Record
from scanner.batchsheet.terms import Terms

_SIGNATURES = ("operator", "checker", "in-charge")


@dataclass(frozen=True, slots=True)
class Imprint:
    """When (with the zone in which times are shown) and by whom the sheet is printed, for whom, in which language."""

    at: datetime
    who: str
    organisation: str
    lang: str


def sheet_pdf(record: Record, imprint: Imprint, tell: Callable[[int, int], None]) -> bytes:
    """The PDF.

    Args:
        record: the batch.
        imprint: see there.
        tell: is told of each small picture how many are made, of how many.
    """
    terms = Terms(imprint.lang, imprint.at)
    foot = {"batch": record.state.batch, "lines": len(record.entries), "head": record.head[:16]}
    paper = Paper(lambda number: terms.said("foot", page=number, pages="{nb}", **foot))
    paper.set_lang(imprint.lang)
    paper.set_title(f"{terms.said('title')} {record.state.batch}")
    paper.set_creation_date(imprint.at)
    with faces(paper):
        paper.add_page()
        _Front(paper, record, terms, imprint).draw()
        paper.add_page()
        draw_documents(paper, record, terms)
        draw_acts(paper, record, terms)
        draw_pages(paper, record, terms, tell)
        return bytes(paper.output())


@dataclass(frozen=True, slots=True)
class _Front:
    paper: Paper
    record: Record
    terms: Terms
    imprint: Imprint

    def draw(self) -> None:
        """Title, who and when, figures, verdict, signatures."""
        paper, said = self.paper, self.terms.said
        paper.text_line(self.imprint.organisation, 11)
        paper.ln(2)
        paper.text_line(said("title"), 20, bold=True, align="C")
        paper.text_line(self.record.state.batch, 14, bold=True, align="C")
        if self.record.closing is None:
            paper.framed(said("open"))
        paper.ln(2)
        paper.pairs(self._about())
        paper.heading(said("arithmetic"))
        self._figures()
        paper.heading(said("verdict"))
        self._verdict()
        self._signatures()

    def _about(self) -> list[tuple[str, str]]:
        record, said, state = self.record, self.terms.said, self.record.state
        case_files = list(dict.fromkeys(document.case_file for document in state.documents.values()))
        profiles = dict.fromkeys(document.profile for document in state.documents.values())
        return [
            (said("fonds"), ", ".join(dict.fromkeys(map(fonds_of, case_files))) or "–"),
            (said("case-files"), self._listed(case_files)),
            (said("profile"), ", ".join(profiles) or "–"),
            (said("operators"), ", ".join(record.operators) or said("unknown")),
            (said("devices"), self._devices()),
            (said("begun"), self.terms.time(record.begun)),
            (said("ended"), self.terms.time(record.closing.at) if record.closing else said("not-closed")),
            (said("worked"), self._worked()),
        ]

    def _listed(self, names: list[str]) -> str:
        if len(names) < 2:
            return "".join(names) or "–"
        return self.terms.said("listed", count=len(names), names=", ".join(names))

    def _devices(self) -> str:
        """Each with what it did not do as asked; files have none."""
        said = self.terms.said
        lines = [
            " ".join([f"{it.name} ({it.model}).", *(entry.message(self.imprint.lang) for entry in it.compromises)])
            for it in self.record.devices
        ]
        return "\n".join(lines) or said("no-device")

    def _worked(self) -> str:
        pace, said = self.record.pace, self.terms.said
        minutes = said("minutes", minutes=self.terms.number(pace.seconds / 60), pause=round(LONGEST_PAUSE / 60))
        if pace.per_minute is None:
            return minutes
        return f"{minutes}; {said('pace', speed=self.terms.number(pace.per_minute))}"

    def _figures(self) -> None:
        """Sheets at the left, pictures at the right, each with its sum beneath."""
        said, sums = self.terms.said, arithmetic(self.record.state)
        sheets = [(said(f"sheets-{kind}"), str(sums.sheets[kind])) for kind in SheetState]
        sheets.append((said("sheets-doubled"), str(sums.doubled)))
        pictures = [(said(f"pictures-{kind}"), str(sums.pictures[kind])) for kind in PictureState]
        rows = [(*left, "", *right) for left, right in zip_longest(sheets, pictures, fillvalue=("", ""))]
        rows.append((said("sheets-fed"), str(sums.fed), "", said("pictures-all"), str(sums.images)))
        number, gap = Column("", 9, "R"), Column("", 6)
        columns = [Column(said("column-sheets"), 34), number, gap, Column(said("column-pictures"), 34), number]
        self.paper.grid(columns, rows, bold=[len(rows) - 1])
        self.paper.ln(1.5)
        for line in self._sums(sums):
            self.paper.text_line(line)

    def _sums(self, sums: Arithmetic) -> list[str]:
        """The same as equations, and what is among the sheets held."""
        said = self.terms.said
        fed = " + ".join(map(str, [*sums.sheets.values(), sums.doubled]))
        images = " + ".join(map(str, sums.pictures.values()))
        lines = [
            said("sum-fed", sum=fed, total=sums.fed),
            said("sum-images", sum=images, total=sums.images),
            said("among", blank=sums.blank, rescanned=sums.rescanned, quarantined=sums.quarantined),
        ]
        held, removed = sums.sheets[SheetState.HELD], sums.sheets[SheetState.REMOVED]
        if sums.declared is None:
            return [*lines, said("not-declared", held=held)]
        who = ", ".join(self.record.counted_by) or said("counted-by-program")
        return [*lines, said("declared", declared=sums.declared, who=who, held=held, removed=removed)]

    def _verdict(self) -> None:
        said, paper, state = self.terms.said, self.paper, self.record.state
        problems, closing = state.problems(), self.record.closing
        paper.text_line(said("adds-up") if not problems else said("adds-not-up", count=len(problems)), bold=True)
        for number, problem in enumerate(problems, 1):
            paper.text_line(f"{number}. {problem.message(self.imprint.lang)}")
        if closing is not None:
            paper.text_line(said("closed-by", who=closing.data["by"], at=self.terms.time(closing.at)))
            if closing.data["reason"]:
                paper.text_line(said("closed-why", reason=closing.data["reason"]), bold=True)

    def _signatures(self) -> None:
        paper, said = self.paper, self.terms.said
        width = paper.epw / len(_SIGNATURES)
        paper.room(58)
        paper.ln(4)
        paper.text_line(said("date"), align="R")
        for slug, bold in ((None, True), ("sign-here", False)):
            for person in _SIGNATURES:
                height = paper.face(10.5 if bold else 9, bold=bold)
                paper.cell(width, height, said(slug or person), align="C")
            paper.ln()
        paper.ln(22)
        at = self.terms.time(self.imprint.at.isoformat())
        proof = said("proof", lines=len(self.record.entries), head=self.record.head)
        paper.text_line(f"{proof} {said('printed', at=at, who=self.imprint.who, zone=self.terms.zone)}", 8)
