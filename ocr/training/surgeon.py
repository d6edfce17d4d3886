"""Which inputs a linear layer can best do without: the optimal brain surgeon (Hassibi, Stork 1993) on whole channels.

The least squares error of leaving one channel to the others is known in closed form from the channels' second moments.
Channels go one by one, the cheapest first, and the weights of the rest are refitted each time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_RIDGE = 1e-6
"""Added to the moments, as a share of their mean, so that they have an inverse."""

Matrix = NDArray[np.float64]


def fewer(weights: Matrix, moments: Matrix, count: int) -> tuple[NDArray[np.intp], Matrix]:
    """The ``count`` channels to keep, in order, and the weights that make up best for the others.

    Args:
        weights: of a linear layer, outputs × (channels + 1), the bias last.
        moments: second moments of its channels and, last, of a constant 1.
        count: how many to keep.
    """
    channels = moments.shape[0] - 1
    inverse = np.linalg.inv(moments + _RIDGE * np.trace(moments) / channels * np.eye(channels + 1))
    fitted, kept = weights.copy(), np.ones(channels, bool)
    for _ in range(channels - count):
        error = (fitted[:, :channels] ** 2).sum(axis=0) / inverse.diagonal()[:channels]
        worst = int(np.where(kept, error, np.inf).argmin())
        row = inverse[worst] / inverse[worst, worst]
        fitted -= np.outer(fitted[:, worst], row)
        inverse -= np.outer(inverse[:, worst], row)
        inverse[worst, worst], kept[worst] = 1.0, False
    keep = np.flatnonzero(kept)
    return keep, fitted[:, np.append(keep, channels)]
