"""One loop that trains any classifier: AdamW on cross-entropy, with a penalty and a step of one's own.

The hot path is the network's own forward and backward pass; the loop adds to it the accuracy on held-out rows, every
`record` steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

Penalty = Callable[[nn.Module, int], Tensor]
AfterStep = Callable[[nn.Module, torch.optim.Optimizer, int], None]
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class ClassifierOptions:
    """How `train_classifier` trains; the defaults are those of the modular addition of 2306.17844."""

    steps: int = 20_000
    rate: float = 1e-3
    """Learning rate of AdamW, after a linear warm-up of ten steps."""
    weight_decay: float = 2.0
    momenta: tuple[float, float] = (0.9, 0.98)
    batch: int | None = None
    """Rows a step; None: all of them."""
    record: int = 50
    """Steps between two looks at the held-out rows."""
    after_exact: int | None = 300
    """Steps that training goes on once every row, held out or not, is right; None: it goes on to the end."""


@dataclass
class ClassifierHistory:
    """What was recorded: steps, losses on the rows trained on, accuracies on the held-out ones."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    exact_at: int | None = None
    """The first look at which every row was right."""


def train_classifier(
    network: nn.Module,
    inputs: Tensor,
    labels: Int[Tensor, " rows"],
    held_out: tuple[Tensor, Int[Tensor, " held"]],
    options: ClassifierOptions | None = None,
    *,
    seed: int = 0,
    penalty: Penalty | None = None,
    after: AfterStep | None = None,
    loss: Loss | None = None,
) -> ClassifierHistory:
    """Trains `network` in place and says how it went.

    `penalty(network, step)` is added to the loss, `after(network, optimiser, step)` runs after each step; `loss` takes
    the place of the cross-entropy in float64. Batches are drawn by `seed`.
    """
    options = options or ClassifierOptions()
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=options.rate, weight_decay=options.weight_decay, betas=options.momenta
    )
    generator, history = torch.Generator().manual_seed(seed), ClassifierHistory()
    measure = loss or (lambda scores, wanted: cross_entropy(scores.double(), wanted))
    for step in range(options.steps):
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 10)
        rows = None if options.batch is None else torch.randint(len(labels), (options.batch,), generator=generator)
        given, wanted = (inputs, labels) if rows is None else (inputs[rows], labels[rows])
        value = measure(network(given), wanted)
        total = value if penalty is None else value + penalty(network, step)
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        if after is not None:
            after(network, optimiser, step)
        if step % options.record == 0 or step == options.steps - 1:
            _record(history, step, float(value.detach()), network, (inputs, labels), held_out)
            if (
                options.after_exact is not None
                and history.exact_at is not None
                and step >= history.exact_at + options.after_exact
            ):
                break
    return history


@torch.no_grad()
def _record(
    history: ClassifierHistory,
    step: int,
    loss: float,
    network: nn.Module,
    seen: tuple[Tensor, Tensor],
    held_out: tuple[Tensor, Tensor],
) -> None:
    """One row of the history; the rows trained on are looked at only once all others are right."""
    accuracy = share_right(network, *held_out)
    history.steps.append(step)
    history.losses.append(loss)
    history.accuracies.append(accuracy)
    if history.exact_at is None and accuracy == 1.0 and share_right(network, *seen) == 1.0:
        history.exact_at = step


def share_right(network: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """The share of rows whose largest score is the label's; 1 of no rows."""
    if not len(labels):
        return 1.0
    with torch.no_grad():
        return float((network(inputs).argmax(-1) == labels).double().mean())
