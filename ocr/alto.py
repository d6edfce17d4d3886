"""ALTO 4.4 (loc.gov/standards/alto): the record that the archive keeps of what was read.

What :class:`~core.model.RecognizedPage` holds and where ALTO keeps it: quality in ``Page/@PC``; quarter turn and skew
together in ``Page/@ROTATION`` (degrees counter-clockwise by which the text lies turned, so ``rotation − angle``);
recipe and engines in ``Processing``; languages in ``@LANG``; baselines as two points; a region that holds lines as a
``TextBlock`` with a ``LayoutTag``, one that holds none as an ``Illustration``; letters' confidences in ``@CC``.
Quality, confidence and angle have four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from core.model import Box, Line, Polygon, RecognizedPage, Region, RegionKind
from ocr.geometry import bounds
from ocr.xmltext import default_namespace, xml_text

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
PREPARATION = "PREPARATION_1"
ENGINE_STEP = "OCR_1"
TAG = "REGION_"
"""Identifiers that reading looks for: of processing steps, and the beginning of those of tags."""


def write_alto(page: RecognizedPage, image: str = "") -> bytes:
    """The page as an ALTO document, UTF-8; the same page gives the same bytes.

    Args:
        page: what was read; lines without words are left out, for ALTO has no such thing.
        image: name of the picture that the pixels are of.
    """
    root = etree.Element(f"{{{NAMESPACE}}}alto", {"SCHEMAVERSION": "4.4"}, nsmap=default_namespace(NAMESPACE))
    steps = {page.engine: ENGINE_STEP}
    for line in page.lines:
        steps.setdefault(line.engine or page.engine, f"OCR_{len(steps) + 1}")
    _describe(_add(root, "Description"), page, image, steps)
    blocks = list(_blocks(page))
    _write_tags(root, [block.kind for block, lines in blocks if block is not None and lines])
    attributes = {
        "ID": "PAGE_1",
        "PHYSICAL_IMG_NR": "1",
        "WIDTH": str(page.width),
        "HEIGHT": str(page.height),
        "PC": _number(page.quality),
        "LANG": page.language,
        "ROTATION": _number(page.rotation - page.angle),
        "PROCESSINGREFS": ENGINE_STEP,
    }
    sheet = _add(_add(root, "Layout"), "Page", attributes)
    space = _add(sheet, "PrintSpace", _place((0, 0, page.width, page.height)))
    count = 0
    for number, (region, lines) in enumerate(blocks, start=1):
        block = _write_block(space, f"BLOCK_{number}", region, lines)
        for line in lines:
            count += 1
            _write_line(block, line, count, page.language, steps[line.engine or page.engine])
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _blocks(page: RecognizedPage) -> Iterator[tuple[Region | None, Sequence[Line]]]:
    """The page's regions, each with its lines, and the runs of lines that stand in none; empty regions at the end."""
    reached = 0
    empty = []
    for region in page.regions:
        lines = [line for line in page.lines[region.first : region.first + region.count] if line.words]
        if not lines:
            empty.append(region)
            continue
        if between := [line for line in page.lines[reached : region.first] if line.words]:
            yield None, between
        yield region, lines
        reached = region.first + region.count
    if rest := [line for line in page.lines[reached:] if line.words]:
        yield None, rest
    yield from ((region, ()) for region in empty)


def _describe(description: etree._Element, page: RecognizedPage, image: str, steps: Mapping[str, str]) -> None:
    _add(description, "MeasurementUnit").text = "pixel"
    if image:
        _add(_add(description, "sourceImageInformation"), "fileName").text = xml_text(image)
    if page.recipe:
        step = _add(description, "Processing", {"ID": PREPARATION})
        _add(step, "processingCategory").text = "preOperation"
        settings = json.dumps(dict(page.recipe), ensure_ascii=False, sort_keys=True)
        _add(step, "processingStepSettings").text = xml_text(settings)
    for engine, identifier in steps.items():
        step = _add(description, "Processing", {"ID": identifier})
        _add(step, "processingCategory").text = "contentGeneration"
        software = _add(step, "processingSoftware")
        name, space, version = engine.partition(" ")
        _add(software, "softwareName").text = xml_text(name)
        if space:
            _add(software, "softwareVersion").text = xml_text(version)


def _write_tags(root: etree._Element, kinds: Sequence[RegionKind]) -> None:
    if kinds:
        tags = _add(root, "Tags")
        for kind in sorted(set(kinds)):
            _add(tags, "LayoutTag", {"ID": TAG + kind.value, "TYPE": "region", "LABEL": kind.value})


def _write_block(
    space: etree._Element, identifier: str, region: Region | None, lines: Sequence[Line]
) -> etree._Element:
    if region is None:
        return _add(space, "TextBlock", {"ID": identifier, **_place(bounds([line.box for line in lines]))})
    attributes = {"ID": identifier, **_place(region.box)}
    if lines:
        block = _add(space, "TextBlock", {**attributes, "TAGREFS": TAG + region.kind.value})
    else:
        block = _add(space, "Illustration", {**attributes, "TYPE": region.kind.value})
    _write_shape(block, region.polygon)
    return block


def _write_shape(parent: etree._Element, polygon: Polygon) -> None:
    if polygon:
        _add(_add(parent, "Shape"), "Polygon", {"POINTS": " ".join(f"{x},{y}" for x, y in polygon)})


def _write_line(block: etree._Element, line: Line, number: int, page_language: str, step: str) -> None:
    x0, y0, x1, y1 = line.baseline
    attributes = {"ID": f"LINE_{number}", **_place(line.box), "BASELINE": f"{x0!r},{y0!r} {x1!r},{y1!r}"}
    if line.language != page_language:
        attributes["LANG"] = line.language
    if step != ENGINE_STEP:
        attributes["PROCESSINGREFS"] = step
    element = _add(block, "TextLine", attributes)
    _write_shape(element, line.polygon)
    for index, word in enumerate(line.words):
        if index:
            _add(element, "SP")
        text = {"CONTENT": xml_text(word.text), "WC": _number(word.confidence)}
        if word.letters:
            text["CC"] = "".join(str(10 - round(10 * letter)) for letter in word.letters)
        _add(element, "String", {"ID": f"WORD_{number}_{index + 1}", **_place(word.box), **text})


def _add(parent: etree._Element, tag: str, attributes: Mapping[str, str] | None = None) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", dict(attributes or {}))


def _place(box: Box) -> dict[str, str]:
    x0, y0, x1, y1 = box
    return {"HPOS": str(x0), "VPOS": str(y0), "WIDTH": str(x1 - x0), "HEIGHT": str(y1 - y0)}


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
