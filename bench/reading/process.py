"""A reading process, seen from outside."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.reading.catalogue import ROOT, EngineSpec
from bench.reading.exchange import Answer, from_json, request
from bench.reading.memory import ProgramsMemory

PATIENCE = 300.0
"""Seconds for one page, and for the start."""


class ReadingFailed(Exception):
    """The engine could not be started, or did not read a page; the text is the reason."""


class ReadingProcess:
    """One engine in a process of its own, for as long as the ``with`` block lasts.

    Raises:
        ReadingFailed: it does not start; mostly because it is not installed.
    """

    def __init__(self, spec: EngineSpec, patience: float = PATIENCE) -> None:
        if spec.needs is not None and not spec.needs.exists():
            raise ReadingFailed(f"{spec.needs} is missing")
        self._patience = patience
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        command = [spec.python, "-m", "bench.reading.worker", spec.target]
        surroundings = {**os.environ, "OMP_THREAD_LIMIT": "1", **spec.environment}
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=self._log, env=surroundings, cwd=ROOT, text=True
            )
        except OSError as err:
            self._log.close()
            raise ReadingFailed(f"{spec.python}: {err.strerror}") from err
        self._programs = ProgramsMemory(self._process.pid)
        self._programs.start()
        self._worker_mb = 0.0
        try:
            self.name: str = self._answer()["name"]
            """The engine's name and version."""
        except ReadingFailed:
            self.close()
            raise

    @property
    def peak_mb(self) -> float:
        """Peak of the reading process so far, and of the programs it called if it did, MiB."""
        return self._worker_mb + self._programs.peak_mb

    def read(self, image: Path, language: str) -> Answer:
        """One page.

        Raises:
            ReadingFailed: the engine failed on it.
        """
        stdin = self._process.stdin
        try:
            print(request(image, language), file=stdin, flush=True)
        except OSError as err:
            raise ReadingFailed(self._last_words()) from err
        answer = from_json(self._answer())
        self._worker_mb = max(self._worker_mb, answer.peak_mb)
        return answer

    def _answer(self) -> dict[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None
        if not select.select([stdout], [], [], self._patience)[0]:
            self._process.kill()
            raise ReadingFailed(f"no answer within {self._patience:g} s")
        line = stdout.readline()
        if not line:
            raise ReadingFailed(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ReadingFailed(answer["error"])
        return answer

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        rows = self._log.read().decode(errors="replace").split("\n")
        return next((row.strip() for row in reversed(rows) if row.strip()), "ended without a word")

    def close(self) -> None:
        """Ends the process."""
        for stream in (self._process.stdin, self._process.stdout):
            # What a dead process was still to be told is lost, and closing says so.
            with suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._programs.stop()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
