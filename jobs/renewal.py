"""Renewal: revocation data and a fresh document time stamp for every document whose last one is about to end.

Each case file with documents due gets one new version; the old one stays. A run that was stopped goes on with the case
files that are left, because those done are no longer due.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from archive.prolong import prolong
from archive.signatures import check_signature
from archive.signing_config import Level, SigningConfig
from archive.trust import Trust, load_trust
from core.config import plain
from core.errors import ButlucError, IntegrityError, MissingToolError, UsageError, foreseen
from core.events import Event, new_event
from core.files import sha256_file
from core.model import Verdict, VerdictState
from jobs.copies import Keeper
from jobs.executor import abandon, make_executor, scratch
from jobs.home import Home
from jobs.profile import load_profile
from jobs.publish import stored_records, sync_store
from jobs.reading import work_folder
from jobs.record import pdf_path, record_path
from jobs.standing import Standing, standings
from jobs.versions import Changes, case_file_record, held_files, make_version, pretty
from jobs.worker import checker

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RenewalTask:
    """Renew the signature of one stored PDF into ``target``."""

    id: str
    source: Path
    sha256: str
    target: Path
    flavour: str
    signature: SigningConfig
    verapdf: Path


@dataclass
class Renewals:
    """What one run did."""

    renewed: list[str] = field(default_factory=list)
    failed: list[tuple[str, ButlucError]] = field(default_factory=list)
    not_verified: list[str] = field(default_factory=list)
    seconds: float = 0.0


def renew(
    home: Home,
    ids: Sequence[str],
    *,
    before: date | None,
    jobs: int,
    who: str,
    verapdf: Path,
    progress: Progress = lambda done, total: None,
) -> Renewals:
    """Renew what is due on the day ``before``, today where it is left out.

    Raises:
        UsageError: an identifier that is not held, or a home without signing settings.
        MissingToolError: the time-stamp authority or a demanded revocation service cannot be reached, another command
            works on this home, or the disk is full. What was published before stays.
    """
    started, config = time.monotonic(), home.signature
    if config is None:
        raise UsageError("jobs.no-signature-settings", file=home.root / "butluc.toml")
    home.demand("store", "audit")
    done, today = Renewals(), datetime.now(UTC).date()
    with home.lock("process"), scratch(work_folder(home.path("cache"))):
        sync_store(home)
        due: dict[str, list[Standing]] = defaultdict(list)
        for found in standings(home, ids, today):
            if found.due is not None and found.due <= (before or today):
                due[found.row.case_file].append(found)
        total = sum(len(group) for group in due.values())
        with make_executor(jobs) as pool:
            try:
                for case_file, group in due.items():
                    _renew_case_file(home, case_file, group, pool, who, verapdf, done)
                    progress(len(done.renewed) + len(done.failed), total)
            except BaseException:
                abandon(pool)
                raise
        home.flush_events()
        Keeper(home, who).catch_up()
    done.seconds = round(time.monotonic() - started, 3)
    return done


def _renew_case_file(
    home: Home, case_file: str, group: list[Standing], pool: Executor, who: str, verapdf: Path, done: Renewals
) -> None:
    """One new version of a case file with all of its documents that could be renewed."""
    changes: Changes = {}
    records: list[dict[str, Any]] = []
    events: list[Event] = []
    tasks = [_task(home, found, verapdf) for found in group]
    for found, task, future in [(f, t, pool.submit(renew_document, t)) for f, t in zip(group, tasks, strict=True)]:
        verdicts = _outcome(task, future, done)
        if verdicts is None:
            continue
        record = _renewed_record(found, task, verdicts)
        records.append(record)
        changes[pdf_path(task.id)] = task.target
        changes[record_path(task.id)] = pretty(record)
        events += _events(task, record, verdicts, who)
    if records:
        held = held_files(home, case_file)
        known = {record["id"]: record for record in (*stored_records(home, case_file), *records)}
        about, ids = case_file_record(home, case_file, held, known), ", ".join(record["id"] for record in records)
        make_version(home, about, changes, records, events, message=f"renew: {ids}", who=who)
        done.renewed += [record["id"] for record in records]
    for task in tasks:
        task.target.unlink(missing_ok=True)


def _task(home: Home, found: Standing, verapdf: Path) -> RenewalTask:
    row = found.row
    assert row.record is not None and home.signature is not None
    stored = home.store.files(row.case_file)[row.record["pdf"]]
    return RenewalTask(
        id=row.id,
        source=stored.path,
        sha256=row.record["pdf_sha256"],
        target=work_folder(home.path("cache")) / f"{row.id}.pdf",
        flavour=load_profile(row.profile, home.root).archive.flavour,
        signature=home.signature,
        verapdf=verapdf,
    )


def _outcome(task: RenewalTask, future: Future[list[Verdict]], done: Renewals) -> list[Verdict] | None:
    try:
        verdicts = future.result()
    except Exception as cause:  # one document that the code was not made for must not stop the thousands behind it
        err = foreseen(cause, "jobs.unforeseen", task.id)
        if isinstance(err, MissingToolError):
            raise err from err.__cause__
        done.failed.append((task.id, err))
        return None
    if any(verdict.state is VerdictState.NOT_VERIFIED for verdict in verdicts):
        done.not_verified.append(task.id)
    return verdicts


def _renewed_record(found: Standing, task: RenewalTask, verdicts: list[Verdict]) -> dict[str, Any]:
    assert found.row.record is not None
    checked = {verdict.check for verdict in verdicts}
    kept = [verdict for verdict in found.row.record["verdicts"] if verdict["check"] not in checked]
    return {
        **found.row.record,
        "pdf_sha256": sha256_file(task.target),
        "verdicts": [*kept, *(plain(verdict) for verdict in verdicts)],
    }


def _events(task: RenewalTask, record: dict[str, Any], verdicts: list[Verdict], who: str) -> Iterator[Event]:
    level = verdicts[-1].details["level"]
    yield new_event("renew", task.id, who, before=task.sha256, after=record["pdf_sha256"], level=level)
    for verdict in verdicts:
        yield new_event("check", task.id, who, check=verdict.check, state=verdict.state.value, tool=verdict.tool)


@cache
def trust(config: SigningConfig) -> Trust:
    """What this process renews with; a renewal is a document time stamp, whatever level is asked of signatures."""
    return replace(load_trust(config), level=Level.BLTA)


def renew_document(task: RenewalTask) -> list[Verdict]:
    """Renew one document's signature and check the result: the verdicts of PDF/A and of the signature.

    A file that is not what was published, or whose signature is refuted, gets no fresh time stamp: that would dress up
    what is broken.

    Raises:
        IntegrityError: the file was changed in the store.
        ButlucError: its signature is not valid, the state of a certificate is not known, or a check of the result
            failed.
        MissingToolError: the time-stamp authority cannot be reached, or the disk is full.
    """
    if sha256_file(task.source) != task.sha256:
        raise IntegrityError("jobs.renew-changed", file=task.source)
    ours = trust(task.signature)
    before = check_signature(task.source, ours.anchors, others=ours.intermediates)
    if before.state is VerdictState.FAILED:
        raise _refused(task, "signature-failed", before)
    reason = prolong(task.source, task.target, ours)
    if reason is not None:
        raise ButlucError("jobs.renew-unknown", file=task.id, why=reason)
    pdfa = checker(task.verapdf).check(task.target, task.flavour, name="pdfa-after")
    if pdfa.state is VerdictState.FAILED:
        raise _refused(task, "pdfa-failed", pdfa)
    signed = check_signature(task.target, ours.anchors, others=ours.intermediates)
    if signed.state is VerdictState.FAILED:
        raise _refused(task, "signature-failed", signed)
    return [pdfa, signed]


def _refused(task: RenewalTask, slug: str, verdict: Verdict) -> ButlucError:
    return ButlucError(f"jobs.{slug}", file=task.id, problems="; ".join(verdict.problems[:3]))
