"""Verify: every byte of the store, the event chain, every package, and every document's PDF/A, signature and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import ButlucError, IntegrityError
from core.events import new_event
from core.files import digest
from jobs.examining import Entry, Findings, Task, examine, newest
from jobs.executor import abandon, make_executor
from jobs.home import Home
from jobs.runs import Asked, Run, begin, unfinished
from jobs.verifyplan import Plan, Unit
from jobs.worker import checker

Progress = Callable[[int, int], None]


def verify(
    home: Home,
    ids: Sequence[str],
    *,
    sample: int | None,
    seed: int,
    who: str,
    verapdf: Path,
    copies: Sequence[str] = (),
    jobs: int = 1,
    resume: bool = False,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """The contract's answer to ``verify --json``; with ``sample`` documents drawn by ``seed``, the same each time.

    Args:
        copies: names of second copies, whose bytes are looked at too; ``all`` for every one.
        jobs: worker processes.
        resume: go on with the newest run that was broken off, which knows what it was asked.

    Raises:
        UsageError: an identifier that is not held, a copy that the settings do not have, or nothing to go on with.
        MissingToolError, BadInputError: a copy is not there, or the run goes on elsewhere.
    """
    run = unfinished(home) if resume else None
    asked = run.asked if run is not None else Asked(tuple(ids), sample, seed, tuple(copies))
    plan = Plan(home, asked, verapdf)
    run = run or begin(home, asked)
    lock = f"verify-{run.name}"
    with home.lock(lock), checker(verapdf):
        totals = _look(plan, run, jobs, progress)
        answer = {**totals.answer(), "seed": asked.seed, "run": run.name, "resumed": resume, "chain": plan.chain}
        _tell(home, run, who, answer)
        run.end()
        home.lock_path(lock).unlink(missing_ok=True)
    return answer


@dataclass
class _Totals:
    """What has been found so far."""

    checked: int = 0
    broken: list[Entry] = field(default_factory=list)
    not_verified: list[Entry] = field(default_factory=list)
    levels: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    changed: list[dict[str, str]] = field(default_factory=list)

    def add(self, found: Findings) -> None:
        self.checked += found.checked
        self.broken += found.broken
        self.not_verified += found.not_verified
        self.levels.update(found.signatures.get("levels", {}))
        self.now.update(found.signatures.get("now", {}))
        self.changed += found.signatures.get("changed", [])

    def answer(self) -> dict[str, Any]:
        """In an order that does not depend on who was ready first."""
        signatures = {"levels": dict(sorted(self.levels.items())), "now": dict(sorted(self.now.items()))}
        return {
            "checked": self.checked,
            "broken": sorted(self.broken, key=_order),
            "not_verified": sorted(self.not_verified, key=_order),
            "signatures": {**signatures, "changed": sorted(self.changed, key=lambda entry: entry["id"])},
        }


def _order(entry: Entry) -> tuple[str, str]:
    return entry.get("copy", ""), entry["id"]


def _look(plan: Plan, run: Run, jobs: int, progress: Progress) -> _Totals:
    """Look at everything that the run has not looked at yet, or found broken, or that has a new version since."""
    totals = _Totals(plan.lost, list(plan.at_once))
    seen = {(found.root, found.case_file): found.version for found in run.findings() if not found.broken}
    kept = {unit.key for unit in plan.units if seen.get(unit.key) and seen[unit.key] == newest(unit.store, unit.place)}
    for found in _last(run, kept):
        totals.add(found)
    left = [unit for unit in plan.units if unit.key not in kept]
    progress(totals.checked, plan.size)
    for found in _examined(plan, left, run.name, jobs):
        run.note(found)
        totals.add(found)
        progress(totals.checked, plan.size)
    return totals


def _last(run: Run, keys: set[tuple[str, str]]) -> Iterator[Findings]:
    """What was found last of each of these; a run that went on more than once has looked at some more than once."""
    lines = {(found.root, found.case_file): number for number, found in enumerate(run.findings())}
    for number, found in enumerate(run.findings()):
        key = (found.root, found.case_file)
        if key in keys and lines[key] == number:
            yield found


def _examined(plan: Plan, units: Sequence[Unit], run: str, jobs: int) -> Iterator[Findings]:
    """Findings in the order in which they are ready; only a few tasks are in flight, so that memory stays flat."""
    tasks, room = (plan.task(unit, run) for unit in units), 1 if jobs <= 1 else 2 * jobs
    running: dict[Future[Findings], Task] = {}
    with make_executor(min(jobs, len(units))) as executor:
        try:
            while True:
                while len(running) < room and (task := next(tasks, None)) is not None:
                    running[executor.submit(examine, task)] = task
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield future.result()
                    del running[future]
        except BrokenProcessPool as err:
            names = ", ".join(sorted(task.case_file for task in running.values()))
            raise ButlucError("jobs.verifier-died", file=names) from err
        except BaseException:
            abandon(executor)
            raise


def _tell(home: Home, run: Run, who: str, answer: dict[str, Any]) -> None:
    """One event for the run, however often it went on; in a chain that is damaged it waits in the catalogue."""
    counts: dict[str, Any] = {name: len(answer[name]) for name in ("broken", "not_verified")}
    asked = ", ".join(run.asked.ids) or "store"
    happened = replace(
        new_event("verify", asked, who, checked=answer["checked"], **counts), uid=digest(["verify", run.name])[:32]
    )
    if answer["chain"]["ok"]:
        if not (answer["resumed"] and home.chain.holds(happened.uid)):
            home.record(happened)
        return
    with suppress(IntegrityError):
        home.record(happened)
