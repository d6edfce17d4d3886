"""One-shot reading: text and fields of files, to stdout, without a home."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.context import App, GivenPath
from commands.output import print_json, show_table, tolerant_of_closed_pipes
from core.errors import ButlucError, ExitCode, MissingToolError, foreseen


@click.command()
@click.argument("images", nargs=-1, required=True, type=GivenPath())
@click.option("--engine", help="Engine [the profile's].")
@click.option("--language", help="Languages of the engine, such as vie+fra [found by itself].")
@click.option("--profile", default="court-a4", help="Kind of paper.")
@click.option("--format", "form", type=click.Choice(["text", "hocr", "alto", "json"]), default="text")
@click.pass_obj
def ocr(app: App, images: tuple[Path, ...], engine: str | None, language: str | None, profile: str, form: str) -> int:
    """Read images, PDFs or multi-page TIFFs."""
    from jobs.oneshot import formatted, ocr_options, read_file
    from ocr.jsonform import page_json

    options = ocr_options(profile, engine, language)
    as_json = app.as_json or form == "json"
    pages: list[dict[str, object]] = []
    failures: list[ButlucError] = []
    for path in images:
        try:
            for page in read_file(path, options):
                if as_json:
                    pages.append(page_json(page, str(path)))
                else:
                    sys.stdout.write(formatted(path, page, form))
        except BrokenPipeError:
            raise
        except Exception as cause:
            failures.append(_failure(app, cause, path))
            pages.append({"image": str(path), "error": failures[-1].message(app.lang)})
    if as_json:
        with tolerant_of_closed_pipes():
            print_json({"pages": pages})
    return _exit(failures, len(images))


@click.command()
@click.argument("files", nargs=-1, required=True, type=GivenPath())
@click.option("--language", help="Languages of the engine, such as vie+fra [found by itself].")
@click.option("--profile", default="court-a4", help="Kind of paper.")
@click.pass_obj
def fields(app: App, files: tuple[Path, ...], language: str | None, profile: str) -> int:
    """Fields read from images or texts (.txt)."""
    from jobs.oneshot import file_fields, ocr_options

    options = ocr_options(profile, None, language)
    documents: list[dict[str, object]] = []
    failures: list[ButlucError] = []
    for path in files:
        try:
            documents.append({"file": str(path), "fields": file_fields(path, options)})
        except Exception as cause:
            failures.append(_failure(app, cause, path))
            documents.append({"file": str(path), "fields": {}, "error": failures[-1].message(app.lang)})
    app.emit({"documents": documents}, lambda: _show_fields(app, documents))
    return _exit(failures, len(files))


def _show_fields(app: App, documents: list[dict[str, object]]) -> None:
    table = app.table("file", "field", "value", "confidence", "rule")
    for document in documents:
        found = document["fields"]
        assert isinstance(found, dict)
        for name, value in found.items():
            table.add_row(
                Path(str(document["file"])).name, name, value["normal"], f"{value['confidence']:.2f}", value["rule"]
            )
    show_table(table)


def _failure(app: App, cause: Exception, path: Path) -> ButlucError:
    """Say why a file could not be read; the others are read all the same."""
    err = foreseen(cause, "jobs.unread", path)
    app.say("rejected", reason=err.message(app.lang), remedy=app.advice(err))
    return err


def _exit(failures: list[ButlucError], given: int) -> int:
    if any(isinstance(err, MissingToolError) for err in failures):
        return ExitCode.MISSING_TOOL
    if len(failures) == given:
        return ExitCode.BAD_INPUT
    return ExitCode.SOME_FAILED if failures else ExitCode.DONE
