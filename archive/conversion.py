"""The converting process: one PDF master to PDF/A by OCRmyPDF, its text layer replayed from what was already read.

Hidden text of the master goes, because it lies below what is read today; visible text stays, and words that were read
where it stands are not put there twice. Pictures stay byte for byte: what PDF/A asks beyond is repaired in the
structure alone, not by Ghostscript, which would encode some anew and, before version 10.02.1, damages text.
Run as ``python -m archive.conversion JOB``.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import ocrmypdf
import pikepdf
from ocrmypdf.exceptions import ExitCodeException
from pikepdf import Array, Dictionary, Name, NamePath, Page, Pdf, Stream, pdfa

from archive.assembly import describe, save
from archive.foreign import ConversionJob
from archive.pdfwriting import save_pdf
from archive.visibletext import Rectangle, strip_hidden_text, visible_words
from core.config import fill, plain
from core.errors import ButlucError
from core.model import RecognizedPage

_MEMORY = 4 << 30
_PLUGIN = "archive.ocrmypdf_plugin"
_LEFT_OUT = (
    *(Name.CropBox, Name.TrimBox, Name.BleedBox, Name.ArtBox),  # what is shown is all that is kept
    *(Name.Annots, Name.AA, Name.AF, Name.Metadata, Name.PieceInfo, Name.Thumb, Name.StructParents),
)
_GRAFTED = "/OCR-"
"""How OCRmyPDF begins the random name of a text layer."""


def convert(job: ConversionJob, folder: Path) -> None:
    """Do the job; temporary files go to ``folder``.

    Raises:
        pikepdf.PdfError: the master is damaged or needs a password.
        ocrmypdf.exceptions.ExitCodeException: OCRmyPDF refuses the file.
    """
    prepared, converted, replay = folder / "prepared.pdf", folder / "converted.pdf", folder / "replay.json"
    _prepare(job, prepared)
    shown = visible_words(prepared, len(job.images))
    pages = [
        {"read": plain(_without(read, words, image.dpi)), "dpi": image.dpi}
        for image, read, words in zip(job.images, job.reads, shown, strict=True)
    ]
    replay.write_text(json.dumps(pages), encoding="utf-8")
    ocrmypdf.ocr(
        prepared,
        converted,
        plugins=[_PLUGIN],
        butluc_replay=str(replay),
        mode="redo",
        pdf_renderer="sandwich",
        output_type="pdf",
        optimize=0,
        fast_web_view=0,
        tagged_pdf_mode="ignore",
        jobs=1,
        use_threads=True,
        progress_bar=False,
    )
    _finish(job, converted)


def _prepare(job: ConversionJob, target: Path) -> None:
    """The pages of the document alone: no form, signature, script or attachment comes along, their pictures do."""
    with Pdf.open(job.images[0].master) as source, Pdf.new() as pdf:
        source.flatten_annotations("print")
        for image in job.images:
            pdf.pages.append(source.pages[image.frame])
        for page in pdf.pages:
            page.mediabox = Array([float(side) for side in page.cropbox])
            for key in _LEFT_OUT:
                if key in page.obj:
                    del page.obj[key]
            strip_hidden_text(pdf, page)
        save_pdf(pdf, target)


def _without(read: RecognizedPage, shown: list[Rectangle], dpi: float) -> RecognizedPage:
    """``read`` without the words that the page shows as text of its own; ``shown`` in pt, y down."""
    scale = 72 / dpi

    def is_new(box: tuple[int, int, int, int]) -> bool:
        x, y = (box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale
        return not any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in shown)

    lines = (replace(line, words=tuple(word for word in line.words if is_new(word.box))) for line in read.lines)
    return replace(read, lines=tuple(line for line in lines if line.words))


def _finish(job: ConversionJob, converted: Path) -> None:
    with Pdf.open(converted) as pdf:
        for page, read in zip(pdf.pages, job.reads, strict=True):
            _steady_names(pdf, page)
            if read.rotation % 360:
                page.rotate(read.rotation, relative=True)
        pdfa.prepare(pdf, f"{job.options.flavour.part}b", output_intent=None)
        describe(pdf, job.about, job.options.flavour, [image.sha256 for image in job.images])
        save(pdf, job.target, job.options.flavour)


def _steady_names(pdf: Pdf, page: Page) -> None:
    """Give text layers a name without chance, so that the same input gives the same bytes."""
    forms = page.obj.get(NamePath.Resources.XObject, Dictionary())
    for old in filter(_is_grafted, list(forms.keys())):
        forms["/ButLucText"] = forms[old]
        del forms[old]
        content = page.obj.Contents.read_bytes().replace(old.encode() + b" ", b"/ButLucText ")
        page.obj.Contents = Stream(pdf, content)


def _is_grafted(name: str) -> bool:
    return name.startswith(_GRAFTED)


def main(order: Path) -> int:
    """0, or 1 with the reason as the last line of standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")
    job = fill(ConversionJob, json.loads(order.read_text(encoding="utf-8")), file=order)
    try:
        convert(job, order.parent)
    except (
        pikepdf.PdfError,
        ExitCodeException,
        ButlucError,
        OSError,
        MemoryError,
        RuntimeError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ) as err:  # pikepdf and OCRmyPDF promise no single class for damaged files
        reason = " ".join(str(err).split())
        print(f"{type(err).__name__}: {reason}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
