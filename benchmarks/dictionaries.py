"""Training sparse dictionaries: the time of a step and what is left unexplained, beside sae-lens and sparsify.

    python benchmarks/dictionaries.py --peers PYTHON      about 25 CPU minutes; writes papers/switch_sae.toml
    python benchmarks/dictionaries.py --quick             the smaller width and fewer steps; nothing is written

PYTHON is one that has sae-lens and eai-sparsify installed (best in an environment of their own: they bring their own
versions of much). Activations are those of SmolLM2's layer 15 on `--text` (a folder; needs the extra [llm]), kept in
`--activations` (a file, or a folder that `Site.store` wrote), or synthetic ones where neither is given. CPU time on one
thread; all contestants take turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from dictionary_compute import BATCH, K, equal_compute, report, together, trained
from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_scale import Scale
from pellucid.nets.dictionaries.dictionary_shape import DictionaryShape
from pellucid.nets.dictionaries.dictionary_training import DictionaryTraining
from pellucid.run.threads import one_thread
from pellucid.subjects.models.activations import ActivationStore

SIZES = (8192, 32768)
WARM = 60
"""Steps before ours are timed."""
TIMES_SPARSIFY, TIMES_SAE_LENS, TIMES_DENSE = 2.0, 8.0, 2.5
FILE = Path(__file__).parents[1] / "papers" / "switch_sae.toml"


def activations(options: argparse.Namespace) -> tuple[Tensor, str]:
    """Rows (count, width) and what they are."""
    kept = options.activations
    if kept and kept.is_dir():
        store = ActivationStore(kept)
        rows = torch.arange(min(store.count, options.rows))
        return store.rows(rows), f"{store.source}, the first {len(rows):,}"
    if kept and kept.exists():
        with safe_open(kept, "pt") as file:
            what = (file.metadata() or {}).get("what", f"kept in {kept.name}")
            return file.get_tensor("x").float().flatten(0, -2), what
    if options.text is None:
        generator = torch.Generator().manual_seed(0)
        features = torch.nn.functional.normalize(torch.randn(4096, 576, generator=generator))
        chances = torch.rand(4096, generator=generator) ** 4 * 0.05
        rows = [
            ((torch.rand(1024, 4096, generator=generator) < chances) * torch.rand(1024, 4096, generator=generator))
            @ features
            for _ in range(24)
        ]
        return torch.cat(rows), "synthetic: 4096 sparse features in 576 dimensions"
    from pellucid.subjects.models.loading.load_model import load_model
    from pellucid.subjects.models.site import Site
    from pellucid.subjects.models.text_files import read_texts

    model = load_model("smollm2", dtype="bfloat16")
    tokens = model.tokens(read_texts(options.text))[: options.tokens // 128]
    x = Site(model, model.layers[15], tokens).read().flatten(0, -2)
    what = f"SmolLM2 layer 15 in bfloat16, {len(x):,} tokens of {options.text.name}"
    if kept:
        save_file({"x": x.bfloat16()}, kept, {"what": what})
    return x, what


def prepared(x: Tensor) -> tuple[Tensor, Tensor]:
    """Training and held-out rows, brought to one scale and without outliers, the same for everyone."""
    scale = Scale.of(x[:8192], x[:8192])
    found, count = torch.empty_like(x), 0
    for part in x.split(65536):
        part = scale.inputs(part)
        part = part[Scale.usual(part)]
        found[count : count + len(part)] = part
        count += len(part)
    held = min(8192, count // 8)
    return found[: count - held], found[count - held : count]


class Peers:
    """The other side, in a process of its own."""

    def __init__(self, python: str, train: Tensor, held: Tensor) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = f"{self.folder.name}/x.safetensors"
        save_file({"train": train, "held": held}, path)
        script = Path(__file__).with_name("dictionary_peers.py")
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([python, str(script)], stdin=pipe, stdout=pipe, text=True)
        self.ask(do="data", path=path)

    def ask(self, **command: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline() or '{"error": "the process ended"}')
        if "error" in said:
            raise RuntimeError(said["error"])
        return said["result"]


def batches(count: int, steps: int, seed: int = 0) -> list[list[int]]:
    """The rows of each step: the same for everyone."""
    generator = torch.Generator().manual_seed(seed)
    found: list[list[int]] = []
    while len(found) < steps:
        order = torch.randperm(count, generator=generator)
        found += [rows.tolist() for rows in order.split(BATCH) if len(rows) == BATCH]
    return found[:steps]


def ours(train: Tensor, size: int, experts: int, bfloat16: bool | None) -> Callable[[list[list[int]]], float]:
    """Seconds of our steps on some batches, in a training under way, when what a batch moves has settled."""
    shape = DictionaryShape(train.shape[1], train.shape[1], size, K, experts=experts)
    generator = torch.Generator().manual_seed(0)
    few = train[:4096]
    training = DictionaryTraining.start(
        shape, DictionaryOptions(bfloat16=bfloat16, steps=2 * WARM), few, few, generator
    )
    for rows in batches(len(train), WARM):
        x = train[torch.tensor(rows)]
        training.advance(x, x, generator)

    def steps(chosen: list[list[int]]) -> float:
        begin = time.process_time()
        for rows in chosen:
            x = train[torch.tensor(rows)]
            training.advance(x, x, generator)
        return time.process_time() - begin

    return steps


OURS = {
    "ours, float32": (1, False),
    "ours": (1, None),
    "ours, switch 8": (8, None),
    "ours, switch 16": (16, None),
    "ours, switch 16, float32": (16, False),
}
THEIRS = ("sparsify", "sae-lens sparse", "sae-lens")


def step_times(train: Tensor, size: int, peers: list[tuple[str, Peers]], rounds: int) -> dict[str, dict[str, float]]:
    """CPU milliseconds of a step, median and least of rounds that take turns, each after two steps to warm up."""
    runs: dict[str, Callable[[list[list[int]]], float]] = {}
    for name, (experts, bfloat16) in OURS.items():
        runs[name] = ours(train, size, experts, bfloat16)
    for name, peer in peers:
        peer.ask(do="make", name=name, sizes=[train.shape[1], size, K, BATCH, 3e-4, 10_000])
        runs[name] = lambda chosen, peer=peer: peer.ask(do="step", batches=chosen)
    chosen = batches(len(train), rounds + 2, seed=1)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(chosen[:2])
    for rows in chosen[2:]:
        for name, run in runs.items():
            times[name].append(1e3 * run([rows]))
    return {name: {"median": statistics.median(found), "least": min(found)} for name, found in times.items()}


def equal_steps(
    train: Tensor, held: Tensor, peers: list[tuple[str, Peers]], size: int, steps: int, seeds: int
) -> dict[str, dict[str, Any]]:
    """FVU after as many steps on the same batches; each peer at the better, on these held-out rows, of two rates."""
    train = train[: steps * BATCH]  # what the peers have
    chosen = [batches(len(train), steps, seed) for seed in range(seeds)]
    found = {"ours": together([trained(train, held, size, 1, rows, seed) for seed, rows in enumerate(chosen)])}
    for name, peer in peers:
        if name == "sae-lens sparse":
            continue

        def one(rate: float, seed: int, name: str = name, peer: Peers = peer) -> dict[str, Any]:
            peer.ask(do="make", name=name, sizes=[train.shape[1], size, K, BATCH, rate, steps], seed=seed)
            seconds = peer.ask(do="step", batches=chosen[seed])
            return {"fvu": peer.ask(do="fvu"), "cpu_seconds": seconds, "steps": steps, "learning_rate": rate}

        best = min((one(rate, 0) for rate in (3e-3, 1e-3)), key=lambda run: run["fvu"])
        found[name] = together([best] + [one(best["learning_rate"], seed) for seed in range(1, seeds)])
    return found


def goals(times: dict[str, dict[str, float]]) -> dict[str, float]:
    """How many times faster we are than each, by medians."""
    own = times["ours"]["median"]
    found = {f"faster_than_{name.replace(' ', '_').replace('-', '_')}": times[name]["median"] / own
             for name in THEIRS if name in times}  # fmt: skip
    return found | {"switch_16_faster_than_dense": own / times["ours, switch 16"]["median"],
                    "switch_16_faster_than_dense_both_float32":
                        times["ours, float32"]["median"] / times["ours, switch 16, float32"]["median"],
                    "switch_8_faster_than_dense": own / times["ours, switch 8"]["median"]}  # fmt: skip


def command() -> str:
    """As it was given, without the folders of this machine."""
    words, hidden = [], {"--text": "FOLDER", "--peers": "PYTHON", "--activations": "STORE"}
    for before, word in zip(["", *sys.argv[1:]], sys.argv[1:], strict=False):
        words.append(hidden.get(before, word))
    return " ".join(["python benchmarks/dictionaries.py", *words])


def toml(found: dict[str, Any]) -> str:
    """The file: what the paper claims, our command, our figures."""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/dictionaries.py`.",
        'title = "Efficient dictionary learning with Switch sparse autoencoders"',
        'arxiv = "2410.08201"',
        f"command = {json.dumps(command())}",
        "",
        "[paper]",
        'claim = "at equal compute, a Switch autoencoder has a lower error than a dense one; at equal width a higher"',
    ]

    def table(name: str, values: dict[str, Any]) -> None:
        plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
        if plain:
            lines.extend(["", f"[{name}]"])
            lines.extend(f"{json.dumps(key)} = {_value(value)}" for key, value in plain.items())
        for key, value in values.items():
            if isinstance(value, dict):
                table(f"{name}.{json.dumps(key)}", value)

    table("ours", found)
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else json.dumps(value)


def report_times(size: int, times: dict[str, dict[str, float]]) -> None:
    print(f"\nstep, n = {size}, batch {BATCH}, k = {K}: CPU ms      median     least   median of ours")
    for name, one in times.items():
        share = one["median"] / times["ours"]["median"]
        print(f"  {name:40s} {one['median']:12.1f} {one['least']:9.1f} {share:12.2f}x", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the smaller width, fewer steps, nothing written")
    parser.add_argument("--peers", default=sys.executable, help="a Python with sae-lens and eai-sparsify")
    parser.add_argument("--text", type=Path, help="a folder of texts for SmolLM2")
    parser.add_argument("--tokens", type=int, default=262_144)
    parser.add_argument("--activations", type=Path, help="where to keep them, or what was kept: a file or a store")
    parser.add_argument("--rows", type=int, default=1_000_000, help="at most so many of a store")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=300, help="of the trainings at equal steps")
    parser.add_argument("--size", type=int, default=2048, help="of the dictionaries at equal steps")
    parser.add_argument("--compute-sizes", type=int, nargs="*", default=[1024, 2048], help="dense, at equal compute")
    parser.add_argument("--experts", type=int, nargs="*", default=[8, 16], help="at equal compute")
    parser.add_argument("--seconds", type=float, default=30, help="CPU seconds of each training at equal compute")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="leave papers/ alone")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.size, options.steps, options.compute_sizes, options.seconds = 3, 1024, 60, [512], 3.0
    x, what = activations(options)
    train, held = prepared(x)
    print(f"{what}; torch {torch.__version__}, one thread, {len(train):,} rows of width {train.shape[1]}")
    found: dict[str, Any] = {"activations": what, "rows": len(train)}
    with one_thread():
        peers = available(options.peers, train[: max(WARM + 20, options.steps) * BATCH], held)
        for size in SIZES[:1] if options.quick else SIZES:
            times = step_times(train[: (WARM + 20) * BATCH], size, peers, options.rounds)
            report_times(size, times)
            found[f"step_ms_n_{size}"] = times
            found[f"faster_n_{size}"] = goals(times)
        equal = equal_steps(train, held, peers, options.size, options.steps, options.seeds)
        found[f"equal_steps_n_{options.size}"] = equal
        print(f"\nFVU on {len(held):,} held-out rows, n = {options.size}, {options.seeds} seeds")
        report(equal)
        for _, peer in peers:
            peer.process.kill()
        for size in options.compute_sizes:
            print(f"\nFVU after {options.seconds:g} CPU seconds of training, {options.seeds} seeds")
            found[f"equal_compute_n_{size}"] = equal_compute(
                train, held, size, options.seconds, tuple(options.experts), options.seeds, batches
            )
    wanted = {"faster_than_sparsify": TIMES_SPARSIFY, "faster_than_sae_lens": TIMES_SAE_LENS,
              "switch_16_faster_than_dense": TIMES_DENSE}  # fmt: skip
    for key in [key for key in found if key.startswith("faster_n_")]:
        for name, goal in wanted.items():
            if name in found[key]:
                value = found[key][name]
                print(f"{key} {name}: {value:.1f}, goal {goal:g}: {'met' if value >= goal else 'MISSED'}")
    if not (options.quick or options.no_write):
        FILE.write_text(toml(found))


def available(python: str, train: Tensor, held: Tensor) -> list[tuple[str, Peers]]:
    """Those of the peers that the other Python has, each in a process of its own."""
    found = []
    for name in THEIRS:
        peer = Peers(python, train, held)
        try:
            peer.ask(do="make", name=name, sizes=[train.shape[1], 256, K, BATCH, 1e-3, 10])
            found.append((name, peer))
        except RuntimeError as error:
            print(f"{name} is left out: {error}")
            peer.process.kill()
    return found


if __name__ == "__main__":
    main()
