"""Pruned recognisers; PyTorch is an extra, so these run where it is installed (see ``conftest.py``)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from ocr.network import WEIGHTS, Network
from ocr.recogniser.normalise import as_input
from ocr.training.charset import CLASSES
from ocr.training.export import export_recogniser
from ocr.training.fonts import FaceBook
from ocr.training.lines import LineMaker
from ocr.training.nets import Recogniser, parameters
from ocr.training.prune import prune
from ocr.training.text import LineText
from ocr.training.weights import load_recogniser

SHIPPED = WEIGHTS / "recogniser.onnx"


@pytest.fixture(scope="module")
def net() -> Recogniser:
    """The shipped recogniser."""
    return load_recogniser(SHIPPED, CLASSES).eval()


@pytest.fixture(scope="module")
def pictures(line_text: LineText, faces: FaceBook) -> list[np.ndarray]:
    """A few normalised lines."""
    return [line.picture for line in islice(LineMaker(line_text, faces).lines(5), 12)]


def _hidden(net: Recogniser) -> list[int]:
    return [block.out_of_hidden().in_channels for block in net.blocks()]


def test_pruning_nothing_changes_nothing(net: Recogniser, pictures: list[np.ndarray]) -> None:
    same = prune(net, _hidden(net), pictures).eval()
    x = torch.from_numpy(as_input(pictures[0]))
    with torch.no_grad():
        assert torch.equal(same(x), net(x))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_pruned_net_says_nearly_the_same_and_is_read_back_as_it_was_written(
    net: Recogniser, pictures: list[np.ndarray], tmp_path: Path
) -> None:
    hidden = [*_hidden(net)[:-1], _hidden(net)[-1] // 2]
    smaller = prune(net, hidden, pictures)
    export_recogniser(smaller, tmp_path / "recogniser.onnx")
    again = load_recogniser(tmp_path / "recogniser.onnx", CLASSES)
    assert _hidden(again) == hidden and parameters(again) < parameters(net)
    x = as_input(pictures[0])
    whole, part = Network(SHIPPED).run(x), Network(tmp_path / "recogniser.onnx").run(x)
    assert (whole.argmax(axis=1) == part.argmax(axis=1)).mean() > 0.95


def test_more_channels_than_there_are_cannot_be_kept(net: Recogniser) -> None:
    with pytest.raises(ValueError, match="cannot be pruned"):
        prune(net, [*_hidden(net)[:-1], 4000], [])


def test_the_weights_shipped_are_those_that_the_net_computes(net: Recogniser, pictures: list[np.ndarray]) -> None:
    x = as_input(pictures[1])
    with torch.no_grad():
        assert np.abs(net(torch.from_numpy(x)).numpy() - Network(SHIPPED).run(x)).max() < 1e-3
