"""Destroy the case files of an approved list: every copy that the home knows, and a tombstone for each.

The moment of decision is one transaction: the events ``destroy`` of the whole list. What follows takes away what is
left and can be called again as often as it was killed; a medium that is not there is written down as pending, until a
later call reaches it or a person says that it was done by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from archive.publication import Step
from archive.removal import remove
from archive.store import nothing
from core.errors import ButlucError, MissingToolError, UsageError, foreseen
from core.events import Event, new_event
from jobs.copies import chosen
from jobs.destruction_checks import demand_unchanged
from jobs.destruction_lists import CONFIRM, DESTRUCTION, Progressed, load
from jobs.erasure import Traces, erase_from_home
from jobs.home import Home
from jobs.indexing import fresh_index
from jobs.intake import sync_journals
from jobs.medium import Medium
from jobs.medium_erasure import erase_from_medium
from jobs.persons import same_person
from jobs.publish import stored_records
from jobs.rebuild import no_intake
from jobs.seals import DESTROYED, SealBook
from jobs.tombstones import put_tombstones, told

_INDEX = "index"
"""The place of an index on a cluster that was away: each call makes it anew, whatever was pending."""


def places(home: Home) -> list[dict[str, str]]:
    """Every medium outside the home that holds or may hold case files: second copies and backups, all ever made."""
    copies = {event["object"]: event["details"]["path"] for event in home.chain.of_act("copy-init")}
    copies |= {copy.name: str(copy.root) for copy in home.copies}
    found = [{"place": f"copy:{name}", "path": path} for name, path in copies.items()]
    media = {event["details"]["medium"]: event["details"]["path"] for event in home.chain.of_act("backup")}
    return found + [{"place": f"backup:{medium}", "path": path} for medium, path in media.items()]


def rehearse(home: Home, number: str) -> dict[str, Any]:
    """What :func:`destroy` would do; nothing is changed.

    Raises:
        As :func:`destroy`.
    """
    found = load(home, number)
    _demand_approved(found)
    if found.state == "approved":
        demand_unchanged(home, found.made)
    return {**found.plain(), "case_files": [item.standing.id for item in found.made.items], "places": places(home)}


def _demand_approved(found: Progressed) -> None:
    if found.state in ("proposed", "withdrawn", "destroyed") or same_person(found.made.by, found.approved_by):
        raise UsageError("jobs.list-state", number=found.made.number, state=found.state)


def destroy(home: Home, number: str, who: str, *, step: Step = nothing) -> Progressed:
    """Destroy an approved list, or go on with it where it was broken off or a place was not reached.

    Raises:
        UsageError: it is not approved by a second person, or is destroyed already.
        BadInputError: a case file changed, is held, or is due no more since it was made.
        IntegrityError: the list was changed.
        MissingToolError: the line or an intake is at work, or the disk is full.
    """
    with ExitStack() as held:
        for name in ("retention", "process", "copies", "fixity"):
            held.enter_context(home.lock(name))
        held.enter_context(no_intake(home))
        home.store.recover()
        sync_journals(home)
        found = load(home, number)
        _demand_approved(found)
        if found.state == "approved":
            demand_unchanged(home, found.made)
            home.record(*_events(home, found, who))
        step("decided")
        known = told(home)
        events = {item.standing.id: known[item.standing.id] for item in found.made.items}
        put_tombstones(home.root, events.values())
        step("tombstones")
        _carry_out(home, found, events, known, who, step)
    return load(home, number)


def _events(home: Home, found: Progressed, who: str) -> Iterator[Event]:
    """What stays of each case file: who and what it was, and the digests that tell what was destroyed."""
    book = SealBook(home)
    for item in found.made.items:
        row = item.standing
        pdfs = {record["id"]: record["pdf_sha256"] for record in stored_records(home, row.id)}
        about: dict[str, Any] = {"list": found.made.number, "list_sha256": found.sha256}
        about |= {"proposed_by": found.made.by, "approved_by": found.approved_by, "title": row.title}
        about |= {"code": row.code, "rule": row.rule, "source": row.source, "end": row.end, "due": row.due}
        about |= {"documents": row.documents, "pages": row.pages, "inventories": dict(book.of(row.id)), "pdfs": pdfs}
        yield new_event(DESTROYED, row.id, who, reason=found.reason, **about)


def _carry_out(
    home: Home,
    found: Progressed,
    events: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Any],
    who: str,
    step: Step,
) -> None:
    traces = Traces(home, events.keys(), known.keys())
    reached, pending = [], []
    outside = {place["place"]: place for place in (*found.places, *places(home)) if place["place"] != _INDEX}
    for place in outside.values():
        try:
            _erase(home, place, events, traces, step)
            reached.append(place)
        except (ButlucError, OSError) as err:
            pending.append(_pending(place["place"], place["path"], foreseen(err, "jobs.copy-failed", place["path"])))
    erase_from_home(home, events.keys(), traces, step)
    try:
        fresh_index(home)
    except MissingToolError as err:  # a cluster that is away
        pending.append(_pending(_INDEX, str(home.path("index")), err))
    step("index")
    done: dict[str, Any] = {"case_files": len(events), "reached": reached, "pending": pending}
    home.record(new_event(DESTRUCTION, found.made.number, who, **done))


def _pending(place: str, path: str, why: ButlucError) -> dict[str, str]:
    return {"place": place, "path": path, "code": why.code, "why": why.message("vi")}


def _erase(
    home: Home, place: Mapping[str, str], events: Mapping[str, Mapping[str, Any]], traces: Traces, step: Step
) -> None:
    kind, _, name = place["place"].partition(":")
    if kind == "copy":
        (copy,) = chosen(home, [name])
        store = copy.open()
        for case_file in events:
            remove(store, case_file)
            step(f"{place['place']}: {case_file}")
        return
    medium = Medium.open(home.root / place["path"], home.chain.genesis())
    if medium.identity.id != name:
        raise UsageError("jobs.medium-another", file=place["path"])
    erase_from_medium(medium, events.values(), traces, step)


def confirm(home: Home, number: str, place: str, who: str, reason: str) -> Progressed:
    """Note that a person destroyed what lay in a place that could not be reached.

    Raises:
        UsageError: there is no such list, or that place is not pending.
    """
    with home.lock("retention", wait=True):
        found = load(home, number)
        if place not in {entry["place"] for entry in found.places}:
            known = ", ".join(entry["place"] for entry in found.places) or "–"
            raise UsageError("jobs.no-place", number=number, place=place, known=known)
        home.record(new_event(CONFIRM, number, who, reason=reason, place=place))
        return load(home, number)
