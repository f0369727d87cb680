"""Training against PyTorch: the same weights, sentences and optimiser give the same loss curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import PackedSequence

from tests.peers.test_torch import array
from tracer.data.load import built_in
from tracer.training.batches import epoch
from tracer.training.loop import Training
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe

UPDATES = 100


def torch_network(training: Training, cell: str) -> dict[str, Any]:
    """PyTorch's own embedding, layer and head with the weights that our run begins with."""
    w = {name: torch.tensor(array) for name, array in training.weights.items()}
    K, H = w["V"].shape
    E = torch.nn.Embedding.from_pretrained(w["E"], freeze=False)
    layer = (torch.nn.RNN if cell == "rnn" else torch.nn.LSTM)(w["E"].shape[1], H).double()
    head = torch.nn.Linear(H, K).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(w["U"])
        layer.weight_hh_l0.copy_(w["W"])
        layer.bias_ih_l0.copy_(w["a"])
        layer.bias_hh_l0.zero_()
        head.weight.copy_(w["V"])
        head.bias.copy_(w["b"])
    layer.bias_hh_l0.requires_grad_(requires_grad=False)  # we have one bias
    return {"E": E, "layer": layer, "head": head}


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize(("task", "cell"), [("classify", "lstm"), ("tag", "rnn"), ("tag", "lstm")])
def test_the_first_hundred_updates(task: str, cell: str, optimiser: str) -> None:
    """float64, ragged batches, gradients clipped: every loss within 1e-8."""
    data = built_in(task, ["en"], 0.1, 0)
    rate = 0.01 if optimiser == "adam" else 0.1
    o = Optimiser(optimiser, rate, clip_norm=1.0, weight_decay=0.0)
    recipe = Recipe(
        task=task, cell=cell, units=10, optimiser=o, word_dropout=0.0, dtype="float64", seed=5
    )
    training = Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)
    peer = torch_network(training, cell)
    parameters = [p for module in peer.values() for p in module.parameters() if p.requires_grad]
    theirs: Any
    if optimiser == "adam":
        theirs = torch.optim.AdamW(parameters, rate, weight_decay=0.0)
    else:
        theirs = torch.optim.SGD(parameters, rate, momentum=0.9 * (optimiser == "momentum"))

    running = training.run()
    for sentences in epoch(len(training.learn), recipe.batch_size, recipe.seed, 0)[:UPDATES]:
        batch = training.learn.batch(sentences)
        before = training.progress.loss
        next(running)
        ours = training.progress.loss - before

        x = peer["E"](torch.tensor(batch.words))
        h, _ = peer["layer"](PackedSequence(x, torch.tensor(batch.running)))
        loss = torch.nn.functional.cross_entropy(
            peer["head"](h.data), torch.tensor(batch.target), ignore_index=-1, reduction="sum"
        )
        assert ours == pytest.approx(float(loss.detach()), abs=1e-8)

        theirs.zero_grad()
        (loss / len(sentences)).backward()
        norm = float(torch.nn.utils.get_total_norm([p.grad for p in parameters]))
        if norm > 1:  # PyTorch's own clipping adds 1e-6 to the norm
            for p in parameters:
                p.grad *= 1 / norm
        theirs.step()

    np.testing.assert_allclose(training.weights["W"], array(peer["layer"].weight_hh_l0), atol=1e-8)
