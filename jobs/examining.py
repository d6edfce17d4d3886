"""One case file looked at anew, in any process: bytes, seals, package, and each document's PDF/A, signature and text.

What is found is data: an entry is ``{"id", "what", "where", "code", "details"}``; ``code`` is one of a fixed list (see
docs/cli.md), ``what`` the same with words for people behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from archive.fixity import Damage, verify_place
from archive.packages.check import check
from archive.packages.sources import ItemFiles
from archive.sealed import differences, verify_sealed
from archive.signing_config import SigningConfig
from archive.store import Store, StoredFile
from archive.textcheck import check_text
from core.config import plain
from core.errors import BadInputError
from core.events import now
from core.model import ArchivedDocument, Verdict, VerdictState
from jobs.catalogue import DocumentRow
from jobs.checks import STORE
from jobs.packaging import AIP_FOLDER, stored_package
from jobs.profile import load_profile
from jobs.record import alto_path, read_page_ids
from jobs.records import archived_among
from jobs.signatures import Signatures
from jobs.worker import checker
from ocr.alto_reader import read_alto

Entry = dict[str, Any]
_SEVERAL = 3
"""So many problems stand in ``what``; ``details`` holds all."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case file to be looked at, in the home's store or in a second copy; there its bytes alone.

    ``seals`` and ``least`` tell what was published; ``run`` is the name of the run, for which trust is read once.
    """

    root: str
    store: Store
    place: PurePosixPath
    case_file: str
    documents: tuple[DocumentRow, ...]
    seals: Mapping[str, str]
    least: str | None
    home: Path
    signature: SigningConfig | None
    verapdf: Path
    run: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a case file: ``version`` is the newest one that was there, ``signatures`` a summary."""

    root: str
    case_file: str
    version: str
    at: str
    checked: int
    broken: list[Entry] = field(default_factory=list)
    not_verified: list[Entry] = field(default_factory=list)
    signatures: dict[str, Any] = field(default_factory=dict)


def examine(task: Task) -> Findings:
    """Look at everything; where the bytes are not what was published, nothing further is judged."""
    return _examine_copy(task) if task.root != STORE else _Examination(task).findings()


def newest(store: Store, place: PurePosixPath) -> str:
    """The newest version of the object in a folder, as the names of its folders tell; empty where there is none."""
    folder = store.root / place
    names = [path.name for path in folder.glob("v[1-9]*")] if folder.is_dir() else []
    return max((name for name in names if name[1:].isdecimal()), key=lambda name: int(name[1:]), default="")


def damage_entry(damage: Damage, **more: str) -> Entry:
    """Damage to the store as an entry."""
    entry = {"id": damage.id, "what": damage.what, "where": damage.where, "detail": damage.detail}
    return entry | {"code": damage.what, "details": {"detail": damage.detail} if damage.detail else {}} | more


def _examine_copy(task: Task) -> Findings:
    found = verify_sealed(task.store, task.case_file, task.seals, task.least or "v1")
    broken = [damage_entry(damage, copy=task.root) for damage in found]
    return Findings(task.root, task.case_file, newest(task.store, task.place), now(), 0, broken)


@cache
def _trust(run: str, config: SigningConfig | None) -> Signatures:
    return Signatures.of(config)


class _Examination:
    """One look at a case file in the home's store."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._broken: list[Entry] = []
        self._not_verified: list[Entry] = []
        trust = _trust(task.run, task.signature)
        self._signatures = Signatures(trust.anchors, trust.others, trust.evidence)

    def findings(self) -> Findings:
        task = self._task
        version = newest(task.store, task.place)
        self._broken += [damage_entry(damage) for damage in self._damage()]
        if not self._broken:
            files = task.store.files(task.case_file)
            self._check_seals()
            self._check_package(files)
            for row in task.documents:
                self._check_document(row, files)
        summary = self._signatures.summary()
        return Findings(
            STORE, task.case_file, version, now(), len(task.documents), self._broken, self._not_verified, summary
        )

    def _damage(self) -> list[Damage]:
        """Bytes first. One that is being published just now may hold more than the seals tell: that is no damage."""
        task = self._task
        found = verify_place(task.store, task.place, task.case_file)
        if found or task.least is None:
            return found
        others = differences(task.store, task.case_file, task.seals, task.least)
        return [damage for damage in others if damage.what != "unsealed"]

    def _check_seals(self) -> None:
        if not self._task.seals:
            self._unseen(self._task.case_file, "seal-none", "seal: none", str(self._task.place))

    def _check_package(self, files: Mapping[str, StoredFile]) -> None:
        """Hold the archival package in the newest version against its own METS, schemas and manifest."""
        name, where = self._task.case_file, f"{self._task.place}/{AIP_FOLDER}"
        package = stored_package(files)
        if not package:
            self._unseen(name, "package-none", "package: none", where)
        elif problems := check(ItemFiles(package)):
            self._broken.append(_entry(name, "package", where, problems))

    def _check_document(self, row: DocumentRow, files: Mapping[str, StoredFile]) -> None:
        record = row.record or {}
        if record.get("pdf") not in files:
            self._broken.append(_entry(row.id, "pdf-missing", str(self._task.place), ()))
            return
        stored = archived_among(files, row, record)
        for verdict in self._verdicts(row, stored, files):
            if verdict.state is VerdictState.PASSED:
                continue
            unsigned = verdict.check == "signature" and verdict.problems == ("unsigned",)
            details = {"tool": verdict.tool, **verdict.details}
            code = "unsigned" if unsigned else verdict.check
            entry = _entry(row.id, verdict.check, str(stored.path), verdict.problems, details) | {"code": code}
            (self._broken if verdict.state is VerdictState.FAILED else self._not_verified).append(entry)

    def _verdicts(
        self, row: DocumentRow, stored: ArchivedDocument, files: Mapping[str, StoredFile]
    ) -> Iterator[Verdict]:
        flavour = load_profile(row.profile, self._task.home).archive.flavour
        yield checker(self._task.verapdf).check(stored.path, flavour, name="pdfa")
        yield self._signatures.check(stored)
        yield _text_verdict(row.record or {}, stored.path, files)

    def _unseen(self, name: str, code: str, what: str, where: str) -> None:
        self._not_verified.append({"id": name, "what": what, "where": where, "code": code, "details": {}})


def _text_verdict(record: Mapping[str, Any], pdf: Path, files: Mapping[str, StoredFile]) -> Verdict:
    try:
        pages = [_words(files[path].path) if path in files else [] for path in map(alto_path, read_page_ids(record))]
    except BadInputError as err:
        return Verdict("text-layer", VerdictState.FAILED, "ALTO", (str(err),))
    return check_text(pdf, pages)


def _words(alto: Path) -> list[str]:
    return [word.text for line in read_alto(alto.read_bytes(), alto).lines for word in line.words]


def _entry(
    name: str, code: str, where: str, problems: Sequence[str], details: Mapping[str, object] | None = None
) -> Entry:
    what = f"{code}: {'; '.join(problems[:_SEVERAL])}" if problems else code
    return {
        "id": name,
        "what": what,
        "where": where,
        "code": code,
        "details": {**(details or {}), **({"problems": list(problems)} if problems else {})},
    }


def written(findings: Findings) -> dict[str, Any]:
    """Findings as a line of a log."""
    return {name: value for name, value in plain(findings).items() if value not in ([], {})}
