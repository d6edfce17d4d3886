"""Commands about single pages: replace, insert, move, remove. Nothing is deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.batches import doubts, judged_page
from commands.context import App, GivenPath, GivenText, Words
from commands.scanning import pairs

if TYPE_CHECKING:
    from scanner.lineage import Act, Changed


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
    changed = lineage.rescan(app.home, page_id, source, _act(app, by, reason), pairs(settings))
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
@click.option("--after", type=Words(), help="Page of the same document behind which it is put [in front of all].")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def move_page(app: App, page_id: str, after: str | None, reason: str, by: str | None) -> None:
    """Give a page another place in its document."""
    from jobs import lineage

    _emit(app, lineage.move(app.home, page_id, after, _act(app, by, reason)), "page-moved")


@page.command("remove")
@click.argument("page_id", type=Words())
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def remove_page(app: App, page_id: str, reason: str, by: str | None) -> None:
    """Take a page out of its document; its picture is kept."""
    from jobs import lineage

    _emit(app, lineage.remove(app.home, page_id, _act(app, by, reason)), "page-removed")


def _act(app: App, by: str | None, reason: str) -> Act:
    from scanner.lineage import Act

    return Act(by or app.user, reason)


def _emit(app: App, changed: Changed, slug: str) -> None:
    state = changed.state
    problems = [problem.message(app.lang) for problem in state.problems()]
    answer = {
        "batch": state.batch,
        "state": state.state,
        "page": judged_page(app, changed.page, state),
        "instead_of": changed.before.id if changed.before and changed.before is not changed.page else None,
        "order": state.order[changed.page.id.rpartition(".")[0]],
        "problems": problems,
    }

    def show() -> None:
        print(app.text(slug, page=changed.page.id, batch=state.batch, state=app.text(f"state-{state.state}")))
        said = state.gate.get(changed.page.id) if changed.page is not changed.before else None
        for line in [*doubts(app, [said] if said else []), *(f"! {problem}" for problem in problems)]:
            print(f"  {line}")

    app.emit(answer, show)
