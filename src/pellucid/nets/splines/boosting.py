"""Training to the limits of float64: BFGS, boosting by a second network, steps in the flat directions.

Precision Machine Learning (arXiv 2210.13447), section 4.2: a network stops improving far above machine precision
because a few directions are steep and most are flat. Three ways on: quasi-Newton steps (BFGS); a second network
fitted to the residual scaled to size one, added with that scale (boosting); Adam on the gradient projected on the
eigenvectors of small curvature.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from scipy import optimize
from torch import Tensor, nn

from ...run.threads import one_thread
from .jacobian import Array

Train = Callable[[Tensor, Tensor, int], nn.Module]
"""From X (rows, in), a target (rows, out) of size one and the number of the stage to a fitted network."""


class Boosted(nn.Module):
    """f(x) = sum_k scale_k f_k(x): each network was fitted to what those before it left over, divided by scale_k."""

    scales: Tensor

    def __init__(self, networks: Sequence[nn.Module], scales: Sequence[float]) -> None:
        super().__init__()
        if len(networks) != len(scales):
            raise ValueError(f"{len(networks)} networks for {len(scales)} scales; give as many of each")
        self.networks = nn.ModuleList(networks)
        self.register_buffer("scales", torch.tensor(list(scales), dtype=torch.float64))

    def forward(self, x: Float[Tensor, "... in"]) -> Float[Tensor, "... out"]:
        """The sum of all stages."""
        parts = [scale * network(x) for network, scale in zip(self.networks, self.scales, strict=True)]
        return torch.stack(parts).sum(0)


def boost(train: Train, X: Tensor, y: Tensor, *, stages: int = 2) -> Boosted:
    """Fit a network, then one to its scaled residual, and so on (section 4.2.2).

    X (rows, in), y (rows, out), float64. Stops early where nothing is left. ValueError on stages below one or a y
    that is not (rows, out).

    >>> X = torch.linspace(-1, 1, 50, dtype=torch.float64)[:, None]
    >>> constant = lambda X, y, stage: nn.Linear(1, 1, dtype=torch.float64)
    >>> len(boost(constant, X, X.sin(), stages=3).networks)
    3
    """
    if stages < 1:
        raise ValueError(f"stages={stages}; give at least one")
    if y.ndim != 2 or len(y) != len(X):
        raise ValueError(f"y has the shape {tuple(y.shape)} for {len(X)} rows of X; give (rows, outputs)")
    networks: list[nn.Module] = []
    scales: list[float] = []
    left = y
    for stage in range(stages):
        scale = float(left.square().mean().sqrt())
        if scale == 0 or not np.isfinite(scale):
            break
        network = train(X, left / scale, stage)
        networks.append(network)
        scales.append(scale)
        with torch.no_grad():
            left = left - scale * network(X)
    return Boosted(networks, scales)


def tanh_network(widths: Sequence[int], *, generator: torch.Generator, sharpness: float = 1.0) -> nn.Sequential:
    """A float64 perceptron with tanh between its layers.

    `sharpness` multiplies the first layer's weights: what a first network leaves over wiggles faster than the target.

    >>> tanh_network([2, 5, 1], generator=torch.Generator().manual_seed(0))(torch.zeros(3, 2).double()).shape
    torch.Size([3, 1])
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths={list(widths)!r}; give at least two whole numbers from one on")
    parts: list[nn.Module] = []
    for before, after in pairwise(widths):
        linear = nn.Linear(before, after, dtype=torch.float64)
        bound = before**-0.5 * (sharpness if not parts else 1.0)
        with torch.no_grad():
            linear.weight.uniform_(-bound, bound, generator=generator)
            linear.bias.uniform_(-bound, bound, generator=generator)
        parts += [linear, nn.Tanh()]
    return nn.Sequential(*parts[:-1])


@dataclass(frozen=True)
class Trained:
    """The root mean square error after training, and how often the gradient was asked for."""

    rmse: float
    gradients: int


def train_bfgs(network: nn.Module, X: Tensor, y: Tensor, *, steps: int = 2000) -> Trained:
    """Minimise the mean square error by BFGS over all parameters, in place; O(parameters^2) a step.

    Line searches after Wolfe. One that fails for want of digits restarts from the gradient; two in a row end it.

    X has shape (rows, in), y (rows, out).

    >>> X = torch.linspace(-1, 1, 20, dtype=torch.float64)[:, None]
    >>> train_bfgs(nn.Linear(1, 1, dtype=torch.float64), X, 2 * X + 1, steps=20).rmse < 1e-9
    True
    """
    parameters = list(network.parameters())
    seen: dict[bytes, tuple[float, Array]] = {}
    count = 0

    def evaluate(flat: Array) -> tuple[float, Array]:
        nonlocal count
        key = flat.tobytes()
        if key not in seen:
            count += 1
            nn.utils.vector_to_parameters(torch.from_numpy(flat.copy()), parameters)
            value = (network(X) - y).square().mean()
            gradients = torch.autograd.grad(value, parameters)
            seen.clear()
            seen[key] = value.item(), torch.cat([gradient.reshape(-1) for gradient in gradients]).numpy()
        return seen[key]

    with one_thread():
        flat = nn.utils.parameters_to_vector(parameters).detach().numpy().copy()
        flat, square = _bfgs(evaluate, flat, steps)
        nn.utils.vector_to_parameters(torch.from_numpy(flat), parameters)
    return Trained(square**0.5, count)


def _bfgs(evaluate: Callable[[Array], tuple[float, Array]], flat: Array, steps: int) -> tuple[Array, float]:
    """Broyden-Fletcher-Goldfarb-Shanno with the inverse Hessian updated in place."""
    value, gradient = evaluate(flat)
    before: float | None = None
    inverse, fresh = np.eye(len(flat)), True
    for _ in range(steps):
        direction = -inverse @ gradient
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a search that fails is answered below
            length = optimize.line_search(
                lambda p: evaluate(p)[0], lambda p: evaluate(p)[1], flat, direction, gradient, value, before
            )[0]
        if length is None:
            if fresh:
                break
            inverse, before, fresh = np.eye(len(flat)), None, True
            continue
        move = length * direction
        flat = flat + move
        before = value
        value, after = evaluate(flat)
        change = after - gradient
        gradient, along = after, float(change @ move)
        if along > 0:
            if fresh:
                inverse *= along / float(change @ change)
            bent = inverse @ change
            inverse += np.outer(move, move * ((1 + float(change @ bent) / along) / along))
            cross = np.outer(bent, move / along)
            inverse -= cross + cross.T
            fresh = False
    return flat, value


def train_adam(network: nn.Module, X: Tensor, y: Tensor, *, steps: int = 2000, rate: float = 1e-2) -> Trained:
    """Minimise the mean square error by Adam, in place, the rate falling to a hundredth on a cosine.

    X has shape (rows, in), y (rows, out).
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1), rate / 100)
    with one_thread():
        for _ in range(steps):
            optimiser.zero_grad()
            (network(X) - y).square().mean().backward()
            optimiser.step()
            schedule.step()
        with torch.no_grad():
            return Trained(float((network(X) - y).square().mean().sqrt()), steps)


def _flat_outputs(network: nn.Module, X: Tensor) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """The network's outputs at X, as a function of its parameters in one vector, and that vector now."""
    parameters = dict(network.named_parameters())
    sizes = [value.numel() for value in parameters.values()]

    def outputs(flat: Tensor) -> Tensor:
        parts = zip(parameters.items(), flat.split(sizes), strict=True)
        named = {name: part.reshape(value.shape) for (name, value), part in parts}
        return torch.func.functional_call(network, named, (X,)).reshape(-1)

    return outputs, nn.utils.parameters_to_vector(list(parameters.values())).detach()


def train_flat_directions(
    network: nn.Module, X: Tensor, y: Tensor, *, steps: int = 500, threshold: float = 1e-4, every: int = 100
) -> Trained:
    """Descend only along eigenvectors whose curvature is below `threshold` times the largest, in place (section 4.2.1).

    The curvature is the Gauss-Newton matrix J^T J / rows, decomposed anew after `every` steps. A step is along the
    projected gradient, as long as the last that helped: doubled after a gain, halved until it gains.

    X has shape (rows, in), y (rows, out).
    """
    outputs, flat = _flat_outputs(network, X)
    target, length, basis = y.reshape(-1), 1.0, torch.empty(0)
    with one_thread():
        square = (outputs(flat) - target).square().mean().item()
        done = 0
        for step in range(steps):
            if step % every == 0:
                jacobian = torch.func.jacrev(outputs)(flat)
                values, vectors = torch.linalg.eigh(jacobian.T @ jacobian / len(target))
                basis = vectors[:, values < threshold * values[-1]]
                length = 1.0 / max(threshold * values[-1].item(), 1e-300)
            point = flat.clone().requires_grad_()
            (gradient,) = torch.autograd.grad((outputs(point) - target).square().mean(), point)
            done += 1
            moved = _halving(outputs, target, flat, basis @ (basis.T @ gradient), length, square)
            if moved is None:
                break
            flat, square, length = moved
        nn.utils.vector_to_parameters(flat, list(network.parameters()))
    return Trained(square**0.5, done)


def _halving(
    outputs: Callable[[Tensor], Tensor], target: Tensor, flat: Tensor, direction: Tensor, length: float, square: float
) -> tuple[Tensor, float, float] | None:
    """Step down by half the length, and half again, until it helps: the point, its mean square, the next length."""
    with torch.no_grad():
        for _ in range(40):
            trial = flat - length * direction
            now = (outputs(trial) - target).square().mean().item()
            if now < square:
                return trial, now, length * 2
            length /= 2
    return None
