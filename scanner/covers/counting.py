"""Do as many sheets follow a cover as it declares?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.covers.parts import CoverProblem, Part, Stack, opening_side

_CODE = "scanner.cover-declared"


def miscounted(parts: Sequence[Part], stack: Stack) -> Iterator[CoverProblem]:
    """Covers that declare another number of sheets than follow; those that are gone may be among them or not."""
    for index, part in enumerate(parts):
        opener = opening_side(part.separators)
        cover = part.cover
        if opener is None or cover is None or cover.sheets is None or part.waits:
            continue
        under = parts[index : _end_of_whole(parts, index) if cover.whole else index + 1]
        found, most = _count(under), _count(under, gone=True)
        if not found <= cover.sheets <= most and (opener.page, _CODE) not in stack.confirmed:
            params = {"case_file": cover.case_file, "declared": cover.sheets, "found": found}
            yield CoverProblem(_CODE, opener.page, opener.sheet, params)


def _end_of_whole(parts: Sequence[Part], start: int) -> int:
    """Behind the last part of the case file whose cover opens the part at ``start``."""
    first = parts[start]
    end = start + 1
    while end < len(parts) and parts[end].case_file == first.case_file:
        cover = parts[end].cover
        if cover is not None and cover.whole and cover != first.cover:
            break
        end += 1
    return end


def _count(parts: Iterable[Part], *, gone: bool = False) -> int:
    sheets, separating = set[int](), set[int]()
    for part in parts:
        sheets.update(page.sheet for page in part.pages if gone or not page.gone)
        separating.update(side.sheet for side in part.separators)
    return len(sheets - separating)
