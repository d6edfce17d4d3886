"""Plans: the rights in every one of them, scores below the steps, and each node's meaning in the embedded engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import tantivy
from hypothesis import given
from hypothesis import strategies as st

from core.model import IndexedPage, Reader
from indexer import plan
from indexer.entry import entry_of
from indexer.planner import plan as make_plan
from indexer.port import SearchRequest
from indexer.query import parse
from indexer.scope import rights_of
from indexer.tantivy_engine import page_at
from indexer.tantivy_query import to_query
from indexer.tantivy_schema import build_schema, document_of
from indexer.weights import MOST_TERM, MOST_TEXT

TEXTS = ("đất nhà", "đất ở nhà", "nhà đất", "nghiêng", "nghiêm trọng")
READER = Reader("đương sự", frozenset({"Tòa án A"}), frozenset())


@pytest.fixture(scope="module")
def find(page: Callable[..., IndexedPage]) -> Callable[[plan.Node], set[int]]:
    index = tantivy.Index(build_schema())
    writer = index.writer(15_000_000, 1)
    for ordinal, text in enumerate(TEXTS, 1):
        writer.add_document(document_of(entry_of(page(ordinal, text, year=1980 + ordinal))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def run(node: plan.Node) -> set[int]:
        found = searcher.search(to_query(index.schema, node), 99)
        return {int(page_at(searcher, address).document[-7:]) for _, address in found.hits}

    return run


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (plan.Term("folded", "dat"), {1, 2, 3}),
        (plan.Term("pairs", "đât\u0301_nha\u0300"), {1}),
        (plan.Terms("folded", ("o", "trong")), {2, 5}),
        (plan.Terms("folded", ()), set()),
        (plan.Phrase("folded", ("dat", "nha")), {1}),
        (plan.Phrase("folded", ("dat", "nha"), 1), {1, 2}),
        (plan.Phrase("folded", ("dat", "nha"), 2), {1, 2, 3}),
        (plan.Prefix("folded", "nghi"), {4, 5}),
        (plan.Fuzzy("folded", "nghien", 1), {4, 5}),
        (plan.Range("year", 1982, 1983), {2, 3}),
        (plan.Range("year", None, 1981), {1}),
        (plan.Everything(), {1, 2, 3, 4, 5}),
        (plan.Nothing(), set()),
        (plan.Bool(must=(plan.Term("folded", "dat"),), must_not=(plan.Term("folded", "o"),)), {1, 3}),
        (plan.Bool(must=(plan.Term("folded", "dat"),), should=(plan.Term("folded", "o"),)), {1, 2, 3}),
        (plan.Boost(plan.Constant(plan.Term("folded", "o"), 2.0), 3.0), {2}),
    ],
)
def test_each_node_finds_what_it_says(
    find: Callable[[plan.Node], set[int]], node: plan.Node, expected: set[int]
) -> None:
    assert find(node) == expected


def nodes(node: plan.Node) -> Iterator[plan.Node]:
    yield node
    if isinstance(node, plan.Bool):
        for part in (*node.must, *node.should, *node.must_not):
            yield from nodes(part)
    elif isinstance(node, plan.Boost | plan.Constant):
        yield from nodes(node.node)


@given(st.text(max_size=60) | st.lists(st.sampled_from(["án", "+tòa", "-đất", '"xét xử"', "15/DS"])).map(" ".join))
def test_rights_are_in_every_plan_and_every_phrase_has_two_words(query: str) -> None:
    made = make_plan(parse(query), SearchRequest(query), READER)
    assert isinstance(made, plan.Bool)
    assert {plan.silent(node) for node in rights_of(READER)} <= set(made.must)
    for node in nodes(made):
        if isinstance(node, plan.Phrase):
            assert len(node.tokens) >= 2
        if isinstance(node, plan.Bool):
            assert node.must or node.should


@given(
    st.lists(
        st.sampled_from(["án", "tòa", "đất", "nhà", "dân", "sự", "xét", "xử", "tranh", "chấp", "quyền"]),
        min_size=1,
        max_size=64,
    )
)
def test_scores_of_text_stay_below_the_steps(words: list[str]) -> None:
    def most(node: plan.Node) -> float:
        if isinstance(node, plan.Bool):
            return sum(map(most, (*node.must, *node.should)))
        if isinstance(node, plan.Boost):
            return node.weight * most(node.node)
        if isinstance(node, plan.Constant):
            return node.score
        return MOST_TERM

    made = make_plan(parse(" ".join(words)), SearchRequest(""), READER)
    assert isinstance(made, plan.Bool)
    assert most(made.should[-1]) <= MOST_TEXT + 0.01
