"""Commands about batches: bring files in, see the arithmetic, close and reopen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.answers import judged_page, page_json, remarks, show_remarks
from commands.context import App, GivenPath, GivenText, Words
from commands.output import show_table, target_file
from core.errors import ExitCode

_COLUMNS = ("declared", "fed", "held", "covers", "blank", "quarantined")
"""Counts in the list of batches."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=GivenPath())
@click.option("--case-file", type=Words(), required=True, help="Case file, such as TAND-HN.HS.1987.00123.")
@click.option("--profile", type=GivenText(), help="Kind of paper; see “profiles list” [the home's].")
@click.option("--batch", type=Words(), help="Batch to go on with or to begin [a new one of the day].")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def ingest(
    app: App, paths: tuple[Path, ...], case_file: str, profile: str | None, batch: str | None, by: str | None
) -> int:
    """Take images, multi-page TIFFs, PDFs and folders into a batch."""
    from jobs.intake import ingest as take

    with app.progress() as bar:
        task = bar.add_task(app.text("step-ingest"), total=None)
        name, result = take(
            app.home,
            paths,
            case_file,
            profile=profile or app.home.config.profile,
            batch=batch,
            who=by or app.user,
            progress=lambda done, total, _: bar.update(task, completed=done, total=total),
        )
    rejected = [
        {
            "file": item.file,
            "code": item.error.code,
            "reason": item.error.message(app.lang),
            "remedy": app.advice(item.error),
        }
        for item in result.rejected
    ]
    answer = {
        "batch": name,
        "case_file": case_file,
        "documents": list(result.documents),
        "pages": [page_json(page) for page in result.pages],
        "rejected": rejected,
        "duplicates": [{"file": item.file, "same_as": item.page} for item in result.duplicates],
        "ignored": list(result.ignored),
        "state": result.state.state,
    }
    app.emit(answer, lambda: _show_ingest(app, answer))
    for item in rejected:
        app.say("rejected", reason=item["reason"], remedy=item["remedy"])
    if rejected:
        nothing = not result.pages and not result.duplicates
        return ExitCode.BAD_INPUT if nothing else ExitCode.SOME_FAILED
    return ExitCode.DONE


def _show_ingest(app: App, answer: dict[str, Any]) -> None:
    if answer["batch"] is None:
        return
    print(
        app.text(
            "ingested",
            batch=answer["batch"],
            pages=len(answer["pages"]),
            documents=len(answer["documents"]),
            state=app.text(f"state-{answer['state']}"),
        )
    )
    for item in answer["duplicates"]:
        print(app.text("duplicate", file=item["file"], page=item["same_as"]))
    for path in answer["ignored"]:
        print(app.text("ignored", file=path))


@click.group()
def batch() -> None:
    """Batches and their arithmetic."""


@batch.command("list")
@click.pass_obj
def list_batches(app: App) -> None:
    """All batches with their sheet counts."""
    from jobs.intake import batch_names, load_batch

    rows = [_arithmetic(app, name, load_batch(app.home, name)) for name in batch_names(app.home)]

    def show() -> None:
        table = app.table("batch", "state", *_COLUMNS, "problems")
        for row in rows:
            numbers = [_number(row[key]) for key in _COLUMNS]
            table.add_row(row["batch"], app.text(f"state-{row['state']}"), *numbers, str(len(row["problems"])))
        show_table(table)

    app.emit({"batches": rows}, show)


def _arithmetic(app: App, name: str, state: Any) -> dict[str, Any]:
    keys = ("declared", "fed", "held", "covers", "blank", "doubled", "rescanned", "quarantined")
    counts = {key: getattr(state, key) for key in keys}
    checks = state.folio_checks()
    return {
        "batch": name,
        "state": state.state,
        **counts,
        "folios_read": sum(it.read for it in checks) if checks else None,
        "folios_sought": sum(it.sheets for it in checks) if checks else None,
        **remarks(app, state),
    }


def sheet_hint(app: App, name: str) -> str:
    """Where the sheet of a batch that was just closed comes from."""
    return app.text("sheet-hint", batch=name)


def _number(value: int | None) -> str:
    """``–`` for a count that nobody made."""
    return "–" if value is None else str(value)


@batch.command("show")
@click.argument("name", type=Words())
@click.pass_obj
def show_batch(app: App, name: str) -> None:
    """One batch: arithmetic, problems, pages."""
    from jobs.intake import load_batch

    state = load_batch(app.home, name)
    numbers = state.folio_numbers()
    pages = [{**judged_page(app, page, state), "folio": numbers.get(page.id)} for page in state.ordered()]
    answer = {**_arithmetic(app, name, state), "pages": pages}

    def show() -> None:
        shown = {"state": app.text(f"state-{state.state}"), "declared": _number(answer["declared"])}
        print(app.text("batch-line", **{**answer, **shown}))
        if answer["folios_sought"] is not None:
            print(app.text("folios-line", read=answer["folios_read"], sought=answer["folios_sought"]))
        show_remarks(app, answer)
        table = app.table("sequence", "page", "size", "verdict", "flags", "master")
        for page in answer["pages"]:
            size = f"{page['width']}×{page['height']} @ {page['dpi']:.0f}"
            said = app.text(f"verdict-{page['gate']['verdict']}") if page["gate"] is not None else ""
            row = str(page["sequence"]), page["id"], size, said, ", ".join(page["flags"]), page["master"]
            table.add_row(*row)
        show_table(table)

    app.emit(answer, show)


@batch.command("declare")
@click.argument("name", type=Words())
@click.argument("sheets", type=click.IntRange(min=0))
@click.option("--by", type=GivenText(), help="Who counted them [the system user].")
@click.pass_obj
def declare_batch(app: App, name: str, sheets: int, by: str | None) -> None:
    """Note your count of a batch's sheets; covers do not count."""
    from jobs.intake import declare

    answer = _arithmetic(app, name, declare(app.home, name, sheets, by or app.user))

    def show() -> None:
        print(app.text("batch-declared", batch=name, declared=sheets, held=answer["held"]))
        for problem in answer["problems"]:
            print(f"  ! {problem}")

    app.emit(answer, show)


@batch.command("sheet")
@click.argument("name", type=Words())
@click.option("--out", type=GivenPath(), help="The PDF; an older one is replaced [phieu-lo-NAME.pdf, …-2.pdf …].")
@click.option("--csv", "table", type=GivenPath(), help="A table of all pages; without --out instead of the PDF.")
@click.option("--by", type=GivenText(), help="Who prints it [the system user].")
@click.pass_obj
def print_sheet(app: App, name: str, out: Path | None, table: Path | None, by: str | None) -> None:
    """The batch's sheet to check, sign and keep: figures, problems, pages to look at."""
    from core.files import write_atomic
    from jobs.batchsheet import batch_pdf, batch_record
    from scanner.batchsheet.table import table_of

    record = batch_record(app.home, name)
    state = record.state
    csv = target_file(table, "", "") if table else None
    pdf = target_file(out, f"phieu-lo-{state.batch}", ".pdf") if out or not table else None
    if csv:
        write_atomic(csv, table_of(record, app.lang))
    if pdf:
        with app.progress() as bar:
            task = bar.add_task(app.text("step-thumbnails"), total=None)
            who = by or app.user
            made = batch_pdf(app.home, record, who, app.lang, lambda n, all_: bar.update(task, completed=n, total=all_))
        write_atomic(pdf, made)
    files = {"pdf": str(pdf) if pdf else None, "csv": str(csv) if csv else None}
    answer = {**_arithmetic(app, state.batch, state), **files, "entries": len(record.entries), "head": record.head}
    app.emit(answer, lambda: _show_sheet(app, answer))


def _show_sheet(app: App, answer: dict[str, Any]) -> None:
    for file in (answer["pdf"], answer["csv"]):
        if file:
            print(app.text("sheet-made", file=file))
    if answer["state"] == "open":
        print(app.text("sheet-of-open", batch=answer["batch"]))


@batch.command("close")
@click.argument("name", type=Words())
@click.option("--by", type=GivenText(), help="Who closes it [the system user].")
@click.option("--reason", type=GivenText(), help="Why it may be closed although it does not add up.")
@click.pass_obj
def close_batch(app: App, name: str, by: str | None, reason: str | None) -> None:
    """Close a batch that adds up, or with a named person's reason."""
    from jobs.intake import close

    state = close(app.home, name, by or app.user, reason)
    answer = _arithmetic(app, name, state)
    app.emit(answer, lambda: print(app.text("batch-closed", batch=name), sheet_hint(app, name)))


@batch.command("reopen")
@click.argument("name", type=Words())
@click.option("--by", type=GivenText(), help="Who reopens it [the system user].")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.pass_obj
def reopen_batch(app: App, name: str, by: str | None, reason: str) -> None:
    """Open a closed batch again."""
    from jobs.intake import reopen

    state = reopen(app.home, name, by or app.user, reason)
    answer = _arithmetic(app, name, state)
    app.emit(answer, lambda: print(app.text("batch-reopened", batch=name)))
