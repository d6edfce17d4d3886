"""ALTO 4.4 (loc.gov/standards/alto): the record that the archive keeps of what was read.

What :class:`~core.model.RecognizedPage` holds and where ALTO keeps it: quality in ``Page/@PC``; quarter turn and skew
together in ``Page/@ROTATION`` (degrees counter-clockwise by which the text lies turned, so ``rotation − angle``);
engine in ``processingSoftware``; languages in ``@LANG``; baselines as two points. Quality, confidence and angle have
four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from core.errors import BadInputError
from core.model import Box, Line, RecognizedPage, Word
from ocr.geometry import bounds
from ocr.xmltext import default_namespace, xml_text

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_ENGINE_STEP = "OCR_1"


def write_alto(page: RecognizedPage, image: str = "", recipe: Mapping[str, str | float | int] | None = None) -> bytes:
    """The page as an ALTO document, UTF-8; the same page gives the same bytes.

    Args:
        page: what was read; lines without words are left out, for ALTO has no such thing.
        image: name of the picture that the pixels are of.
        recipe: what was done to the picture before it was read (see :attr:`ocr.preprocess.Prepared.recipe`).
    """
    root = etree.Element(f"{{{NAMESPACE}}}alto", {"SCHEMAVERSION": "4.4"}, nsmap=default_namespace(NAMESPACE))
    _describe(_add(root, "Description"), page, image, recipe)
    attributes = {
        "ID": "PAGE_1",
        "PHYSICAL_IMG_NR": "1",
        "WIDTH": str(page.width),
        "HEIGHT": str(page.height),
        "PC": _number(page.quality),
        "LANG": page.language,
        "ROTATION": _number(page.rotation - page.angle),
        "PROCESSINGREFS": _ENGINE_STEP,
    }
    sheet = _add(_add(root, "Layout"), "Page", attributes)
    space = _add(sheet, "PrintSpace", _place((0, 0, page.width, page.height)))
    lines = [line for line in page.lines if line.words]
    if lines:
        block = _add(space, "TextBlock", {"ID": "BLOCK_1", **_place(bounds([line.box for line in lines]))})
        for number, line in enumerate(lines, start=1):
            _write_line(block, line, number, page.language)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _describe(
    description: etree._Element, page: RecognizedPage, image: str, recipe: Mapping[str, str | float | int] | None
) -> None:
    _add(description, "MeasurementUnit").text = "pixel"
    if image:
        _add(_add(description, "sourceImageInformation"), "fileName").text = xml_text(image)
    if recipe is not None:
        step = _add(description, "Processing", {"ID": "PREPARATION_1"})
        _add(step, "processingCategory").text = "preOperation"
        _add(step, "processingStepSettings").text = json.dumps(dict(recipe), ensure_ascii=False, sort_keys=True)
    step = _add(description, "Processing", {"ID": _ENGINE_STEP})
    _add(step, "processingCategory").text = "contentGeneration"
    software = _add(step, "processingSoftware")
    name, space, version = page.engine.partition(" ")
    _add(software, "softwareName").text = xml_text(name)
    if space:
        _add(software, "softwareVersion").text = xml_text(version)


def _write_line(block: etree._Element, line: Line, number: int, page_language: str) -> None:
    x0, y0, x1, y1 = line.baseline
    attributes = {"ID": f"LINE_{number}", **_place(line.box), "BASELINE": f"{x0!r},{y0!r} {x1!r},{y1!r}"}
    if line.language != page_language:
        attributes["LANG"] = line.language
    element = _add(block, "TextLine", attributes)
    for index, word in enumerate(line.words):
        if index:
            _add(element, "SP")
        text = {"CONTENT": xml_text(word.text), "WC": _number(word.confidence)}
        _add(element, "String", {"ID": f"WORD_{number}_{index + 1}", **_place(word.box), **text})


def _add(parent: etree._Element, tag: str, attributes: Mapping[str, str] | None = None) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", dict(attributes or {}))


def _place(box: Box) -> dict[str, str]:
    x0, y0, x1, y1 = box
    return {"HPOS": str(x0), "VPOS": str(y0), "WIDTH": str(x1 - x0), "HEIGHT": str(y1 - y0)}


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def read_alto(data: bytes, file: Path | str = "ALTO") -> RecognizedPage:
    """The page that :func:`write_alto` wrote.

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
    language = _text(sheet, "LANG")
    return RecognizedPage(
        width=_whole(sheet, "WIDTH"),
        height=_whole(sheet, "HEIGHT"),
        rotation=quarter % 360,
        angle=round(quarter - turned, 4) + 0.0,
        quality=_real(sheet, "PC"),
        language=language,
        engine=_engine(root),
        lines=tuple(_read_line(line, language) for line in sheet.iterfind(".//" + _path("TextLine"))),
    )


def _engine(root: etree._Element) -> str:
    step = root.find(_path("Description", "Processing") + f"[@ID='{_ENGINE_STEP}']")
    software = None if step is None else step.find(_path("processingSoftware"))
    if software is None:
        raise ValueError("processingSoftware is missing")
    parts = [software.find(_path(name)) for name in ("softwareName", "softwareVersion")]
    return " ".join(part.text or "" for part in parts if part is not None)


def _read_line(element: etree._Element, page_language: str) -> Line:
    points = [float(part) for part in _text(element, "BASELINE").replace(",", " ").split()]
    if len(points) != 4:
        raise ValueError("BASELINE is not two points")
    words = tuple(
        Word(_text(child, "CONTENT"), _box(child), _real(child, "WC")) for child in element.iterfind(_path("String"))
    )
    x0, y0, x1, y1 = points
    return Line(words, _box(element), (x0, y0, x1, y1), element.get("LANG") or page_language)


def _path(*names: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{name}" for name in names)


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
