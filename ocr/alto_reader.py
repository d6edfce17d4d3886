"""The archive's record of what was read, read back (see :mod:`ocr.alto`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from core.errors import BadInputError
from core.model import Box, Line, Polygon, RecognizedPage, Region, RegionKind, Word
from ocr.alto import ENGINE_STEP, NAMESPACE, PREPARATION, TAG

_LINE, _STRING = f"{{{NAMESPACE}}}TextLine", f"{{{NAMESPACE}}}String"
_SHAPE = f"{{{NAMESPACE}}}Shape/{{{NAMESPACE}}}Polygon"
_SURE = {str(digit): (10 - digit) / 10 for digit in range(10)}
"""ALTO's ``CC``: 0 is a letter that the reader was sure of."""


def read_alto(data: bytes, file: Path | str = "ALTO") -> RecognizedPage:
    """The page that :func:`ocr.alto.write_alto` wrote.

    Args:
        data: the document's bytes; neither entities nor addresses in it are followed.
        file: named in errors.

    Raises:
        BadInputError: not XML, not ALTO 4 of one page in pixels, or a value is missing or no number.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        return _read_page(etree.fromstring(data, parser))
    except (etree.XMLSyntaxError, KeyError, ValueError, OverflowError) as err:
        raise BadInputError("ocr.bad-alto", file=file, why=str(err) or type(err).__name__) from err


def _read_page(root: etree._Element) -> RecognizedPage:
    sheets = root.findall(_path("Layout", "Page"))
    if root.tag != f"{{{NAMESPACE}}}alto" or len(sheets) != 1:
        raise ValueError("not ALTO 4 of one page")
    if root.findtext(_path("Description", "MeasurementUnit")) != "pixel":
        raise ValueError("not measured in pixels")
    sheet = sheets[0]
    turned = _real(sheet, "ROTATION")
    quarter = round(turned / 90) * 90
    language, engines = _text(sheet, "LANG"), _engines(root)
    lines: list[Line] = []
    regions: list[Region] = []
    for block in sheet.iterfind(_path("PrintSpace", "*")):
        found = [_read_line(line, language, engines) for line in block.iterchildren(_LINE)]
        regions += _read_region(block, len(lines), len(found))
        lines += found
    return RecognizedPage(
        width=_whole(sheet, "WIDTH"),
        height=_whole(sheet, "HEIGHT"),
        rotation=quarter % 360,
        angle=round(quarter - turned, 4) + 0.0,
        quality=_real(sheet, "PC"),
        language=language,
        engine=engines[ENGINE_STEP],
        lines=tuple(lines),
        regions=tuple(regions),
        recipe=_recipe(root),
    )


def _read_region(block: etree._Element, first: int, count: int) -> list[Region]:
    """The region that a block stands for; none for lines that stand in none."""
    tag = block.get("TAGREFS") if count else TAG + _text(block, "TYPE")
    if tag is None:
        return []
    return [Region(RegionKind(tag.removeprefix(TAG)), _polygon(block), first if count else 0, count)]


def _engines(root: etree._Element) -> dict[str, str]:
    """Names and versions of engines by the step's identifier."""
    engines = {}
    for step in root.iterfind(_path("Description", "Processing")):
        software = step.find(_path("processingSoftware"))
        if software is not None:
            parts = [software.find(_path(name)) for name in ("softwareName", "softwareVersion")]
            engines[_text(step, "ID")] = " ".join(part.text or "" for part in parts if part is not None)
    if ENGINE_STEP not in engines:
        raise ValueError("processingSoftware is missing")
    return engines


def _recipe(root: etree._Element) -> dict[str, str | float | int]:
    step = root.find(_path("Description", "Processing") + f"[@ID='{PREPARATION}']")
    settings = None if step is None else step.findtext(_path("processingStepSettings"))
    recipe = json.loads(settings or "{}")
    if not isinstance(recipe, dict) or not all(isinstance(value, str | float | int) for value in recipe.values()):
        raise ValueError("processingStepSettings is no recipe")
    return recipe


def _read_line(element: etree._Element, page_language: str, engines: Mapping[str, str]) -> Line:
    points = [float(part) for part in _text(element, "BASELINE").replace(",", " ").split()]
    if len(points) != 4:
        raise ValueError("BASELINE is not two points")
    x0, y0, x1, y1 = points
    step = element.get("PROCESSINGREFS")
    return Line(
        words=tuple(_read_word(child) for child in element.iterchildren(_STRING)),
        box=_box(element),
        baseline=(x0, y0, x1, y1),
        language=element.get("LANG") or page_language,
        polygon=_polygon(element),
        engine=engines[step] if step else "",
    )


def _read_word(element: etree._Element) -> Word:
    letters = tuple(map(_SURE.__getitem__, element.get("CC") or ""))
    return Word(_text(element, "CONTENT"), _box(element), _real(element, "WC"), letters)


def _polygon(element: etree._Element) -> Polygon:
    shape = element.find(_SHAPE)
    if shape is None:
        return ()
    numbers = [int(part) for part in _text(shape, "POINTS").replace(",", " ").split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _path(*names: str) -> str:
    return "/".join(name if name == "*" else f"{{{NAMESPACE}}}{name}" for name in names)


def _box(element: etree._Element) -> Box:
    left, top = _whole(element, "HPOS"), _whole(element, "VPOS")
    return left, top, left + _whole(element, "WIDTH"), top + _whole(element, "HEIGHT")


def _text(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise KeyError(f"{name} is missing")
    return str(value)


def _real(element: etree._Element, name: str) -> float:
    value = float(_text(element, name))
    if not abs(value) < 1e9:
        raise ValueError(f"{name} is no number")
    return value


def _whole(element: etree._Element, name: str) -> int:
    return int(_text(element, name))
