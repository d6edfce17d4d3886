"""A little law text and a few faces: enough for the generators of training data."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from ocr.training.fonts import FaceBook
from ocr.training.text import LawText, LineText

collect_ignore = [] if find_spec("torch") else ["test_prune.py"]
"""What needs PyTorch is tested where weights are trained (the extra ``train``); reading does without it."""

LAW = (
    "Điều 1. Phạm vi điều chỉnh",
    "Bộ luật này quy định địa vị pháp lý, chuẩn mực pháp lý về cách ứng xử của cá nhân, pháp nhân; quyền, nghĩa vụ về",
    "nhân thân và tài sản của cá nhân, pháp nhân trong các quan hệ được hình thành trên cơ sở bình đẳng, tự do ý chí,",
    "độc lập về tài sản và tự chịu trách nhiệm (sau đây gọi chung là quan hệ dân sự).",
    "2. Tòa án không được từ chối giải quyết vụ, việc dân sự vì lý do chưa có điều luật để áp dụng; α β ¬ ±",
)
_ROOTS = (Path("/usr/share/texmf/fonts/opentype/public/tex-gyre"), Path("/usr/share/fonts/truetype/croscore"))


@pytest.fixture(scope="session")
def line_text() -> LineText:
    """Draws lines from a few sentences of the civil code; some signs in them have no class."""
    return LineText(LawText(LAW))


@pytest.fixture(scope="session")
def faces() -> FaceBook:
    """TeX Gyre, Tinos, Arimo and Cousine, which the sample pages need too."""
    return FaceBook(_ROOTS)
