"""The query language, free of any engine: any text at all becomes a :class:`ParsedQuery`.

Words are sought each by itself, pages with all of them first. ``"a b"`` is a phrase; ``+`` requires and ``-`` excludes
what follows; ``từ*`` is a beginning; ``a gần/5 b`` asks for nearness; ``OR`` parts alternatives, parentheses hold them
together; ``năm:1986..1989`` is a condition. What is none of these is text, so pasted codes and prose can be sought.
What is meant for a sign and cannot be one is left out or taken as text, with a notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.legacy import repaired
from indexer.lexer import Sign, Token, tokens_of
from indexer.syntax import Clause, Either, Group, Near, Node, Occur, Words, words_of

MAX_CLAUSES = 64
"""Words and phrases taken from one query; the rest is left out with a notice."""
_MAX_CHARS = 20_000
_MAX_DEPTH = 12
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_NOTHING = "indexer.notice-nothing-to-seek"


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What was asked, and the code of a notice for the person, if any.

    ``root`` is ``None`` where there is nothing to seek. ``rows`` are the wanted words that were typed side by side, in
    order and as often as they were typed.
    """

    root: Group | Either | None
    notice: str | None = None
    rows: tuple[tuple[Words, ...], ...] = ()


def parse(query: str) -> ParsedQuery:
    """The tree of ``query``, out of old codes; never raises. The same clause twice in a group counts once."""
    found = read(repaired(query[:_MAX_CHARS]))
    if len(query) > _MAX_CHARS and found.root is not None:
        return replace(found, notice="indexer.notice-shortened")
    return found


def read(text: str) -> ParsedQuery:
    """The tree of ``text``, which is NFC."""
    text = text.translate(_QUOTES)
    tokens, shortened = _shortened(list(tokens_of(text)))
    tokens, unbalanced = _balanced(tokens)
    reading = _Reading(tokens)
    root = reading.alternatives(0, len(tokens))
    if root is None:
        return ParsedQuery(None, _NOTHING)
    problems = {
        "indexer.notice-shortened": shortened,
        "indexer.notice-open-quote": text.count('"') % 2 == 1,
        "indexer.notice-operator": reading.stray,
        "indexer.notice-parentheses": unbalanced and any(token.sign is Sign.OR for token in tokens),
        "indexer.notice-field-value": any(token.odd for token in tokens),
        "indexer.notice-only-excluded": isinstance(root, Group)
        and all(clause.occur is Occur.MUST_NOT for clause in root.clauses),
    }
    return ParsedQuery(root, next((code for code, there in problems.items() if there), None), _rows(tokens))


def _shortened(tokens: list[Token]) -> tuple[list[Token], bool]:
    """The tokens up to the last item that is taken; the same item twice counts once."""
    seen: set[object] = set()
    for at, token in enumerate(tokens):
        if token.sign is Sign.ITEM:
            seen.add((token.occur, token.node.exact if isinstance(token.node, Words) else token.node))
            if len(seen) > MAX_CLAUSES:
                return tokens[:at], True
    return tokens, False


def _balanced(tokens: list[Token]) -> tuple[list[Token], bool]:
    """The tokens without parentheses that have no counterpart or lie too deep, and whether one had no counterpart."""
    left_out: set[int] = set()
    unmatched: set[int] = set()
    stack: list[int] = []
    for at, token in enumerate(tokens):
        if token.sign is Sign.OPEN:
            stack.append(at)
        elif token.sign is Sign.CLOSE and stack:
            if len(stack) > _MAX_DEPTH:
                left_out |= {stack[-1], at}
            stack.pop()
        elif token.sign is Sign.CLOSE:
            unmatched.add(at)
    unmatched.update(stack)
    kept = [token for at, token in enumerate(tokens) if at not in left_out | unmatched]
    return kept, bool(unmatched)


class _Reading:
    """Reads balanced tokens; ``stray`` says that an operator had nothing to join."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._partner = _partners(tokens)
        self.stray = False

    def alternatives(self, start: int, stop: int) -> Group | Either | None:
        """What stands between ``start`` and ``stop``; ``None`` where nothing does."""
        ends = [at for at in self._here(start, stop) if self._tokens[at].sign is Sign.OR]
        pieces = [self.group(a, b) for a, b in zip([start, *(at + 1 for at in ends)], [*ends, stop], strict=True)]
        groups = tuple(dict.fromkeys(piece for piece in pieces if piece is not None))
        self.stray |= any(piece is None for piece in pieces) and bool(ends)
        if len(groups) > 1:
            return Either(groups)
        return groups[0] if groups else None

    def group(self, start: int, stop: int) -> Group | None:
        """Clauses side by side; ``None`` where there is none."""
        clauses: list[Clause] = []
        near: Token | None = None
        for at in self._here(start, stop):
            token = self._tokens[at]
            if token.sign is Sign.NEAR:
                clauses += self._words(near)
                near = token
                continue
            found = self._clauses(at, token)
            joined = self._joined(clauses, near, found)
            clauses = joined if joined else [*clauses, *self._words(near), *found]
            near = None
        clauses += self._words(near)
        kept = {(clause.occur, _key(clause.node)): clause for clause in reversed(clauses)}
        return Group(tuple(reversed(kept.values()))) if kept else None

    def _clauses(self, at: int, token: Token) -> list[Clause]:
        """What an item or a pair of parentheses says; parentheses that hold nothing together are as if not there."""
        if token.sign is Sign.ITEM:
            return [Clause(token.occur, token.node)] if token.node is not None else []
        inner = self.alternatives(at + 1, self._partner[at])
        if inner is None:
            return []
        if token.occur is Occur.SHOULD and isinstance(inner, Group):
            return list(inner.clauses)
        return [Clause(token.occur, inner)]

    def _joined(self, clauses: list[Clause], near: Token | None, found: list[Clause]) -> list[Clause]:
        """The clauses with the last one near what was found; none where there is nothing to join."""
        if near is None or not clauses or len(found) != 1:
            return []
        left, right = clauses[-1].node, found[0].node
        start = left.right if isinstance(left, Near) else left
        if not isinstance(start, Words) or not isinstance(right, Words) or found[0].occur is not Occur.SHOULD:
            return []
        kept = clauses if isinstance(left, Near) else clauses[:-1]
        return [*kept, Clause(clauses[-1].occur, Near(start, right, near.within))]

    def _words(self, token: Token | None) -> list[Clause]:
        """An operator that joins nothing is text."""
        if token is None:
            return []
        self.stray = True
        made = words_of(token.text)
        return [Clause(Occur.SHOULD, made)] if made else []

    def _here(self, start: int, stop: int) -> Iterator[int]:
        """Tokens between ``start`` and ``stop`` that are within no parentheses there."""
        at = start
        while at < stop:
            yield at
            at = self._partner.get(at, at) + 1


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each parenthesis that opens is closed."""
    partner, stack = {}, []
    for at, token in enumerate(tokens):
        if token.sign is Sign.OPEN:
            stack.append(at)
        elif token.sign is Sign.CLOSE:
            partner[stack.pop()] = at
    return partner


def _key(node: Node) -> object:
    """Equal for two spellings of one word."""
    return replace(node, text="", code="") if isinstance(node, Words) else node


def _rows(tokens: Sequence[Token]) -> tuple[tuple[Words, ...], ...]:
    rows: list[list[Words]] = [[]]
    for token in tokens:
        if isinstance(token.node, Words) and token.occur is not Occur.MUST_NOT:
            rows[-1].append(token.node)
        elif token.sign not in (Sign.OPEN, Sign.CLOSE):
            rows.append([])
    return tuple(tuple(row) for row in rows if row)
