"""The command that prints cover sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.context import App, GivenPath, GivenText, Words
from commands.output import show_table, target_file
from core.errors import UsageError

if TYPE_CHECKING:
    from scanner.covers.payload import CoverPayload

_MOST_DOCUMENTS = 2000
_MOST_PATCHES = 500


@click.command()
@click.argument("case_files", nargs=-1, type=Words())
@click.option("--profile", type=GivenText(), help="Kind of paper, for the size of the sheets [the home's].")
@click.option("--sheets", type=click.IntRange(0, 99_999), help="Sheets that each cover declares.")
@click.option("--type", "kind", type=GivenText(), help="Code of the document type, such as 02.")
@click.option("--documents", type=click.IntRange(1, _MOST_DOCUMENTS), help="A cover for each of documents 1 to N.")
@click.option("--patch", "patches", type=click.IntRange(1, _MOST_PATCHES), help="So many Patch T sheets as well.")
@click.option("--out", type=GivenPath(), help="The PDF; an older one is replaced [to-bia.pdf, to-bia-2.pdf …].")
@click.option("--by", type=GivenText(), help="Who prints them [the system user].")
@click.pass_obj
def cover(
    app: App,
    case_files: tuple[str, ...],
    profile: str | None,
    sheets: int | None,
    kind: str | None,
    documents: int | None,
    patches: int | None,
    out: Path | None,
    by: str | None,
) -> None:
    """Cover sheets with QR codes, to part a stack of paper by case files and documents."""
    from core.files import write_atomic
    from jobs.profile import load_profile
    from scanner.covers.payload import new_cover
    from scanner.covers.printing import Imprint, cover_pdf

    if not case_files and not patches:
        raise UsageError("commands.cover-of-what")
    if kind is not None and kind not in _kinds():
        raise UsageError("scanner.cover-bad-type", value=kind)
    path = target_file(out, "to-bia", ".pdf")
    config = app.home.config if app.home_if_any else None
    paper = load_profile(profile or (config.profile if config else "court-a4"), app.home_if_any).scan.paper_mm
    ordinals = range(1, documents + 1) if documents else [None]
    covers = [new_cover(name, document=n, kind=kind, sheets=sheets) for name in case_files for n in ordinals]
    imprint = Imprint(datetime.now().astimezone(), by or app.user, config.organisation if config else "", _kind_name)
    write_atomic(path, cover_pdf(covers, patches or 0, imprint, paper))
    if app.home_if_any:
        _record(app, by or app.user, path, covers, patches or 0)
    answer = {"file": str(path), "covers": [_cover(entry) for entry in covers], "patches": patches or 0}
    app.emit(answer, lambda: _show(app, answer))


def _record(app: App, who: str, path: Path, covers: Sequence[CoverPayload], patches: int) -> None:
    """Tell the chain which prints were made, case file by case file."""
    from core.events import new_event

    by_file: dict[str, list[CoverPayload]] = {}
    for entry in covers:
        by_file.setdefault(entry.case_file, []).append(entry)
    events = [
        new_event("cover", name, who, file=str(path), prints=[entry.print_id for entry in entries])
        for name, entries in by_file.items()
    ]
    if patches:
        events.append(new_event("cover", "patch-t", who, file=str(path), patches=patches))
    app.home.record(*events)


def _kinds() -> dict[str, list[str]]:
    """The names of each document type's code."""
    from metadata.document_types import document_types

    names: dict[str, list[str]] = {}
    for kind in document_types():
        names.setdefault(kind.code, []).append(kind.name)
    return names


def _kind_name(code: str) -> str:
    """What a cover calls a type; a code that many types share says none of their names."""
    names = _kinds()[code]
    return names[0] if len(names) == 1 else f"Loại {code}"


def _cover(entry: CoverPayload) -> dict[str, Any]:
    return {
        "court": entry.court,
        "fonds": entry.fonds,
        "case_file": entry.case_file,
        "document": entry.document,
        "type": entry.kind,
        "sheets": entry.sheets,
        "print_id": entry.print_id,
        "payload": entry.text,
    }


def _show(app: App, answer: dict[str, Any]) -> None:
    print(app.text("covers-made", file=answer["file"], covers=len(answer["covers"]), patches=answer["patches"]))
    table = app.table("case-file", "document", "declared", "print")
    for entry in answer["covers"]:
        numbers = ["–" if entry[key] is None else str(entry[key]) for key in ("document", "sheets")]
        table.add_row(entry["case_file"], *numbers, entry["print_id"])
    if answer["covers"]:
        show_table(table)
