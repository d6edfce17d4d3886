"""Does a clerk find the page in one try? ``python -m bench.search [--texts FOLDER] [--aged N] [--misses]``.

Relevance: the questions of ALQAC 2023 with the law articles that answer them, over all articles, each one page. MRR
(reciprocal rank of the first right article among 20) and R@1, as typed and without any diacritics, for both halves of
the questions; weights were chosen on the even half. In the second table an article's title names its law too, as the
title of an archived law would.

Known items: the judgments, parted into pages, among those articles; each is sought by its number, its date, both
parties, and the question asked of it. A try is good where the first hit is a page of that judgment.

With ``--aged N``, the first pages of each judgment, three at most, are set in type, aged and read by the product's
reader, N pages in all, and the same items are sought in what was read. Needs the real texts, which are not in the
repository.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.aged_texts import read_aged
from core.model import FieldValue, IndexedPage, owner
from core.text import fold
from indexer.port import SearchRequest
from indexer.tantivy_index import TantivyIndex
from metadata.fields import read_fields_text

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "texts"
_DEPTH = 20
_PAGE_CHARS = 2400
_READER = owner("bench")


@dataclass(frozen=True, slots=True)
class Item:
    """A text to find: what is sought, and the documents that are right."""

    kind: str
    query: str
    right: frozenset[str]


def articles(folder: Path, *, law_in_title: bool) -> tuple[list[IndexedPage], dict[str, str]]:
    """The law articles as one-page documents, and the document of each by its name."""
    read: dict[str, str] = json.loads((folder / "alqac2023" / "all_articles_2023.json").read_text(encoding="utf-8"))
    pages, names = [], {}
    for number, (name, text) in enumerate(read.items(), 1):
        law, _, article = name.partition("@")
        heading = text.partition("\n")[0][:200]
        title = f"{law}. Điều {article}. {heading}" if law_in_title else heading
        names[name] = f"LUAT.2023.00001.{number:07d}"
        pages.append(_page(names[name], 1, text, title=title))
    return pages, names


def questions(folder: Path, names: dict[str, str]) -> list[Item]:
    """The questions with their articles, in the order of the files."""
    items = []
    for name in ("train", "public_test", "private_test"):
        for entry in json.loads((folder / "alqac2023" / f"{name}.json").read_text(encoding="utf-8")):
            right = {names[f"{part['law_id']}@{part['article_id']}"] for part in entry.get("relevant_articles", ())}
            if right:
                items.append(Item("question", entry["text"], frozenset(right)))
    return items


def judgments(folder: Path) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Identifier, entry of the manifest and pages of text of each judgment."""
    manifest = json.loads((folder / "judgments" / "manifest.json").read_text(encoding="utf-8"))
    for number, entry in enumerate(manifest, 1):
        text = (folder / "judgments" / entry["text"]).read_text(encoding="utf-8")
        yield f"TAND.DS.2017.00001.{number:07d}", entry, list(_pages(text))


def _pages(text: str) -> Iterator[str]:
    held: list[str] = []
    for row in text.split("\n"):
        held.append(row)
        if sum(map(len, held)) > _PAGE_CHARS:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def known_items(held: Sequence[tuple[str, dict[str, Any], list[str]]]) -> list[Item]:
    """What a clerk may know of each judgment; of two with the same number or date, either is right.

    A date of the manifest that stands nowhere in the judgment is nothing that anybody could know.
    """
    items = []
    for document, entry, texts in held:
        fields = entry["fields"]
        day, month, year = _date(entry)
        parties = " ".join(_name(fields[f"{side}_description"]) for side in "AB")
        same_day = frozenset(other for other, about, _ in held if _date(about) == (day, month, year))
        same_number = frozenset(other for other, about, _ in held if _number(about) == _number(entry))
        items += [
            Item("number", fields["judgment_number"], same_number),
            Item("parties", parties, frozenset({document})),
            Item("query", entry["query"], frozenset({document})),
        ]
        printed = rf"\b0?{day}\s*(?:[/.-]|tháng)\s*0?{month}\s*(?:[/.-]|năm)\s*{year}"
        if re.search(printed, "\n".join(texts)):
            items.append(Item("date", f"{day}/{month}/{year}", same_day))
            items.append(Item("date field", f"ngày:{day}/{month}/{year}", same_day))
    return items


def _date(entry: dict[str, Any]) -> tuple[int, int, int]:
    day, month, year = map(int, re.findall(r"\d+", entry["fields"]["judgment_date"]))
    return day, month, year


def _number(entry: dict[str, Any]) -> str:
    return re.sub(r"\W", "", entry["fields"]["judgment_number"])


def _name(description: str) -> str:
    """A party's name: the description up to the first sign or word that is no part of it."""
    bare = " ".join(description.split()).lstrip("-0123456789./ ")
    return re.split(r"[,;:.(]| sinh | địa chỉ", bare)[0].strip()


def pages_of(document: str, texts: Sequence[str]) -> list[IndexedPage]:
    """Entries with the fields that the product reads by itself."""
    fields = read_fields_text("\n".join(texts)).values

    def normals(*names: str) -> tuple[str, ...]:
        return tuple(fields[name].normal for name in names if name in fields)

    def printed(*names: str) -> tuple[str, ...]:
        return tuple(fields[name].value for name in names if name in fields)

    codes = ("judgment_number", "case_number", "acceptance_number")
    court: FieldValue | None = fields.get("court")
    return [
        _page(
            document,
            number,
            text,
            court=court.normal if court else None,
            codes=normals(*codes) + printed(*codes),
            dates=normals("issued_date"),
        )
        for number, text in enumerate(texts, 1)
    ]


def _page(document: str, number: int, text: str, **known: Any) -> IndexedPage:
    case_file = document.rpartition(".")[0]
    values = {"title": "", "fonds": case_file.split(".")[0], "quality": 0.9, **known}
    return IndexedPage(f"{document}.p{number:04d}", document, case_file, number=number, text=text, **values)


def indexed(folder: Path, pages: Sequence[IndexedPage]) -> TantivyIndex:
    """An index of ``pages`` in ``folder``."""
    index = TantivyIndex(folder)
    with index.rebuilding() as writer:
        writer.replace_documents({page.document for page in pages}, pages)
    return index


def ranks(index: TantivyIndex, items: Sequence[Item], change: Callable[[str], str]) -> list[int | None]:
    """The rank of the first right document of each item, from 1; ``None`` beyond the first 20 hits."""
    found = []
    for item in items:
        hits = index.search(SearchRequest(change(item.query), limit=_DEPTH), _READER).hits
        found.append(next((rank for rank, hit in enumerate(hits, 1) if hit.document in item.right), None))
    return found


def mean_reciprocal(found: Sequence[int | None]) -> float:
    """MRR."""
    return statistics.fmean(1 / rank if rank else 0.0 for rank in found)


def at_first(found: Sequence[int | None]) -> float:
    """R@1."""
    return statistics.fmean(rank == 1 for rank in found)


def relevance(folder: Path, work: Path, *, law_in_title: bool) -> None:
    """Print MRR and R@1 of the questions."""
    pages, names = articles(folder, law_in_title=law_in_title)
    items = questions(folder, names)
    started = time.process_time()
    index = indexed(work, pages)
    built = time.process_time() - started
    print(f"\n{len(items)} questions, {len(pages)} articles, {'law in title' if law_in_title else 'text alone'}")
    print(f"indexed in {built:.1f} s of processor time")
    print("| as | MRR | even half | odd half | R@1 | ms a query |\n|---|---|---|---|---|---|")
    for label, change in (("typed", str), ("without diacritics", fold)):
        started = time.process_time()
        found = ranks(index, items, change)
        spent = 1000 * (time.process_time() - started) / len(items)
        halves = [mean_reciprocal(found[0::2]), mean_reciprocal(found[1::2])]
        print(
            f"| {label} | {mean_reciprocal(found):.3f} | {halves[0]:.3f} | {halves[1]:.3f} "
            f"| {at_first(found):.3f} | {spent:.1f} |"
        )


def tries(index: TantivyIndex, items: Sequence[Item], *, misses: bool) -> None:
    """Print how often the first hit is right, by kind of query."""
    print("| sought by | typed | without diacritics |\n|---|---|---|")
    good: dict[str, list[list[int | None]]] = {}
    for kind in dict.fromkeys(item.kind for item in items):
        chosen = [item for item in items if item.kind == kind]
        good[kind] = [ranks(index, chosen, str), ranks(index, chosen, fold)]
        print(f"| {kind} | " + " | ".join(f"{sum(r == 1 for r in found)}/{len(found)}" for found in good[kind]) + " |")
        for item, rank in zip(chosen, good[kind][0], strict=True):
            if misses and rank != 1:
                print(f"  {rank}: {item.query[:100]}")
    whole = [[rank for found in good.values() for rank in found[way]] for way in (0, 1)]
    print("| all | " + " | ".join(f"{at_first(found):.3f}" for found in whole) + " |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--aged", type=int, default=0, metavar="N", help="pages to set, age and read")
    parser.add_argument("--misses", action="store_true", help="print what was not found at first try")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-search-") as work:
        relevance(args.texts, Path(work) / "text", law_in_title=False)
        relevance(args.texts, Path(work) / "law", law_in_title=True)
        others, _ = articles(args.texts, law_in_title=True)
        held = list(judgments(args.texts))
        items = known_items(held)
        pages = [page for document, _, texts in held for page in pages_of(document, texts)]
        print(f"\n{len(held)} judgments, {len(pages)} pages, among {len(others)} others")
        tries(indexed(Path(work) / "known", [*pages, *others]), items, misses=args.misses)
        if args.aged:
            read = read_aged([(document, texts) for document, _, texts in held], args.aged)
            pages = [
                replace(page, doubtful=doubtful, quality=quality)
                for document, rows in read.items()
                for page, (doubtful, quality) in zip(
                    pages_of(document, [row.text for row in rows]), [(r.doubtful, r.quality) for r in rows], strict=True
                )
            ]
            print(f"\nthe same, {len(pages)} aged pages as read")
            tries(indexed(Path(work) / "aged", [*pages, *others]), items, misses=args.misses)


if __name__ == "__main__":
    main()
