"""The pages at which a person should look once more: which, why, and how they are told about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core import messages
from core.model import Flag, PageImage
from scanner.batchsheet.record import Done, Record
from scanner.gate.findings import Finding, Verdict

_FLAGS = (Flag.MARKED, Flag.DOUBLED, Flag.SUPERSEDED, Flag.REMOVED, Flag.BLANK)
"""Reasons to show a page; others are told where it is shown."""
_BLANK = "scanner.gate-blank"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, its sheet and what is to be said of it; ``small``: it is blank and nothing else."""

    page: PageImage
    sheet: int
    verdict: Verdict
    words: tuple[str, ...]
    small: bool


def shown_pages(record: Record, lang: str) -> list[Shown]:
    """Those of the gate's doubts, marked, doubled, replaced with what replaced them, removed and blank, by sheet."""
    state = record.state
    pages = sorted(state.pages, key=lambda page: (state.sheets[page.id], page.sequence))
    return [shown for page in pages if (shown := _shown(record, page, lang)) is not None]


def remarks(record: Record, page: PageImage, lang: str) -> list[str]:
    """All that is known of a page, in words: flags, findings, what was done to it by whom and why."""
    gone = page.id in record.done_to or page.id in record.state.moved_on
    told = {Flag.SUPERSEDED: page.id in record.replacements, Flag.REMOVED: gone}
    flags = [said(f"flag-{flag}", lang) for flag in sorted(page.flags) if not told.get(flag)]
    return [*flags, *(finding.message(lang) for finding in _findings(record, page)), *_history(record, page, lang)]


def said(slug: str, lang: str, **params: object) -> str:
    """A text of the sheet."""
    return messages.text(f"scanner.sheet-{slug}", "message", lang, params)


def reason_of(act: Done, lang: str) -> str:
    """Why it was done; the program's own reasons in the reader's language."""
    slug = f"sheet-why-{act.reason}"
    own = act.what in ("given-back", "reopened") and slug in messages.catalogue("scanner")
    return said(f"why-{act.reason}", lang) if own else act.reason


def _shown(record: Record, page: PageImage, lang: str) -> Shown | None:
    if page.id in record.state.moved_on:  # it is shown as the page that it is now
        return None
    doubts = _findings(record, page)
    why = page.flags & set(_FLAGS)
    replaces = page.id in record.replacements.values()
    if Flag.COVER in page.flags:
        why -= {Flag.BLANK}
    if not (doubts or why or replaces):
        return None
    small = why == {Flag.BLANK} and not replaces and all(finding.code == _BLANK for finding in doubts)
    verdict = max((finding.verdict for finding in doubts), key=lambda it: it.weight, default=Verdict.PASS)
    return Shown(page, record.state.sheets[page.id], verdict, tuple(remarks(record, page, lang)), small)


def _findings(record: Record, page: PageImage) -> list[Finding]:
    """What the gate doubts."""
    judgement = record.state.gate.get(page.id)
    return [it for it in judgement.findings if it.verdict.weight] if judgement is not None else []


def _history(record: Record, page: PageImage, lang: str) -> Iterator[str]:
    if (new := record.replacements.get(page.id)) is not None:
        yield said("replaced-by", lang, page=new)
    if (new := record.state.moved_on.get(page.id)) is not None:
        yield said("moved-to", lang, page=new)
    for old in (old for old, new in record.replacements.items() if new == page.id):
        yield said("replaces", lang, page=old)
    if (act := record.done_to.get(page.id)) is not None:
        yield said("done-why", lang, what=said(f"done-{act.what}", lang), who=act.by, reason=reason_of(act, lang))
