"""A query's tree as a person would type it: parsed again, it gives the same tree."""

from __future__ import annotations

from indexer.askable import BY_NAME, Manner
from indexer.syntax import Clause, Either, FieldTest, Group, Near, Node, Occur, Span, Stem, Words
from indexer.values import span_text

_SIGNS = {Occur.SHOULD: "", Occur.MUST: "+", Occur.MUST_NOT: "-"}


def print_query(root: Node) -> str:
    """One line of text."""
    match root:
        case Group(clauses):
            return " ".join(_clause(clause) for clause in clauses)
        case Either(options):
            return " OR ".join(print_query(option) for option in options)
        case Near(left, right, within):
            return f"{print_query(left)} gần/{within} {print_query(right)}"
        case FieldTest(name, value):
            return f"{name}:{_value(value, BY_NAME[name].manner)}"
    return _value(root, Manner.WORDS)


def _clause(clause: Clause) -> str:
    inner = print_query(clause.node)
    held = f"({inner})" if isinstance(clause.node, Group | Either) else inner
    return _SIGNS[clause.occur] + held


def _value(value: Words | Stem | Span, manner: Manner) -> str:
    if isinstance(value, Span):
        return span_text(value, manner)
    if isinstance(value, Stem):
        return f"{value.text}*"
    whole = len(value.exact) > 1 or manner is Manner.IDENTIFIER
    return f'"{value.text}"' if whole else value.text
