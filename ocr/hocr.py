"""hOCR 1.2 (kba.github.io/hocr-spec/1.2): the form that other programs take text with places from."""

from __future__ import annotations

from lxml import etree

from core.model import Box, Line, RecognizedPage, Region, RegionKind
from ocr.xmltext import default_namespace, xml_text

_XHTML = "http://www.w3.org/1999/xhtml"


def write_hocr(page: RecognizedPage, image: str = "") -> bytes:
    """The page as an hOCR document, UTF-8.

    Args:
        page: what was read.
        image: name of the picture, as readers of the file should find it.
    """
    root = etree.Element(f"{{{_XHTML}}}html", nsmap=default_namespace(_XHTML))
    _head(root, page)
    body = _add(root, "body")
    bounds = (0, 0, page.width, page.height)
    title = f'image "{_quoted(image)}"; {_bbox(bounds)}; ppageno 0'
    sheet = _add(body, "div", {"class": "ocr_page", "id": "page_1", "lang": page.language, "title": title})
    number = 0
    for index, line in enumerate(page.lines, start=1):
        span = _add(sheet, "span", _line_attributes(line, index, page.language))
        for word in line.words:
            number += 1
            title = f"{_bbox(word.box)}; x_wconf {round(word.confidence * 100)}"
            if word.letters:
                title += "; x_confs " + " ".join(str(round(letter * 100)) for letter in word.letters)
            element = _add(span, "span", {"class": "ocrx_word", "id": f"word_1_{number}", "title": title})
            element.text = xml_text(word.text)
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "xhtml1-transitional.dtd">'
    for index, region in enumerate(page.regions, start=1):
        if not region.count:
            _add(sheet, "div", _region_attributes(region, index))
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=doctype))


def _head(root: etree._Element, page: RecognizedPage) -> None:
    head = _add(root, "head")
    _add(head, "title")
    _add(head, "meta", {"http-equiv": "Content-Type", "content": "text/html;charset=utf-8"})
    _add(head, "meta", {"name": "ocr-system", "content": xml_text(page.engine)})
    _add(head, "meta", {"name": "ocr-capabilities", "content": "ocr_page ocr_line ocrx_word ocr_image ocr_photo"})


def _line_attributes(line: Line, index: int, page_language: str) -> dict[str, str]:
    x0, y0, x1, y1 = line.baseline
    left, _, _, bottom = line.box
    # A line that runs upwards has no slope against x; its box alone tells where it stands.
    slope = (y1 - y0) / (x1 - x0) if abs(x1 - x0) > abs(y1 - y0) else 0.0
    offset = y0 + slope * (left - x0) - bottom if slope else min(0.0, max(y0, y1) - bottom)
    title = f"{_bbox(line.box)}; baseline {slope:.5f} {offset:.2f}"
    if line.polygon:
        title += "; poly " + " ".join(f"{x} {y}" for x, y in line.polygon)
    attributes = {"class": "ocr_line", "id": f"line_1_{index}", "title": title}
    return attributes if line.language == page_language else {**attributes, "lang": line.language}


def _region_attributes(region: Region, index: int) -> dict[str, str]:
    """A part of the page that holds no text: a photograph is one, and whatever else is drawn on paper."""
    kind = "ocr_photo" if region.kind is RegionKind.PICTURE else "ocr_image"
    title = f"{_bbox(region.box)}; x_kind {region.kind}; poly {' '.join(f'{x} {y}' for x, y in region.polygon)}"
    return {"class": kind, "id": f"region_1_{index}", "title": title}


def _add(parent: etree._Element, tag: str, attributes: dict[str, str] | None = None) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XHTML}}}{tag}", attributes or {})


def _bbox(box: Box) -> str:
    return "bbox " + " ".join(str(edge) for edge in box)


def _quoted(name: str) -> str:
    return xml_text(name).replace("\\", "\\\\").replace('"', '\\"')
