"""What a home holds of a case file beside the store: found, and taken away for good. Called again, it finishes.

Journals stay, for they prove what was fed: lines that name pages and hashes, no picture and no text of a page.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from archive.publication import Step
from archive.removal import remove
from core.files import disk_errors, fsync_dir
from core.ids import case_file_of
from jobs.backup import SNAPSHOT
from jobs.database import sql_errors
from jobs.home import Home
from jobs.intake import batch_names
from scanner.journal import NAME as JOURNAL
from scanner.replay import replay

_TABLES = ("page", "document", "case_file", "fixity_check")


class Traces:
    """Which files of a home, by their paths from it, are a case file's; of the home or of a backup of it.

    Args:
        gone: all destroyed case files, those among them whose traces these are.
    """

    def __init__(self, home: Home, case_files: Collection[str], gone: Collection[str]) -> None:
        self._places = {f"store/{home.store.place(name)}/": name for name in case_files}
        names = "|".join(sorted(map(re.escape, case_files)))
        self._aside = re.compile(rf"quarantine/[^/]*-({names})(-\d+)?/.*")
        self.masters = {
            str(path.relative_to(home.root)): name
            for batch in batch_names(home)
            for path, name in _masters(home, batch, case_files, gone)
        }

    def owner(self, path: str) -> str | None:
        """The case file that the file belongs to, if it is one of these."""
        if path.startswith("store/"):
            place = "/".join(path.split("/")[:5]) + "/"
            return self._places.get(place)
        found = self._aside.fullmatch(path)
        return found[1] if found else self.masters.get(path)


def _masters(home: Home, batch: str, case_files: Collection[str], gone: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Masters of the case files that no other page of the batch needs; and what waits in quarantine in a batch whose
    every document is destroyed."""
    folder = home.batch_folder(batch)
    data = (folder / JOURNAL).read_bytes()
    if not any(name.encode() in data for name in case_files):
        return
    state = replay(folder)
    kept = {image.master for image in state.ordered() if case_file_of(image.id) not in gone}
    for image in state.ordered():
        if case_file_of(image.id) in case_files and image.master not in kept:
            yield image.master, case_file_of(image.id)
    if state.documents and all(row.case_file in gone for row in state.documents.values()):
        last = next(reversed(state.documents.values())).case_file
        for path in (folder / "quarantine").glob("*"):
            if last in case_files:
                yield path, last


def shared_with(home: Home, case_file: str) -> set[str]:
    """Other case files that hold a master of this one: pages of one file that were parted, or pages that moved."""
    own = {row.id for row in home.catalogue.documents(case_file=case_file)}
    masters = {image.sha256 for document in own for image in home.catalogue.pages(document)}
    batches = {row.batch for row in home.catalogue.documents(case_file=case_file)}
    others = {row.case_file for row in home.catalogue.documents() if row.batch in batches} - {case_file}
    return {name for name in others if masters & _held(home, name)}


def _held(home: Home, case_file: str) -> set[str]:
    """Hashes of a case file's masters, in all versions and in the journals."""
    found = {
        image.sha256 for row in home.catalogue.documents(case_file=case_file) for image in home.catalogue.pages(row.id)
    }
    if home.store.head(case_file) is not None:
        for note in home.store.versions(case_file):
            files = home.store.files(case_file, note.name)
            found |= {file.sha256 for path, file in files.items() if path.startswith("masters/")}
    return found


def erase_from_home(home: Home, case_files: Collection[str], traces: Traces, step: Step) -> None:
    """Store, journals' masters, damaged bytes set aside, and the catalogue's rows.

    The caller keeps the line and every intake out, and makes the index anew.
    """
    for name in sorted(case_files):
        remove(home.store, name)
        step(f"store: {name}")
    for path in [*traces.masters, *_aside_files(home, traces)]:
        with disk_errors(home.path(path)):
            home.path(path).unlink(missing_ok=True)
    for folder in {home.path(path).parent for path in traces.masters}:
        if folder.is_dir():
            fsync_dir(folder)
    step("masters")
    for name in sorted(case_files):
        erase_rows(home.path(SNAPSHOT), name)
    step("catalogue")
    home.path("cache").mkdir(exist_ok=True)
    for child in home.path("cache").iterdir():
        shutil.rmtree(child) if child.is_dir() else child.unlink()
    step("cache")


def _aside_files(home: Home, traces: Traces) -> list[str]:
    paths = (str(path.relative_to(home.root)) for path in home.path("quarantine").rglob("*") if path.is_file())
    return [path for path in paths if traces.owner(path)]


def erase_rows(file: Path, case_file: str) -> tuple[int, int] | None:
    """Take a case file out of a catalogue, so that its bytes are not in the file any more; how many documents and pages
    of it were archived, or ``None`` where it was not there."""
    with sql_errors(file), closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("BEGIN IMMEDIATE")
        own = connection.execute("SELECT record FROM document WHERE case_file = ?", (case_file,)).fetchall()
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        was_there = connection.execute("SELECT 1 FROM case_file WHERE id = ?", (case_file,)).fetchone()
        for table in (name for name in _TABLES if name in known):
            connection.execute(f"DELETE FROM {table} WHERE {_OWN[table]} = ?", (case_file,))
        connection.execute("COMMIT")
        if was_there:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not was_there:
        return None
    records = [record for (text,) in own if text and (record := json.loads(text))]
    return len(records), sum(len(record["pages"]) for record in records)


_OWN = {
    "page": "(SELECT case_file FROM document WHERE document.id = page.document)",
    "document": "case_file",
    "case_file": "id",
    "fixity_check": "case_file",
}
"""Table → whose row it is."""
