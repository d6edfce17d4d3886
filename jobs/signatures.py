"""Signatures of stored documents, judged anew: their worth when they were made, and what has become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asn1crypto.x509 import Certificate

from archive.revocation import Evidence, read_crls
from archive.signatures import CHECK, check_signature
from archive.signing_config import Level, SigningConfig
from archive.trust import read_certificates
from core.model import ArchivedDocument, Verdict, VerdictState

_RANKS = {level.full_name: level.rank for level in Level}
_NOTED = ("level", "then", "now", "stamped", "revoked_since", "expired_since", "weak_since", "proven_until")


@dataclass
class Signatures:
    """The check of many signatures with the same anchors and revocation lists; no service is asked."""

    anchors: Sequence[Certificate]
    others: Sequence[Certificate]
    evidence: Evidence
    levels: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    changed: list[dict[str, str]] = field(default_factory=list)

    @staticmethod
    def of(config: SigningConfig | None) -> Signatures:
        """With what a home's settings name; without settings nothing is trusted.

        Raises:
            BadInputError: a file that the settings name is missing or unreadable.
        """
        if config is None:
            return Signatures((), (), Evidence())
        lists = tuple(found for path in config.crls for found in read_crls(path))
        anchors, others = read_certificates(config.trust_anchors), read_certificates(config.certificates)
        return Signatures(anchors, others, Evidence(crls=lists))

    def check(self, stored: ArchivedDocument) -> Verdict:
        """The verdict of today; a level lower than the one recorded is proof of damage."""
        recorded = next((verdict for verdict in stored.verdicts if verdict.check == CHECK), None)
        if recorded is None:
            return Verdict(CHECK, VerdictState.NOT_VERIFIED, "-", ("unsigned",))
        found = check_signature(stored.path, self.anchors, others=self.others, evidence=self.evidence)
        before, today = recorded.details.get("level", ""), found.details.get("level", "")
        if found.state is not VerdictState.FAILED and _RANKS.get(today, -1) < _RANKS.get(before, -1):
            why = f"the level was {before} and is {today or 'unknown'}"
            found = replace(found, state=VerdictState.FAILED, problems=(*found.problems, why))
        self._count(stored.id, found)
        return found

    def _count(self, document: str, found: Verdict) -> None:
        self.levels[found.details.get("level", "-")] += 1
        state = found.details.get("now", "unknown")
        self.now[state] += 1
        if state != "valid":
            noted = {key: found.details[key] for key in _NOTED if key in found.details}
            self.changed.append({"id": document, **noted})

    def summary(self) -> dict[str, Any]:
        """How many of each level and of each state today, and those whose certificate is no longer valid."""
        return {
            "levels": dict(sorted(self.levels.items())),
            "now": dict(sorted(self.now.items())),
            "changed": self.changed,
        }
