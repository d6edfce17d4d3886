"""What several commands answer of pages and of batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from commands.context import App

if TYPE_CHECKING:
    from scanner.gate.findings import Judgement


def page_json(page: Any) -> dict[str, Any]:
    """One entry of ``pages``, wherever pages of a batch are listed."""
    return {
        "id": page.id,
        "sequence": page.sequence,
        "sha256": page.sha256,
        "master": str(page.master),
        "frame": page.frame,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "flags": sorted(page.flags),
    }


def judged_page(app: App, page: Any, state: Any) -> dict[str, Any]:
    """The same with what the gate says of it; ``null`` where it was not asked."""
    said = state.gate.get(page.id)
    gate = None if said is None else {
        "verdict": said.verdict.value,
        "findings": [
            {
                "code": it.code,
                "verdict": it.verdict.value,
                "message": it.message(app.lang),
                "remedy": app.advice(it),
                "box": it.box,
            }
            for it in said.findings
        ],
    }  # fmt: skip
    return {**page_json(page), "gate": gate}


def doubts(app: App, said: Sequence[Judgement]) -> list[str]:
    """What the gate finds, in sentences, the worst of each page first."""
    findings = [it for judgement in said for it in judgement.findings if it.verdict.weight]
    return [f"{app.text(f'verdict-{it.verdict}')}: {it.message(app.lang)}" for it in findings]


def remarks(app: App, state: Any) -> dict[str, list[str]]:
    """What keeps a batch open, what is to be done about each, and what is only to be known."""
    problems = state.problems()
    return {
        "problems": [problem.message(app.lang) for problem in problems],
        "remedies": [app.advice(problem) for problem in problems],
        "notes": [note.message(app.lang) for note in state.notes],
    }


def show_remarks(app: App, answer: dict[str, Any]) -> None:
    """The same for people, and how a batch is closed that nothing keeps open."""
    for problem, remedy in zip(answer["problems"], answer["remedies"], strict=True):
        print(f"  ! {problem}\n    {remedy}")
    for note in answer["notes"]:
        print(f"  · {note}")
    if answer["state"] == "open" and not answer["problems"]:
        print(app.text("close-hint", batch=answer["batch"]))
