"""Commands about backups: make them, check them, restore from them, prove that that works, print the logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from commands.context import App, GivenPath, GivenText, Words
from core.errors import ExitCode

Progress = Callable[[int, int], None]


class _BackupGroup(click.Group):
    """``backup DEST`` is short for ``backup to DEST``; a folder called like a command is written ``./verify``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args.insert(0, "to")
        return super().parse_args(ctx, args)


@contextmanager
def _bar(app: App, slug: str) -> Iterator[Progress]:
    with app.progress() as bar:
        task = bar.add_task(app.text(slug), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@click.group(cls=_BackupGroup)
def backup() -> None:
    """Copies of the whole home on another medium: "backup DEST" makes one."""


@backup.command("to")
@click.argument("dest", type=GivenPath())
@click.option("--full", "kind", flag_value="full", help="Read every byte, and check what lies on the medium.")
@click.option("--incremental", "kind", flag_value="incremental", help="Only what changed since the backup before.")
@click.option("--with-keys", is_flag=True, help="Take the signing keys too.")
@click.option("--new", is_flag=True, help="Begin on a new medium in a place that had another.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def backup_to(app: App, dest: Path, kind: str | None, with_keys: bool, new: bool, by: str | None) -> int:
    """Make a backup; goes on where it was stopped."""
    from jobs.backup import back_up

    with _bar(app, "step-backup") as progress:
        answer = back_up(
            app.home,
            dest.absolute(),
            by or app.user,
            kind=kind,
            with_keys=with_keys,
            new=new,
            progress=progress,
        )
    app.emit(
        answer,
        lambda: print(app.text("backed-up", name=answer["backup"], files=answer["files"], copied=answer["copied"])),
    )
    if answer["left_out"]:
        app.say("backup-no-keys")
    for path in answer["changed"]:
        app.say("backup-changed", file=path)
    return ExitCode.INTEGRITY if answer["changed"] else ExitCode.DONE


@backup.command("verify")
@click.argument("src", type=GivenPath())
@click.option("--at", multiple=True, type=Words(), help="Only this backup.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def backup_verify(app: App, src: Path, at: tuple[str, ...], by: str | None) -> int:
    """Every byte of the backups on a medium; exit 5 if anything is broken."""
    from core.events import new_event
    from jobs.backup import verify_backups

    with _bar(app, "step-verify") as progress:
        answer = verify_backups(src.absolute(), list(at) or None, progress)
    if app.home_if_any is not None:
        count = len(answer["broken"])
        app.home.record(new_event("backup-verify", str(src.absolute()), by or app.user, broken=count))

    def show() -> None:
        print(app.text("backup-verified", backups=len(answer["backups"]), broken=len(answer["broken"])))
        for entry in answer["broken"]:
            print(f"  ! {entry['where']}: {entry['what']}")

    app.emit(answer, show)
    return ExitCode.INTEGRITY if answer["broken"] else ExitCode.DONE


@backup.command("drill")
@click.argument("src", type=GivenPath())
@click.option("--at", type=Words(), help="This backup [the newest].")
@click.option("--work", type=GivenPath(), help="Folder with room for a whole home [the system's temporary one].")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def backup_drill(app: App, src: Path, at: str | None, work: Path | None, by: str | None) -> int:
    """Restore a backup into a temporary place, verify it, compare the counts; keeps a report."""
    from archive.verapdf import default_home
    from jobs.drill import drill

    with _bar(app, "step-verify") as progress:
        answer = drill(
            app.home, src.absolute(), by or app.user, verapdf=default_home(), at=at, work=work, progress=progress
        )
    slug = "drill-good" if answer["ok"] else "drill-bad"
    app.emit(answer, lambda: print(app.text(slug, name=answer["backup"], file=answer["report"])))
    return ExitCode.DONE if answer["ok"] else ExitCode.INTEGRITY


@backup.command("report")
@click.argument("folder", type=GivenPath())
@click.pass_obj
def backup_report(app: App, folder: Path) -> None:
    """Write the backup log and the incident log, as CSV and as text."""
    from jobs.reports import write_reports

    app.home.flush_events()
    answer = write_reports(app.home, folder.absolute())
    app.emit(answer, lambda: print("\n".join(answer["files"])))


@click.command()
@click.argument("src", type=GivenPath())
@click.option("--case-file", type=GivenText(), help="Only this case file, into the home.")
@click.option("--to", "target", type=GivenPath(), help="Folder of the restored home [that of --home].")
@click.option("--at", type=Words(), help="This backup [the newest].")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def restore(app: App, src: Path, case_file: str | None, target: Path | None, at: str | None, by: str | None) -> None:
    """A whole home into an empty folder, or one case file into a home."""
    from jobs.restore import restore_case_file, restore_home

    who = by or app.user
    if case_file is not None:
        if target is not None:
            raise click.UsageError(app.text("restore-to-or-case"))
        one = restore_case_file(app.home, src.absolute(), case_file, who, at=at)
        app.emit(one, lambda: print(app.text(f"restored-{one['how']}", case_file=case_file, version=one["version"])))
        return
    place = target.absolute() if target is not None else app.home_path
    with _bar(app, "step-restore") as progress:
        answer = restore_home(src.absolute(), place, who, at=at, progress=progress)
    app.emit(answer, lambda: print(app.text("restored", home=place, name=answer["backup"])))
    if answer["destroyed"]:
        app.say("restored-without", case_files=", ".join(answer["destroyed"]))
    if answer["left_out"]:
        app.say("restore-no-keys")
