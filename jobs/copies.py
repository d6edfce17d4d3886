"""Keep second copies of the store in step; a medium that is not there delays nothing and is caught up with later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.copies import Copy
from archive.replication import number, replicate
from archive.store import Store
from core.errors import ButlucError, UsageError, foreseen
from core.events import new_event, now
from jobs.checks import STORE, Check, all_checks, put_check
from jobs.home import Home
from jobs.publish import seal_late
from jobs.seals import SealBook, seal_events

Progress = Callable[[int, int], None]


@dataclass
class Sync:
    """What bringing copies into step came to."""

    copied: list[dict[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str, ButlucError]] = field(default_factory=list)
    """Copy, case file and reason."""
    unreachable: list[tuple[str, ButlucError]] = field(default_factory=list)

    @property
    def in_step(self) -> bool:
        return not (self.failed or self.unreachable)


def chosen(home: Home, names: Sequence[str]) -> list[Copy]:
    """The copies of these names, all when none or ``all`` is given.

    Raises:
        UsageError: a name that the settings do not have.
    """
    known = {copy.name: copy for copy in home.copies}
    if not names or "all" in names:
        return list(known.values())
    for name in names:
        if name not in known:
            raise UsageError("jobs.no-copy", copy=name, known=", ".join(known) or "–")
    return [known[name] for name in dict.fromkeys(names)]


def make_copy(home: Home, name: str, who: str) -> dict[str, Any]:
    """Begin a copy on a new medium.

    Raises:
        UsageError: the settings have no such copy, or there is one on the medium already.
        BadInputError, MissingToolError: the medium cannot be used.
    """
    (copy,) = chosen(home, [name])
    copy.make()
    home.record(new_event("copy-init", name, who, path=str(copy.root)))
    return {"copy": name, "path": str(copy.root), "same_device": _same_device(home, copy)}


def sync_copies(home: Home, names: Sequence[str], who: str, progress: Progress = lambda done, total: None) -> Sync:
    """Copy every version that was published and that a copy lacks; the lock ``copies`` keeps a second such run out.

    Raises:
        UsageError: an unknown copy.
        MissingToolError: another command brings copies into step.
    """
    run = Sync()
    copies = chosen(home, names)
    if not copies:
        return run
    with home.lock("copies"):
        home.store.recover()
        seal_late(home)
        book = SealBook(home)
        for copy in copies:
            _sync(home, copy, book, run, progress)
    _tell(home, run, who)
    return run


class Keeper:
    """Keeps copies in step while the line works; whatever goes wrong with one is told at the end and stops nothing.

    Used by one process, which holds the home's lock ``process``.
    """

    def __init__(self, home: Home, who: str) -> None:
        self._home, self._who = home, who
        self._book: SealBook | None = None

    def published(self, case_file: str) -> None:
        """Copy the new version of a case file to those copies that are there."""
        run = Sync()
        if not self._home.config.copies:
            return
        try:
            self._book = self._book or SealBook(self._home)
            self._book.note(seal_events(self._home, case_file))
            with self._home.lock("copies"):
                for copy in self._home.copies:
                    _copy(self._home, copy, copy.open(), case_file, self._book.heads()[case_file], self._book, run)
        except (ButlucError, OSError):
            pass  # caught up with, and told of, by :meth:`catch_up`
        _tell(self._home, run, self._who)

    def catch_up(self) -> list[dict[str, Any]]:
        """Bring all copies into step as far as they are there; one entry for each."""
        if not self._home.config.copies:
            return []
        try:
            run = sync_copies(self._home, (), self._who)
        except ButlucError as err:
            return [{"name": copy.name, "in_step": False, "problem": err} for copy in self._home.config.copies]
        problems: dict[str, ButlucError] = {name: err for name, _, err in reversed(run.failed)}
        problems |= dict(run.unreachable)
        return [
            {"name": copy.name, "in_step": copy.name not in problems, "problem": problems.get(copy.name)}
            for copy in self._home.config.copies
        ]


def _sync(home: Home, copy: Copy, book: SealBook, run: Sync, progress: Progress) -> None:
    heads = book.heads()
    try:
        target = copy.open()
        target.recover()
        behind = _behind(target, heads)
    except (ButlucError, OSError) as err:
        run.unreachable.append((copy.name, foreseen(err, "jobs.copy-failed", copy.root)))
        return
    for done, case_file in enumerate(behind):
        progress(done, len(behind))
        _copy(home, copy, target, case_file, heads[case_file], book, run)
    progress(len(behind), len(behind))


def _behind(target: Store, heads: dict[str, str]) -> list[str]:
    held = dict(target.heads())
    return [name for name, head in heads.items() if number(held.get(name) or "v0") < number(head or "v0")]


def _copy(home: Home, copy: Copy, target: Store, case_file: str, head: str, book: SealBook, run: Sync) -> None:
    try:
        versions = replicate(home.store, target, case_file, book.of(case_file), head)
    except (ButlucError, OSError) as err:
        run.failed.append((copy.name, case_file, foreseen(err, "jobs.copy-failed", copy.root)))
        return
    size = sum(stored.path.stat().st_size for stored in home.store.files(case_file).values())
    put_check(home, Check(copy.name, case_file, head, now(), size, "copied"))
    run.copied += [{"copy": copy.name, "case_file": case_file, "version": version} for version in versions]


def _tell(home: Home, run: Sync, who: str) -> None:
    for name in sorted({row["copy"] for row in run.copied}):
        rows = [row for row in run.copied if row["copy"] == name]
        home.record(
            new_event("copy", name, who, versions=len(rows), case_files=len({row["case_file"] for row in rows}))
        )


def copies_status(home: Home) -> dict[str, Any]:
    """Each copy: is it there, and how many case files it lacks or holds in an older version."""
    heads = SealBook(home).heads()
    rows = [_status(home, copy, heads) for copy in home.copies]
    in_step = all(row["state"] == "reachable" and not row["behind"] for row in rows)
    return {"case_files": len(heads), "copies": rows, "in_step": in_step}


def _status(home: Home, copy: Copy, heads: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"name": copy.name, "path": str(copy.root), "state": "reachable", "problem": None}
    try:
        target = copy.open()
        behind = _behind(target, heads)
        row |= {"case_files": sum(1 for _ in target.places()), "behind": len(behind), "waiting": behind[:100]}
        row["same_device"] = _same_device(home, copy)
    except (ButlucError, OSError) as err:
        found = foreseen(err, "jobs.copy-failed", copy.root)
        state = "foreign" if found.code == "archive.copy-foreign" else "unreachable"
        row |= {
            "state": state,
            "problem": found,
            "case_files": None,
            "behind": None,
            "waiting": [],
            "same_device": None,
        }
    row["last_copied"] = max(
        (check.at for (root, _), check in all_checks(home).items() if root == copy.name), default=None
    )
    return row


def _same_device(home: Home, copy: Copy) -> bool:
    """Whether store and copy would be lost with the same disk."""
    return home.store.root.stat().st_dev == copy.root.stat().st_dev


def stores(home: Home, copies: Sequence[Copy]) -> tuple[dict[str, Store], list[tuple[str, ButlucError]]]:
    """The home's own store and those copies that are there, by name; the rest with their reasons."""
    found, missing = {STORE: home.store}, []
    for copy in copies:
        try:
            found[copy.name] = copy.open()
        except ButlucError as err:
            missing.append((copy.name, err))
    return found, missing
