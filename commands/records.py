"""Commands about what is archived: find it, show it, check it."""

from __future__ import annotations

import html
import re
from typing import Any

import click

from commands.context import App, GivenText, Words
from commands.output import show_table
from core import messages
from core.errors import ExitCode


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("query", nargs=-1, required=True, type=Words())
@click.option("--court", type=GivenText(), help="Court or issuer.")
@click.option("--fonds", type=GivenText(), help="Fonds.")
@click.option("--year", type=int, help="Year of the case file.")
@click.option("--type", "kind", type=GivenText(), help="Document type.")
@click.option("--case", "case_file", type=GivenText(), help="Case file.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True)
@click.pass_obj
def search(
    app: App,
    query: tuple[str, ...],
    court: str | None,
    fonds: str | None,
    year: int | None,
    kind: str | None,
    case_file: str | None,
    limit: int,
    offset: int,
) -> None:
    """Find pages: words, "phrases", +required, -without, prefix*, gần/5, OR, năm:1987."""
    from core.events import new_event
    from indexer.port import SearchRequest
    from jobs.search import search as find

    request = SearchRequest(" ".join(query), court, fonds, year, kind, case_file, limit, offset)
    answer = find(app.home, request, app.reader)
    if answer["notice"]:
        answer["notice"] = messages.text(answer["notice"], "message", app.lang)
    app.home.record(new_event("search", request.query, app.user, total=answer["total"]))
    app.emit(answer, lambda: _show_hits(app, answer))


def _show_hits(app: App, answer: dict[str, Any]) -> None:
    print(app.text("found", total=answer["total"], documents=answer["documents"], ms=f"{answer['took_ms']:.0f}"))
    if answer["notice"]:
        print(f"  ! {answer['notice']}")
    for hit in answer["hits"]:
        snippet = html.unescape(re.sub(r"</?mark>", "*", hit["snippet"])).replace("\n", " ")
        print(f"\n{hit['page_id']}  {hit['title']}\n  {snippet}\n  {hit['pdf']}")


@click.command()
@click.argument("identifier", metavar="ID", type=Words())
@click.pass_obj
def show(app: App, identifier: str) -> None:
    """One case file, document or page."""
    from core.events import new_event
    from jobs.records import show as find

    record = find(app.home, identifier)
    app.home.record(new_event("view", identifier, app.user))

    def show_record() -> None:
        table = app.table("setting", "value")
        for key, value in record.items():
            if not isinstance(value, list | dict):
                table.add_row(key, "–" if value is None else str(value))
        for name, value in record.get("fields", {}).items():
            table.add_row(name, value["normal"])
        for note in record.get("incoming_signatures", ()):
            table.add_row(app.text("incoming-signature"), _signature_line(app, note))
        for part in (*record.get("documents", ()), *record.get("pages", ())):
            table.add_row(part["id"], str(part.get("title") or ", ".join(part.get("flags", ())) or "–"))
        show_table(table)

    app.emit(record, show_record)


def _signature_line(app: App, note: dict[str, Any]) -> str:
    """Who signed a master, when as they say, and whether its bytes still fit."""
    state = app.text("yes" if note["intact"] else "no")
    line = app.text("signature-line", who=note["who"] or "–", when=note["when"] or "–", intact=state)
    return f"{line} {note['problem'] or ''}".strip()


@click.command()
@click.argument("ids", nargs=-1, type=Words())
@click.option("--sample", type=click.IntRange(1), help="Look at this many documents, drawn by the seed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sample.")
@click.option("--copy", "copies", multiple=True, type=Words(), help="Look at this second copy too, or at all.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def verify(
    app: App, ids: tuple[str, ...], sample: int | None, seed: int, copies: tuple[str, ...], by: str | None
) -> int:
    """Hashes, package structure, PDF/A and signatures; exit 5 if anything is broken."""
    from archive.verapdf import default_home
    from jobs.verification import verify as check

    with app.progress() as bar:
        task = bar.add_task(app.text("step-verify"), total=None)
        answer = check(
            app.home,
            ids,
            sample=sample,
            seed=seed,
            who=by or app.user,
            verapdf=default_home(),
            copies=copies,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )

    def show_answer() -> None:
        print(
            app.text(
                "verified",
                checked=answer["checked"],
                broken=len(answer["broken"]),
                not_verified=len(answer["not_verified"]),
            )
        )
        for entry in (*answer["broken"], *answer["not_verified"]):
            print(f"  ! {entry['id']}: {entry['what']} ({entry['where']})")
        for state, count in answer["signatures"]["now"].items():
            print(app.text(f"signatures-{state}", count=count))

    app.emit(answer, show_answer)
    return ExitCode.INTEGRITY if answer["broken"] else ExitCode.DONE
