"""The light markup of the case texts: blocks of lines, parted by empty lines.

A block may begin with ``@name arguments``; without one it is a justified paragraph. A word that begins with ``*`` opens
bold and one that ends with ``*`` closes it; ``_`` does the same for italics.

==============  =========================================================================================
``@p``          paragraph with first-line indent (``@p 0``: without)
``@c @l @r``    each line by itself, centred, left or right; an argument is the size in points
``@head``       two columns of centred lines, parted by ``||``; a line ``___`` is a rule
``@sign``       recipients ``||`` signature: lines, ``~`` for the empty place, the signer's name; ``seal`` or ``plain``
``@form``       printed labels and dotted leaders; ``~value`` is handwritten on the leader, ``^value`` typed
``@table``      column widths in millimetres with alignment, as ``10c 60l 25r``; rows of cells parted by ``|``
``@hand``       handwritten lines (not part of the printed text)
``@gap @rule``  empty height, centred rule; in millimetres
``@back``       the bare back of the sheet
``@postmark``   a date stamp with its middle at x, y (millimetres): ``PLACE|DAY``
==============  =========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its style."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the markup: its name, its arguments and its lines as written."""

    name: str
    arguments: tuple[str, ...]
    lines: tuple[str, ...]

    def columns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines before and after the line ``||``.

        Raises:
            ValueError: the block has no such line.
        """
        parting = self.lines.index("||")
        return self.lines[:parting], self.lines[parting + 1 :]


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a text, in order."""
    for chunk in re.split(r"\n\s*\n", source.strip()):
        first, *rest = (line.strip() for line in chunk.strip().split("\n"))
        if first.startswith("@"):
            name, *arguments = first[1:].split()
            yield Block(name, tuple(arguments), tuple(rest))
        else:
            yield Block("p", (), (first, *rest))


def words(line: str) -> list[Word]:
    """The words of a line with their styles, the marks of style taken off."""
    found = []
    bold = italic = False
    for token in line.split():
        bold ^= token.startswith("*")
        italic ^= token.startswith("_")
        found.append(Word(token.strip("*_"), bold, italic))
        bold ^= token.endswith("*")
        italic ^= token.endswith("_")
    return found


FIELD = re.compile(r"(?P<label>[^~^]*)(?P<mark>[~^])(?P<value>[^~^|]*)\|?")


def form_fields(line: str) -> list[tuple[str, str, str]]:
    """``(label, mark, value)`` of each field of a form line; the mark is ``~`` (handwritten) or ``^`` (typed).

    A ``|`` ends a value before the next label.
    """
    return [(m["label"].strip(), m["mark"], m["value"].strip()) for m in FIELD.finditer(line)]
