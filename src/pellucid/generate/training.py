"""Training a denoiser of rows, with what it has so far kept: the best weights on rows that it does not learn from.

    minimise E w(s) |D(y + noise of level s, s) - y|^2,   w = (s^2 + d^2) / (s d)^2,   ln s ~ N(-1.2, 1.2^2)

(EDM, arXiv:2206.00364, table 1.) Of weights, the running average is taken, at the step where its loss on validation
rows was least: a small table is soon known by heart, and from then on only copies come out. Cost: steps * batch *
(width * hidden + 2 blocks * hidden^2) multiplications, three times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from ..artifacts.generators.column_code import SPREAD
from ..artifacts.generators.denoiser_network import denoise, shapes
from ..artifacts.generators.noise_flow import add_noise
from ..core.context import Context
from ..run.checkpoint import Checkpoint
from ..run.cpu_limit import is_over
from ..run.threads import one_thread

Codes = Float[np.ndarray, "rows width"]
Weights = dict[str, torch.Tensor]
Encode = Callable[[np.random.Generator], Codes]

LEVELS_MEAN, LEVELS_DEVIATION = -1.2, 1.2
"""Of ln s in training (EDM, table 1)."""


@dataclass(frozen=True)
class DenoiserTraining:
    """Its settings; fields as those of `PoissonFlow`."""

    extra_dimensions: float
    hidden: int
    blocks: int
    steps: int
    batch: int
    learning_rate: float
    every: int = 250
    """Steps between two looks at the validation rows, and between checkpoints."""
    patience: int = 8
    """Looks without a better loss after which training ends."""
    averaging: float = 0.005
    """Of the running average, for each step."""
    validation_draws: int = 8
    """Draws of noise for each validation row, the same at every look."""


@dataclass
class State:
    """What training has so far."""

    weights: Weights
    mean: Weights
    first: Weights
    second: Weights
    best: Weights
    step: int = 0
    best_step: int = 0
    losses: list[tuple[int, float, float]] = field(default_factory=list)
    """Step, loss on learnt rows, loss on validation rows."""


def train(training: DenoiserTraining, encode: Encode, validation: Codes, context: Context, owner: str) -> State:
    """The state after the last step, or once the time is over: `best` is what counts.

    `encode` gives the learnt rows' coordinates; they are taken anew at every look, since ties are spread at random.
    """
    store = _store(context, owner)
    state = _resumed(store) or _start(validation.shape[1], training, context)
    context.reporter.start("training", training.steps)
    context.reporter.advance(state.step)
    with one_thread(), _without_denormals():
        noise = _validation_noise(training, validation, context)
        while state.step < training.steps and not is_over():
            if state.losses and state.step - state.best_step >= training.patience * training.every:
                break
            loss = _run(training, state, encode, context)
            held = _validation_loss(state.mean, *noise)
            state.losses.append((state.step, loss, held))
            if held <= min(one[2] for one in state.losses):
                state.best_step, state.best = state.step, {n: w.clone() for n, w in state.mean.items()}
            context.reporter.advance(min(training.every, training.steps), f"loss {held:.3f} on rows it does not learn")
            if store is not None:
                _save(store, state)
    context.reporter.finish()
    return state


def _run(training: DenoiserTraining, state: State, encode: Encode, context: Context) -> float:
    """Steps until the next look, by a stream of their own: a resumed run draws what an unbroken one would."""
    generator = np.random.default_rng(context.stream(f"training {state.step}"))
    rows, total, done = encode(generator), 0.0, 0
    for weight in state.weights.values():
        weight.requires_grad_(True)
    for _ in range(min(training.every, training.steps - state.step)):
        y = rows[generator.integers(len(rows), size=training.batch)]
        sigma = np.exp(generator.normal(LEVELS_MEAN, LEVELS_DEVIATION, training.batch))
        x = add_noise(y, sigma, training.extra_dimensions, generator)
        loss = _loss(state.weights, *_tensors(x, y, sigma))
        loss.backward()
        _adam_step(training, state)
        total, done = total + float(loss.detach()), done + 1
        if is_over():
            break
    for weight in state.weights.values():
        weight.requires_grad_(False)
    return total / done


def _adam_step(training: DenoiserTraining, state: State) -> None:
    """Adam (arXiv:1412.6980) with a rate that falls as half a cosine, and the running average."""
    state.step += 1
    share = state.step / training.steps
    rate = training.learning_rate * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * share))) * min(1.0, state.step / 100)
    bias = np.sqrt(1 - 0.999**state.step) / (1 - 0.9**state.step)
    keep = min(training.averaging, 1.0) if state.step > 200 else max(training.averaging, 1 / state.step)
    with torch.no_grad():
        for name, weight in state.weights.items():
            gradient = weight.grad
            assert gradient is not None
            state.first[name].lerp_(gradient, 0.1)
            state.second[name].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            weight.addcdiv_(state.first[name], state.second[name].sqrt().add_(1e-8), value=-rate * bias)
            weight.grad = None
            state.mean[name].lerp_(weight, keep)


def _loss(weights: Weights, x: torch.Tensor, y: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    scale = (sigma**2 + SPREAD**2) / (sigma * SPREAD) ** 2
    return (scale * (denoise(weights, x, sigma, torch) - y) ** 2).mean()


def _validation_noise(training: DenoiserTraining, rows: Codes, context: Context) -> tuple[torch.Tensor, ...]:
    generator = np.random.default_rng(context.stream("validation noise"))
    y = np.tile(rows, (training.validation_draws, 1))[: max(2000, len(rows))]
    sigma = np.exp(generator.normal(LEVELS_MEAN, LEVELS_DEVIATION, len(y)))
    return _tensors(add_noise(y, sigma, training.extra_dimensions, generator), y, sigma)


def _validation_loss(weights: Weights, *noise: torch.Tensor) -> float:
    with torch.no_grad():
        return float(_loss(weights, *noise))


def _tensors(x: Codes, y: Codes, sigma: Float[np.ndarray, " rows"]) -> tuple[torch.Tensor, ...]:
    return tuple(torch.from_numpy(np.asarray(one, np.float32)) for one in (x, y, sigma[:, None]))


def _start(width: int, training: DenoiserTraining, context: Context) -> State:
    """Weights uniform in +-1/sqrt(inputs); the last layer, and each block's, starts at zero."""
    generator = torch.Generator().manual_seed(context.stream("first weights"))
    weights: Weights = {}
    for name, shape in shapes(width, training.hidden, training.blocks).items():
        still = len(shape) == 1 or name == "out" or name.endswith(".second")
        random = (2 * torch.rand(shape, generator=generator) - 1) / np.sqrt(shape[0])
        weights[name] = torch.zeros(shape) if still else random
    mean, best = ({name: weight.clone() for name, weight in weights.items()} for _ in range(2))
    first, second = ({name: torch.zeros_like(weight) for name, weight in weights.items()} for _ in range(2))
    return State(weights, mean, first, second, best)


@contextmanager
def _without_denormals() -> Iterator[None]:
    """Numbers next to zero, which processors multiply a hundred times more slowly, are taken for zero."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


# -------------------------------------------------------------------------------------------------- checkpoints

_PARTS = ("weights", "mean", "first", "second", "best")


def _store(context: Context, owner: str) -> Checkpoint | None:
    folder = context.stage_folder("training")
    return None if folder is None else Checkpoint(folder, owner)


def _save(store: Checkpoint, state: State) -> None:
    arrays = {f"{part}/{n}": w.detach().numpy() for part in _PARTS for n, w in getattr(state, part).items()}
    store.save("denoiser", arrays, {"step": state.step, "best_step": state.best_step, "losses": state.losses})


def _resumed(store: Checkpoint | None) -> State | None:
    kept = None if store is None else store.load("denoiser")
    if kept is None:
        return None
    arrays, data = kept
    parts: dict[str, Any] = {part: {} for part in _PARTS}
    for name, array in arrays.items():
        part, _, weight = name.partition("/")
        parts[part][weight] = torch.from_numpy(np.array(array))
    return State(**parts, step=data["step"], best_step=data["best_step"], losses=[tuple(x) for x in data["losses"]])
