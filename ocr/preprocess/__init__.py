"""What is done to a page before it is read: pure functions from array to array or to values.

Each step names what it did in a recipe. The archived picture is never touched by any of them.
"""

from ocr.preprocess.level import Prepared, Sheet, examine, prepare
from ocr.preprocess.paper import REDUCTION, find_paper, flatten_background, halved, reduce, to_grey, turn

__all__ = [
    "REDUCTION",
    "Prepared",
    "Sheet",
    "examine",
    "find_paper",
    "flatten_background",
    "halved",
    "prepare",
    "reduce",
    "to_grey",
    "turn",
]
