"""A title for people: what a hit list or a page head calls a document."""

from __future__ import annotations

from core.model import DocumentFields

_LONGEST = 160


def document_title(fields: DocumentFields, fallback: str) -> str:
    """``Bản án 15/DS-ST — tranh chấp đất đai``: kind, number and abstract as far as they are known.

    Args:
        fields: what was read.
        fallback: the title where neither kind nor abstract is known, such as the document's identifier.
    """
    values = {name: value.normal for name, value in fields.values.items()}
    code = values.get("judgment_number") or "/".join(
        values[name] for name in ("number", "notation") if "number" in values and name in values
    )
    kind = values.get("type")
    name = " ".join(part for part in (kind, code) if part) if kind else (f"Số {code}" if code else "")
    subject = _shorten(values.get("subject", ""))
    return " — ".join(part for part in (name, subject) if part) or fallback


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
