"""Unicode text in the old fonts' codes, by the repair's own letters turned round."""

from __future__ import annotations

import unicodedata

TCVN3 = dict(
    zip(
        "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂĐÊÔƠƯ",
        bytes.fromhex(
            "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9acea"
            "ebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeaea1a2a7a3a4a5a6"
        ).decode("latin-1"),
        strict=True,
    )
)
VNI_LETTERS = dict(zip("ơưđíìỉĩịỵƠƯĐÍÌỈĨỊỴ", "ôöñíìæóòîÔÖÑÍÌÆÓÒÎ", strict=True))
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
VNI_MARKS = {
    **dict(zip(_TONES[1:], "ùøûõï", strict=True)),
    **dict(zip(("\u0302" + tone for tone in _TONES), "âáàåãä", strict=True)),
    **dict(zip(("\u0306" + tone for tone in _TONES), "êéèúüë", strict=True)),
}


def encode(text: str, name: str) -> str:
    """``text`` as a program shows it that takes the old font's bytes for Latin-1; capitals with tones have no TCVN3
    code of their own and keep their case in Unicode."""
    return "".join(TCVN3.get(char, char) if name == "TCVN3" else _vni(char) for char in text)


def _vni(char: str) -> str:
    if char in VNI_LETTERS:
        return VNI_LETTERS[char]
    base, *marks = unicodedata.normalize("NFD", char)
    if not marks:
        return char
    if "\u031b" in marks:
        marks.remove("\u031b")
        base = VNI_LETTERS[unicodedata.normalize("NFC", base + "\u031b")]
    mark = VNI_MARKS.get("".join(sorted(marks, key=lambda sign: sign not in "\u0302\u0306")))
    if mark is None:
        return char
    return base + (mark.upper() if char.isupper() else mark)
