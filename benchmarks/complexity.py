"""Complexity measures: coefficients that are known, and linear mapping numbers through grokking on digits.

    python benchmarks/complexity.py             prints the figures
    python benchmarks/complexity.py --record    writes them into papers/complexity.toml
    ... --peer                                  beside devinterp, where it is installed, in the same run

Known: of L = sum |w_i|^p_i the coefficient is sum 1 / p_i. Digits: 200 rows, 64-100-100-10, AdamW 1e-3, checkpoints
every 200 steps, once from weights 8 times the usual (held-out data are learnt late) and once from usual ones.
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import date
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from pellucid.learn import CheckpointComplexity
from pellucid.learn.complexity.local_learning import Sampler
from pellucid.subjects import Checkpoints
from suites.halves_file import PAPERS
from suites.origin import commit

POWERS = ((2,) * 4, (2, 4, 6), (4,) * 6, (2,) * 50, (2, 2, 4, 4, 6, 8), (2,) * 20 + (4,) * 20)
RUNS = {"late": (8.0, 2600), "soon": (1.0, 1000)}
"""How many times the usual first weights, and the steps."""
VERDICT = (
    "where held-out data are learnt late, both numbers fall with the test loss, the norm more closely; "
    "where they are learnt at once, both rise while the test loss falls: threefold as defined, by a quarter floored"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write into papers/")
    parser.add_argument("--peer", action="store_true", help="the sampler of devinterp as well")
    options = parser.parse_args()
    start = time.process_time()
    figures: dict[str, Any] = known()
    if options.peer:
        figures |= peer()
    for name in RUNS:
        figures |= digits(name)
    figures["cpu_seconds"] = round(time.process_time() - start, 1)
    for name, value in figures.items():
        print(f"{name:34} {value}")
    if options.record:
        write(figures)


def known() -> dict[str, float]:
    """The largest relative error over losses whose coefficient is known, and the share within two standard errors."""
    errors, inside = [], []
    for place, powers in enumerate(POWERS):
        p = torch.tensor(powers, dtype=torch.float64)
        true = float((1 / p).sum())
        for n_beta in (100.0, 1e4):
            sampler = Sampler(localization=1e-3)
            found = sampler.coefficient(lambda w, p=p: (w.abs() ** p).sum(1), torch.zeros(len(p)), n_beta, place)
            errors.append(abs(found.value / true - 1))
            inside.append(abs(found.value - true) <= 2 * found.error)
    return {
        "known_losses": len(errors),
        "known_worst_error": round(max(errors), 3),
        "known_median_error": round(sorted(errors)[len(errors) // 2], 3),
        "known_within_two_errors": sum(inside),
    }


def peer() -> dict[str, Any]:
    """devinterp's SGLD on the same losses (n beta 10,000), 3,000 steps of which half are kept, at three rates."""
    from importlib.metadata import version

    from devinterp.optim.sgmcmc import SGMCMC  # type: ignore[import-not-found]

    worst, start = {}, time.process_time()
    for rate in (1e-5, 1e-4, 1e-3):
        errors = []
        for powers in POWERS:
            p = torch.tensor(powers, dtype=torch.float32)
            torch.manual_seed(0)
            w = torch.nn.Parameter(torch.zeros(len(p)))
            optimizer, kept = SGMCMC.sgld([w], lr=rate, localization=1e-3, nbeta=1e4), []
            for step in range(3000):
                optimizer.zero_grad()
                loss = (w.abs() ** p).sum()
                loss.backward()
                optimizer.step()
                kept += [loss.item()] * (step >= 1500)
            errors.append(abs(1e4 * sum(kept) / len(kept) / float((1 / p).sum()) - 1))
        bad = any(error != error for error in errors)  # NaN: it diverged
        worst[f"peer_worst_error_rate_{rate:g}"] = "diverges" if bad else round(max(errors), 3)
    seconds = (time.process_time() - start) / 3 / len(POWERS)
    return {"peer": f"devinterp {version('devinterp')}", **worst, "peer_seconds_a_loss": round(seconds, 2)}


def digits(name: str) -> dict[str, float]:
    """The rank correlations of linear mapping numbers and of the norm with the test loss; first and last number."""
    from sklearn.datasets import load_digits

    scale, steps = RUNS[name]
    x, y = load_digits(return_X_y=True)
    inputs, targets = torch.tensor(x / 16, dtype=torch.float32), torch.tensor(y)
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(0))
    train, test = order[:200], order[200:]
    torch.manual_seed(0)
    layers = [torch.nn.Linear(64, 100), torch.nn.ReLU(), torch.nn.Linear(100, 100), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(100, 10))
    with torch.no_grad():
        for weight in net.parameters():
            weight.mul_(scale)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1.0)
    wanted = torch.nn.functional.one_hot(targets[train], 10).float()
    kept = {}
    for step in range(steps + 1):
        if step % 200 == 0 and step:
            kept[step] = {key: tensor.clone() for key, tensor in net.state_dict().items()}
        optimizer.zero_grad()
        (net(inputs[train]) - wanted).square().mean().backward()
        optimizer.step()
    load = [lambda one=one: one for one in kept.values()]
    held_out = inputs[test], targets[test]
    subject = Checkpoints(net, tuple(kept), load, inputs[train], targets[train], "squares", held_out)
    found = CheckpointComplexity(rows=0).explain(subject).artifact
    told = {measure: found.together(measure) for measure in ("lmn", "lmn_plain", "norm")}
    return {
        **{f"{name}_{key}_with_test_loss": round(value, 2) for key, value in told.items() if value is not None},
        f"{name}_lmn_first_and_last": [round(float(found.lmn[i]), 2) for i in (0, -1)],
        f"{name}_lmn_plain_first_and_last": [round(float(found.lmn_plain[i]), 2) for i in (0, -1)],
        f"{name}_test_loss_first_and_last": [round(float(found.test[i]), 4) for i in (0, -1)],
    }  # type: ignore[dict-item]


def write(figures: dict[str, Any]) -> None:
    """papers/complexity.toml."""
    lines = [
        "# What the papers claim, our command, and our figures. Written by `python benchmarks/complexity.py --record`.",
        'title = "Linear mapping numbers and local learning coefficients"',
        'sources = ["arXiv 2310.05918, from what others say of it", "arXiv 2308.12108"]',
        'command = "python benchmarks/complexity.py --record"', "",
        "[paper]",
        'linear_mapping = "the number of linear maps falls from memorising to generalising, with the test loss"',
        'coefficient = "lambda = n beta (E[L] - L(w0)); of a sum of powers p_i it is the sum of 1 / p_i"', "",
        "[ours]", f'commit = "{commit()}"', f'date = "{date.today().isoformat()}"',
    ]  # fmt: skip
    lines += [f"{name} = {value!r}" for name, value in figures.items()]
    lines.append(f"verdict = {VERDICT!r}".replace("'", '"'))
    (PAPERS / "complexity.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
