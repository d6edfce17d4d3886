"""How long each case file is to be kept, and which are due for appraisal; nothing is decided or destroyed here.

Years are counted from the end of the year in which the work ended (Luật Lưu trữ 33/2024/QH15, Điều 15): a file of 1987
that is kept for ten years is due from 1998.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.ids import fonds_of
from core.text import nfc
from jobs.description import case_file_values, end_of, said_periods
from jobs.holds import Hold, held_by, holds
from jobs.home import Home
from jobs.packaging import CASE_FILE
from jobs.publish import stored_records
from jobs.record import read_page_ids
from jobs.retention_rules import PERMANENT, Rules, read_rules

Progress = Callable[[int, int], None]
STATES = ("due", "running", "permanent", "unknown", "held")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case file stands: ``due running permanent unknown held``.

    ``why`` says of an unknown one what is missing: ``no-rule``, ``choice`` (the rule leaves it to a person), ``period``
    (one that is no number of years) or ``end`` (the year in which the work ended); of a held one why it is held.
    """

    id: str
    title: str
    state: str
    why: str
    code: str
    rule: str
    source: str
    certainty: str
    end: int | None
    end_from: str
    due: int | None
    documents: int
    pages: int
    version: str


def standings(
    home: Home, year: int, ids: Collection[str] = (), progress: Progress = lambda done, total: None
) -> list[Standing]:
    """Every case file in the store (or those of ``ids``) as it stands in the beginning of ``year``.

    Raises:
        UsageError: an identifier that is not held.
        BadInputError: the home's own rules have a mistake.
        IntegrityError: a case file or the chain is damaged.
    """
    known = [name for name, version in home.catalogue.versions().items() if version is not None]
    wanted = {nfc(name) for name in ids}
    for name in sorted(wanted - set(known)):
        raise UsageError("jobs.no-record", id=name)
    names = [name for name in known if not wanted or name in wanted]
    rules, held = read_rules(home.root), holds(home)
    found = []
    for done, name in enumerate(names, 1):
        found.append(standing(home, name, year, rules, held))
        progress(done, len(names))
    return found


def standing(home: Home, case_file: str, year: int, rules: Rules, held: Mapping[str, Hold]) -> Standing:
    """One case file, as the store has it."""
    about = json.loads(home.store.files(case_file)[CASE_FILE].path.read_bytes())
    records = stored_records(home, case_file)
    code, rule, source, certainty = _period(case_file, about, records, rules)
    end, end_from = end_of(about, records)
    period = rules.periods.get(code)
    due = end + period + 1 if end is not None and isinstance(period, int) else None
    hold = held_by(held, case_file)
    state, why = _state(code, rule, period, due, year)
    return Standing(
        id=case_file,
        title=case_file_values(about, records)["title"],
        state="held" if hold else state,
        why=hold.reason if hold else why,
        code=code,
        rule=rule,
        source=source,
        certainty=certainty,
        end=end,
        end_from=end_from,
        due=due,
        documents=len(records),
        pages=sum(len(read_page_ids(record)) for record in records),
        version=home.store.head(case_file) or "",
    )


def _period(
    case_file: str, about: Mapping[str, Any], records: Sequence[Mapping[str, Any]], rules: Rules
) -> tuple[str, str, str, str]:
    """Code, name of the rule, what it rests on and how sure that is. The longest period in a mixed file counts."""
    own, members = said_periods(about)
    types = {record["fields"]["case_type"]["normal"] for record in records if "case_type" in record["fields"]}
    rule = rules.of(fonds_of(case_file), types)
    code = own or (rule.code if rule else "")
    longest = rules.longest({code, *members}) if code else ""
    if own or longest != code:
        return longest, "said", "", ""
    return (code, rule.name, rule.source, rule.certainty) if rule else ("", "", "", "")


def _state(code: str, rule: str, period: int | str | None, due: int | None, year: int) -> tuple[str, str]:
    if period == PERMANENT:
        return PERMANENT, ""
    if not code:
        return "unknown", "choice" if rule else "no-rule"
    if not isinstance(period, int):
        return "unknown", "period"
    if due is None:
        return "unknown", "end"
    return ("due" if due <= year else "running"), ""


def counted(rows: Sequence[Standing]) -> dict[str, int]:
    """How many case files are in each state."""
    counts = Counter(row.state for row in rows)
    return {state: counts[state] for state in STATES}
