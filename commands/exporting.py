"""Commands that describe what is archived, take packages out and bring them in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.context import App, GivenPath, GivenText, Words
from commands.output import show_table
from core.errors import ExitCode, IntegrityError

_FORMATS = ("pdf", "aip", "sip", "dip", "bagit")


@click.command()
@click.argument("ids", nargs=-1, required=True, type=Words())
@click.argument("directory", metavar="DIR", type=GivenPath())
@click.option("--format", "form", type=click.Choice(_FORMATS), required=True, help="What is made.")
@click.option("--folder", is_flag=True, help="Folders instead of ZIP files.")
@click.option("--request", type=GivenPath(), help="Request for use, as TOML or JSON; for a DIP.")
@click.option("--set", "pairs", multiple=True, type=Words(), help="A value of the request, as NAME=VALUE.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def export(
    app: App,
    ids: tuple[str, ...],
    directory: Path,
    form: str,
    folder: bool,
    request: Path | None,
    pairs: tuple[str, ...],
    by: str | None,
) -> int:
    """Packages and copies out of the archive."""
    from jobs.certifying import Request
    from jobs.describing import settings
    from jobs.exporting import Wish
    from jobs.exporting import export as take_out

    asked = Request.of(settings(pairs, request), str(request or "--set"))
    wish = Wish(form, directory.absolute(), by or app.user, folder, asked)
    with app.progress() as bar:
        task = bar.add_task(app.text("step-export"), total=None)
        answer = take_out(app.home, ids, wish, lambda done, total: bar.update(task, completed=done, total=total))
    failed = answer["failed"]
    answer["failed"] = [app.failure(name, err) for name, err in failed]

    def show_answer() -> None:
        for entry in answer["exported"]:
            print(f"{entry['path']}")
            if entry["missing"]:
                print("  ! " + app.text("fields-missing", fields=", ".join(entry["missing"])))
        for entry in answer["failed"]:
            print(f"  ! {entry['id']}: {entry['reason']} {entry['remedy']}")

    app.emit(answer, show_answer)
    if any(isinstance(err, IntegrityError) for _, err in failed):
        return ExitCode.INTEGRITY
    return (ExitCode.SOME_FAILED if answer["exported"] else ExitCode.BAD_INPUT) if failed else ExitCode.DONE


@click.command()
@click.argument("identifier", metavar="ID", type=Words())
@click.option("--set", "pairs", multiple=True, type=Words(), help="A field, as NAME=VALUE; empty takes it back.")
@click.option("--from", "file", type=GivenPath(), help="Fields in a TOML or JSON file.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def describe(app: App, identifier: str, pairs: tuple[str, ...], file: Path | None, by: str | None) -> None:
    """The descriptive fields of a case file or document: shown, or set in a new version."""
    from jobs.describing import describe as set_fields
    from jobs.describing import settings

    answer = set_fields(app.home, identifier, settings(pairs, file), by or app.user)

    def show_fields() -> None:
        table = app.table("setting", "value")
        for name, value in answer["fields"].items():
            table.add_row(name, value or "–")
        show_table(table)
        if answer["missing"]:
            print("  ! " + app.text("fields-missing", fields=", ".join(answer["missing"])))

    app.emit(answer, show_fields)


@click.command("import")
@click.argument("packages", nargs=-1, required=True, type=GivenPath(), metavar="PACKAGES")
@click.option("--case-file", type=GivenText(), help="Name of the case file, for a package made elsewhere.")
@click.option("--profile", type=GivenText(), help="Kind of paper, for a package made elsewhere [the home's].")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def import_(app: App, packages: tuple[Path, ...], case_file: str | None, profile: str | None, by: str | None) -> int:
    """Bring packages into the archive: each whole, or not at all."""
    from jobs.importing import Origin, import_packages

    origin = Origin(by or app.user, case_file, profile)
    with app.progress() as bar:
        task = bar.add_task(app.text("step-import"), total=None)
        entries, failed = import_packages(
            app.home, packages, origin, lambda done, total: bar.update(task, completed=done, total=total)
        )
    answer: dict[str, Any] = {"imported": entries, "failed": [app.failure(name, err) for name, err in failed]}

    def show_answer() -> None:
        for entry in entries:
            print(app.text(f"imported-{entry['state']}", id=entry["id"], documents=entry["documents"]))
        for entry in answer["failed"]:
            print(f"  ! {entry['id']}: {entry['reason']} {entry['remedy']}")

    app.emit(answer, show_answer)
    return (ExitCode.SOME_FAILED if entries else ExitCode.BAD_INPUT) if failed else ExitCode.DONE
