"""Channels left out of a linear layer, and what is made of the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.training.surgeon import Matrix, fewer

CHANNELS, OUTPUTS = 8, 3


def _layer(seed: int) -> tuple[Matrix, Matrix]:
    """Values of correlated channels, a constant 1 below them, and the weights of a layer on them."""
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(CHANNELS, CHANNELS)) @ chance.normal(size=(CHANNELS, 400)) + 1
    return np.concatenate([values, np.ones((1, 400))]), chance.normal(size=(OUTPUTS, CHANNELS + 1))


def _error(values: Matrix, weights: Matrix, keep: np.ndarray, fitted: Matrix) -> float:
    made = fitted @ values[np.append(keep, CHANNELS)]
    return float(((weights @ values - made) ** 2).mean())


def test_keeping_every_channel_changes_nothing() -> None:
    values, weights = _layer(1)
    keep, fitted = fewer(weights, values @ values.T, CHANNELS)
    assert keep.tolist() == list(range(CHANNELS))
    assert np.array_equal(fitted, weights)


def test_a_channel_that_others_make_up_for_goes_first_and_nothing_is_lost() -> None:
    values, weights = _layer(2)
    values[5] = 2 * values[1] - values[3] + 4
    keep, fitted = fewer(weights, values @ values.T, CHANNELS - 1)
    assert set(range(CHANNELS)) - set(keep.tolist()) <= {1, 3, 5}
    assert _error(values, weights, keep, fitted) < 1e-6 * float((weights @ values).var())


def test_a_channel_without_weight_goes_and_the_others_keep_theirs() -> None:
    values, weights = _layer(3)
    weights[:, 4] = 0
    keep, fitted = fewer(weights, values @ values.T, CHANNELS - 1)
    assert keep.tolist() == [0, 1, 2, 3, 5, 6, 7]
    assert fitted == pytest.approx(np.delete(weights, 4, axis=1))


@given(st.integers(0, 10_000), st.integers(1, CHANNELS - 1))
def test_the_weights_left_are_the_best_for_the_channels_left(seed: int, count: int) -> None:
    values, weights = _layer(seed)
    keep, fitted = fewer(weights, values @ values.T, count)
    best = np.linalg.lstsq(values[np.append(keep, CHANNELS)].T, (weights @ values).T, rcond=None)[0].T
    least = _error(values, weights, keep, best)
    assert len(keep) == count
    assert _error(values, weights, keep, fitted) <= least + 1e-3 * float((weights @ values).var())
