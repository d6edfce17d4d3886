"""Commands about single pages and documents: replace, insert, move, remove. Nothing is deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.answers import doubts, judged_page, remarks, show_remarks
from commands.context import App, GivenPath, GivenText, Words
from core.config import pairs

if TYPE_CHECKING:
    from scanner.acts import Act, Changed


@click.command()
@click.argument("page_id", type=Words())
@click.argument("path", type=GivenPath(), required=False)
@click.option("--device", type=Words(), help="Scan one sheet from this device instead of a file.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="An option of the device's own.")
@click.pass_obj
def rescan(
    app: App,
    page_id: str,
    path: Path | None,
    device: str | None,
    reason: str,
    by: str | None,
    settings: tuple[str, ...],
) -> None:
    """Replace one page; the old picture is kept."""
    from jobs import lineage

    if path is not None and device is None:
        source: Path | str = path
    elif device is not None and path is None:
        source = device
    else:
        raise click.UsageError(app.text("path-or-device"))
    changed = lineage.rescan(
        app.home, page_id, source, _act(app, by, reason), pairs(settings, "commands.not-a-setting")
    )
    _emit(app, changed, "page-rescanned")


@click.group()
def page() -> None:
    """Insert, move and remove single pages."""


@page.command("insert")
@click.argument("path", type=GivenPath())
@click.option("--after", type=Words(), help="Page behind which it is put.")
@click.option("--first-of", "document", type=Words(), help="Document in front of which it is put.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def insert_page(app: App, path: Path, after: str | None, document: str | None, reason: str, by: str | None) -> None:
    """Put a picture between the pages of a document, as a sheet of its own."""
    from core.ids import split_page
    from jobs import lineage

    if (after is None) == (document is None):
        raise click.UsageError(app.text("after-or-first"))
    target = split_page(after)[0] if after is not None else document or ""
    _emit(app, lineage.insert(app.home, target, after, path, _act(app, by, reason)), "page-inserted")


@page.command("move")
@click.argument("page_id", type=Words())
@click.option("--after", type=Words(), help="Page behind which it is put [in front of all; last with --to].")
@click.option("--to", "target", type=Words(), help="Document of the batch, or case file, that takes it.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def move_page(app: App, page_id: str, after: str | None, target: str | None, reason: str, by: str | None) -> None:
    """Give a page another place in its document, or in another one."""
    from core.ids import split_page
    from jobs import lineage, moving

    own, act = split_page(page_id)[0], _act(app, by, reason)
    there = target or (split_page(after)[0] if after is not None else own)
    if there == own and target is None:
        changed = lineage.move(app.home, page_id, after, act)
    else:
        changed = moving.move_page(app.home, page_id, there, after, act)
    _emit(app, changed, "page-moved")


@page.command("remove")
@click.argument("page_id", type=Words())
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def remove_page(app: App, page_id: str, reason: str, by: str | None) -> None:
    """Take a page out of its document; its picture is kept."""
    from jobs import lineage

    _emit(app, lineage.remove(app.home, page_id, _act(app, by, reason)), "page-removed")


@page.command("cover")
@click.argument("page_id", type=Words())
@click.argument("typed", metavar="[TYPED]", type=GivenText(), required=False)
@click.option("--case-file", type=Words(), help="It is a cover of this case file.")
@click.option("--document", type=click.IntRange(1, 9_999_999), help="With --case-file: of the document of this number.")
@click.option("--type", "kind", type=GivenText(), help="With --case-file: code of the document type.")
@click.option("--sheets", type=click.IntRange(0, 99_999), help="With --case-file: sheets that it declares.")
@click.option("--patch", is_flag=True, help="It is a separator sheet (Patch T).")
@click.option("--is-page", is_flag=True, help="It is no cover but a page.")
@click.option("--not-meant", is_flag=True, help="It is the side of a cover sheet that says nothing.")
@click.option("--confirm", is_flag=True, help="What is said of it is right as it lies.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def settle_cover(
    app: App,
    page_id: str,
    typed: str | None,
    case_file: str | None,
    document: int | None,
    kind: str | None,
    sheets: int | None,
    patch: bool,
    is_page: bool,
    not_meant: bool,
    confirm: bool,
    reason: str,
    by: str | None,
) -> None:
    """Say what a scanned side is, where its cover cannot be read, was missed, or is in doubt."""
    from jobs import moving
    from scanner import settling

    details = (document, kind, sheets)
    if sum(map(bool, (typed, case_file, patch, is_page, not_meant, confirm))) != 1 or (any(details) and not case_file):
        raise click.UsageError(app.text("cover-is-what"))
    act = _act(app, by, reason)
    if confirm:
        _emit(app, moving.confirm(app.home, page_id, act), "cover-confirmed")
        return
    cover = settling.PATCH if patch else settling.BLANK if not_meant else None
    if typed:
        cover = settling.typed(typed)
    elif case_file:
        cover = settling.named(case_file, document, kind, sheets)
    _emit(app, moving.settle(app.home, page_id, cover, act), "cover-settled")


@click.group("document")
def document_group() -> None:
    """Whole documents."""


@document_group.command("move")
@click.argument("document_id", type=Words())
@click.option("--to", "case_file", type=Words(), required=True, help="Case file that it belongs to.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def move_document(app: App, document_id: str, case_file: str, reason: str, by: str | None) -> None:
    """Give all pages of a document to another case file, as a new document there."""
    from jobs import moving

    batch, moved = moving.move_document(app.home, document_id, case_file, _act(app, by, reason))
    answer = {
        "batch": batch,
        "state": moved.state.state,
        "document": moved.document,
        "instead_of": document_id,
        "pages": [judged_page(app, page, moved.state) for page in moved.pages],
        **remarks(app, moved.state),
    }

    def show() -> None:
        state = app.text(f"state-{moved.state.state}")
        print(app.text("document-moved", before=document_id, now=moved.document, batch=batch, state=state))
        show_remarks(app, answer)

    app.emit(answer, show)


def _act(app: App, by: str | None, reason: str) -> Act:
    from scanner.acts import Act

    return Act(by or app.user, reason)


def _emit(app: App, changed: Changed, slug: str) -> None:
    state = changed.state
    answer = {
        "batch": state.batch,
        "state": state.state,
        "page": judged_page(app, changed.page, state),
        "instead_of": changed.before.id if changed.before and changed.before is not changed.page else None,
        "order": state.order[changed.page.id.rpartition(".")[0]],
        **remarks(app, state),
    }

    def show() -> None:
        print(app.text(slug, page=changed.page.id, batch=state.batch, state=app.text(f"state-{state.state}")))
        said = state.gate.get(changed.page.id) if changed.page is not changed.before else None
        for line in doubts(app, [said] if said else []):
            print(f"  {line}")
        show_remarks(app, answer)

    app.emit(answer, show)
