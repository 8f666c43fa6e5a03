"""How long a step of a Kolmogorov-Arnold network takes: forward and backward, beside what one would otherwise use.

    python benchmarks/kan_layers.py           about two minutes; writes the layers of papers/kan.toml
    python benchmarks/kan_layers.py --quick   fewer repeats, the two small rows and a large one; nothing is written

CPU milliseconds on one thread in float32, the median of repeats that take turns. "no kernel" is ours without a C
compiler; "plain" is the Cox-de Boor recursion with one matrix product per layer; "pykan" is its model.speed() and needs
`pip install pykan`; "MLP" has about as many parameters, at width 64 (narrower where that alone would be more).
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from unittest import mock

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kan_accuracy import write
from pellucid.nets import KAN
from pellucid.nets.splines import spline_kernel
from pellucid.run.threads import one_thread

ROWS = [([2, 5, 1], 5, 1000), ([4, 64, 64, 1], 5, 1000), ([4, 64, 64, 1], 20, 4096)]
ROWS += [([64, 64, 64], 5, 1000), ([64, 64, 64], 20, 4096)]
QUICK = [0, 1, 3]
TIMES_PYKAN, TIMES_PLAIN, TIMES_MLP = 10.0, 3.0, 3.0
SMALLEST_MEASURED = 0.02
"""Seconds: shorter steps are repeated until they take as long, so that the clock can tell."""

Step = Callable[[], None]


class PlainLayer(nn.Module):
    """A spline layer as it is usually written: all splines by recursion, order by order, then one product."""

    knots: Tensor

    def __init__(self, inputs: int, outputs: int, grid_size: int, generator: torch.Generator) -> None:
        super().__init__()
        step = 2 / grid_size
        self.register_buffer("knots", torch.arange(-3, grid_size + 4) * step - 1)
        splines = torch.randn(outputs, inputs * (grid_size + 3), generator=generator)
        self.splines = nn.Parameter(splines * 0.1 * inputs**-0.5)
        self.base = nn.Parameter(torch.randn(outputs, inputs, generator=generator) * inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        knots, point = self.knots, x[..., None]
        splines = ((point >= knots[:-1]) & (point < knots[1:])).to(x)
        for order in (1, 2, 3):
            rising = (point - knots[: -order - 1]) / (knots[order:-1] - knots[: -order - 1])
            falling = (knots[order + 1 :] - point) / (knots[order + 1 :] - knots[1:-order])
            splines = rising * splines[..., :-1] + falling * splines[..., 1:]
        return F.linear(F.silu(x), self.base) + F.linear(splines.flatten(1), self.splines)


def plain(widths: list[int], grid_size: int, generator: torch.Generator) -> nn.Module:
    """The usual layers, one after the other."""
    return nn.Sequential(*(PlainLayer(a, b, grid_size, generator) for a, b in pairwise(widths)))


def mlp(widths: list[int], parameters: int) -> nn.Module:
    """A SiLU network with the same ends and about as many parameters."""
    inputs, outputs = widths[0], widths[-1]
    width = min(64, max(1, (parameters - outputs) // (inputs + outputs + 1)))
    rest = parameters - (inputs + 1) * width - (width + 1) * outputs
    hidden = [width] * (1 + max(0, round(rest / (width * (width + 1)))))
    layers = [layer for a, b in pairwise([inputs, *hidden]) for layer in (nn.Linear(a, b), nn.SiLU())]
    return nn.Sequential(*layers, nn.Linear(hidden[-1], outputs))


def pykan(widths: list[int], grid_size: int) -> nn.Module | None:
    """pykan's network after its speed(), or None where pykan is not installed."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            from kan.MultKAN import MultKAN as Theirs
        except ImportError:
            return None
        network = Theirs(width=list(widths), grid=grid_size, k=3, seed=0, auto_save=False)
        network.speed()
        return network


def step(network: nn.Module, x: Tensor) -> None:
    """One forward and one backward pass."""
    network.zero_grad(set_to_none=True)
    network(x).square().mean().backward()


def without_kernel(network: nn.Module, x: Tensor) -> None:
    """The same where there is no compiler."""
    with mock.patch.object(spline_kernel, "library", return_value=None):
        step(network, x)


def contestants(widths: list[int], grid_size: int, batch: int) -> dict[str, Step]:
    """A step of each by name."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(batch, widths[0], generator=generator) * 2 - 1
    ours = KAN(widths, grid_size, generator=generator)
    parameters = sum(parameter.numel() for parameter in ours.parameters())
    steps: dict[str, Step] = {
        "ours": functools.partial(step, ours, x),
        "no kernel": functools.partial(without_kernel, ours, x),
        "plain": functools.partial(step, plain(widths, grid_size, generator), x),
        "MLP": functools.partial(step, mlp(widths, parameters), x),
    }
    theirs = pykan(widths, grid_size)
    return steps if theirs is None else {**steps, "pykan": functools.partial(step, theirs, x)}


def measure(steps: dict[str, Step], repeats: int) -> dict[str, float]:
    """CPU milliseconds of each, the median of `repeats` that take turns."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    counts = {name: max(1, round(SMALLEST_MEASURED / _seconds(run, 1))) for name, run in _warmed(steps)}
    for _ in range(repeats):
        for name, run in steps.items():
            times[name].append(1e3 * _seconds(run, counts[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def _warmed(steps: dict[str, Step]) -> Iterator[tuple[str, Step]]:
    for name, run in steps.items():
        _seconds(run, 2)
        yield name, run


def _seconds(run: Step, count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        run()
    return max((time.process_time() - start) / count, 1e-6)


def line(row: tuple[list[int], int, int], times: dict[str, float]) -> tuple[str, bool]:
    """A row of the table, and whether its goals are met."""
    widths, grid_size, batch = row
    ours = times["ours"]
    ratios = {name: value / ours for name, value in times.items()}
    met = ratios["plain"] >= TIMES_PLAIN and 1 / ratios["MLP"] <= TIMES_MLP
    met = met and ratios.get("pykan", TIMES_PYKAN) >= TIMES_PYKAN
    cells = [f"{widths!s:>14} {grid_size:>3} {batch:>5}"]
    cells += [f"{times[name]:9.2f}" if name in times else f"{'-':>9}" for name in COLUMNS]
    cells += [f"{ratios[name]:8.1f}x" if name in ratios else f"{'-':>9}" for name in ("pykan", "plain")]
    cells += [f"{1 / ratios['MLP']:8.2f}x", "   met" if met else "   MISSED"]
    return "".join(cells), met


def record(times: dict[str, float], met: bool) -> dict[str, float | bool]:
    """What a row says in the file: CPU milliseconds, how many times faster than pykan and plain, how many MLPs."""
    named = {f"cpu_ms_{name.replace(' ', '_').lower()}": value for name, value in times.items()}
    ratios = {f"faster_than_{name}": times[name] / times["ours"] for name in ("pykan", "plain") if name in times}
    return {**named, **ratios, "of_mlp": times["ours"] / times["MLP"], "goals_met": met}


COLUMNS = ("ours", "no kernel", "plain", "pykan", "MLP")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rows and repeats")
    options = parser.parse_args()
    kernel = "compiled" if spline_kernel.library() else "not compiled (no C compiler)"
    print(f"spline layer: {kernel}; torch {torch.__version__}, one thread, float32, forward + backward, CPU ms")
    if pykan([1, 1], 3) is None:
        print("pykan is not installed: its column is left out (pip install pykan)")
    names = "".join(f"{name:>9}" for name in COLUMNS)
    print(f"{'widths':>14} {'G':>3} {'batch':>5}{names}{'/pykan':>9}{'/plain':>9}{'of MLP':>9}   goals")
    met, found = 0, {}
    rows = [ROWS[number] for number in QUICK] if options.quick else ROWS
    with one_thread():
        for row in rows:
            times = measure(contestants(*row), 5 if options.quick else 15)
            text, good = line(row, times)
            found[f"{row[0]} G={row[1]} batch={row[2]}"] = record(times, good)
            print(text, flush=True)
            met += good
    goals = f"{TIMES_PYKAN:g} x pykan, {TIMES_PLAIN:g} x plain, within {TIMES_MLP:g} x MLP"
    print(f"goals ({goals}): {met} of {len(rows)} rows")
    if not options.quick:
        write("layers", found)


if __name__ == "__main__":
    main()
