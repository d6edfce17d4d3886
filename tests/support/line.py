"""Helpers of the tests that run the whole line: draw a page, call the command line."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[2]
FONT = "/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf"

LETTER = """TÒA ÁN NHÂN DÂN        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
HUYỆN ĐÔNG ANH           Độc lập - Tự do - Hạnh phúc
Số: 15/DS-ST
                Đông Anh, ngày 12 tháng 5 năm 1987
                        QUYẾT ĐỊNH
Về việc giải quyết tranh chấp ranh giới đất thổ cư
giữa ông Trần Văn Mộc và bà Lê Thị Nhài ở xã Vĩnh Ngọc.
Căn cứ biên bản hòa giải và lời khai của các đương sự,
Tòa án nhận thấy phần đất đang tranh chấp rộng mười hai thước."""
MINUTES = """BIÊN BẢN PHIÊN TÒA
Hôm nay, ngày 20 tháng 6 năm 1987, tại trụ sở Tòa án,
Hội đồng xét xử gồm có thẩm phán Nguyễn Hữu Đạt,
hội thẩm nhân dân Phạm Thị Thoa, thư ký Đỗ Quang Huy.
Bị đơn trình bày rằng hàng rào dâm bụt có từ lâu đời."""
SECOND = """Nguyên đơn yêu cầu đo lại thửa đất theo bản đồ địa chính.
Hội đồng xét xử thảo luận và tuyên án công khai.
Biên bản kết thúc lúc mười một giờ cùng ngày."""


def draw_page(text: str, target: Path, dpi: int = 200) -> Path:
    """An A4 page of printed Vietnamese at ``dpi``, saved by the target's extension."""
    page = Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), (250, 247, 238))
    font = ImageFont.truetype(FONT, round(13 * dpi / 72))
    ImageDraw.Draw(page).multiline_text((dpi, dpi), text, fill=(20, 18, 16), font=font, spacing=round(dpi / 9))
    target.parent.mkdir(parents=True, exist_ok=True)
    page.save(target, dpi=(dpi, dpi), quality=85)
    return target


@dataclass(frozen=True)
class Answer:
    """What a call of the command line gave."""

    code: int
    data: dict[str, Any]
    stderr: str


def call(home: Path, *args: str) -> Answer:
    """Run ``butluc --json`` as a user's script does; a traceback is never an answer."""
    command = [sys.executable, "-m", "cli", "--home", str(home), "--json", "--lang", "en", *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Answer(done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr)


def cramped(home: Path, limit: int, *args: str) -> tuple[int, str]:
    """Exit code and error code of a command that can write no file of more than ``limit`` bytes."""

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "cli", "--home", str(home), "--json", "--lang", "vi", *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=narrow)
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("butluc: "), done.stderr
    return done.returncode, json.loads(done.stdout)["error"]["code"]
