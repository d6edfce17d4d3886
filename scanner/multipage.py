"""Covers within files of several pages, which a watched folder may deliver.

Such a file is taken as a whole. When its stack is at its end, each of its pages is looked at; what is found is
journalled as the entry ``side``, and the stack is parted by it as by what a person says. Killed on the way, the next
call does the same again.
"""

from __future__ import annotations

from core.ids import split_page
from core.model import Flag, MasterKind, PageImage
from imaging.raster import load_page
from scanner.covers.reading import Found, read_cover
from scanner.journal import Journal
from scanner.replay import note
from scanner.stacks import Parting, note_of


def torn_file(parting: Parting) -> list[PageImage]:
    """Pages of the file taken last, where a power cut kept some of them out of the journal: it must be taken again."""
    fed, state = parting.last_fed(), parting.state
    if not fed:
        return []
    last = fed[-1]
    key = state.documents[split_page(last.id)[0]].source_key
    file = state.files.get((key, last.origin, last.sha256))
    if file is None:
        return []
    same = (page for page in state.pages if (page.origin, page.sha256) == (last.origin, last.sha256))
    pages = [page for page in same if page.id not in state.given_back]
    return pages if len({page.frame for page in pages}) < file.frames else []


def search_files(journal: Journal, parting: Parting) -> bool:
    """Look for covers in the files of several pages of a stack that is about to end; whether it must be parted anew."""
    state, live = parting.state, parting.live()
    many = {(page.origin, page.sha256) for page in live if page.frame > 0 or page.kind is MasterKind.PDF}
    for page in live:
        if (page.origin, page.sha256) in many and Flag.COVER not in page.flags:
            reading = read_cover(load_page(page), page.dpi)
            if reading.found is not Found.NOTHING:
                note(journal, state, [("side", {"page": page.id, "cover": note_of(reading)})])
    return any(page.id in state.restated for page in live)
