"""Pages set in a Vietnamese face, for tests that need pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Typeset = Callable[..., NDArray[np.uint8]]

JUDGMENT = (
    "TÒA ÁN NHÂN DÂN HUYỆN ĐẮK HÀ",
    "Bản án số: 15/2019/DS-ST ngày 27 tháng 9 năm 2019",
    "Về việc tranh chấp quyền sử dụng đất giữa hộ gia đình",
    "Nguyên đơn: bà Nguyễn Thị Hường, sinh năm 1957, trú tại",
    "thôn Kon Đào, xã Ngọk Wang, có mặt tại phiên tòa sơ thẩm.",
    "Bị đơn: ông Trần Quốc Khánh, cư trú tại thị trấn Đắk Hà.",
    "Căn cứ vào các tài liệu có trong hồ sơ vụ án đã được thẩm",
    "tra tại phiên tòa và kết quả tranh luận, Hội đồng xét xử",
    "nhận định: quan hệ pháp luật tranh chấp là đòi lại tài sản,",
    "thuộc thẩm quyền giải quyết của Tòa án theo quy định.",
)


@pytest.fixture
def judgment() -> tuple[str, ...]:
    """Ten lines of a first-instance civil judgment."""
    return JUDGMENT


@pytest.fixture
def typeset() -> Typeset:
    """Lines of text as an RGB page, black on white; ``angle`` lets them fall to the right by so many degrees."""

    def make(lines: tuple[str, ...], *, size: int = 42, angle: float = 0.0, width: int = 1400) -> NDArray[np.uint8]:
        font = ImageFont.truetype("Tinos-Regular.ttf", size)
        page = Image.new("L", (width, int(size * 1.7 * len(lines)) + 300), 255)
        draw = ImageDraw.Draw(page)
        for number, text in enumerate(lines):
            draw.text((120, 150 + number * size * 1.7), text, font=font, fill=20)
        if angle:
            page = page.rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        return np.repeat(np.asarray(page, dtype=np.uint8)[:, :, None], 3, axis=2)

    return make
