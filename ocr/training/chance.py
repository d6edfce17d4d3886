"""One source of randomness for a generator: scalars quickly, fields by numpy, all from one seed."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


class Chance(random.Random):
    """Python's generator for single draws, with numpy's beside it for whole planes."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.planes = np.random.default_rng(seed)

    def hit(self, probability: float) -> bool:
        """True with that probability."""
        return self.random() < probability

    def noise(self, shape: tuple[int, int]) -> Plane:
        """White noise of unit deviation."""
        return self.planes.standard_normal(shape, dtype=np.float32)

    def grain(self, shape: tuple[int, int], softness: float) -> Plane:
        """Blurred noise of unit deviation; softness in pixels."""
        soft = np.asarray(cv2.GaussianBlur(self.noise(shape), (0, 0), softness), np.float32)
        return soft / (float(soft.std()) + 1e-6)

    def field(self, shape: tuple[int, int], knots: tuple[int, int], low: float, high: float) -> Plane:
        """A soft field between about ``low`` and ``high``, interpolated from a grid of ``knots`` rows and columns."""
        grid = self.planes.uniform(low, high, knots).astype(np.float32)
        return np.asarray(cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
