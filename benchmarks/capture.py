"""Reading one layer: plain hooks beside TransformerLens and nnsight, in time, memory and exactness of the logits.

    python benchmarks/capture.py [--model FOLDER] [--rows 4] [--length 128] [--repeats 5] [--layer 15]

Each tool that is installed runs in a process of its own on the same weights and tokens, float32, one thread. Printed
are CPU milliseconds (median of the repeats, ways of one tool taken in turn), the same over the model's own full pass
timed in that process, the memory held at the peak beyond what was held before, and the largest difference of logits,
and of activations (over the largest one), from those of transformers' own pass.

The peers are no part of the project's environment (they may replace torch by another build): in one apart,

    pip install . transformer-lens nnsight && python benchmarks/capture.py --model FOLDER
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
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pellucid.run.threads import one_thread
from pellucid.subjects.models.hooks import run
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site

TOOLS = {"pellucid": "pellucid", "transformer-lens": "transformer_lens", "nnsight": "nnsight"}
OWN = "transformers' own full pass"


@dataclass(frozen=True)
class Ways:
    """How one tool reads a layer, by name; the first gives the activations that are compared."""

    capture: dict[str, Callable[[], Any]]
    logits: Callable[[], Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2", help="TransformerLens takes folders only")
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--layer", type=int, default=15)
    parser.add_argument("--only", choices=TOOLS, help="this tool alone, as JSON")
    options = parser.parse_args()
    if options.only:
        with one_thread(), torch.no_grad():
            print(json.dumps(measured(options)))
        return
    print(f"{'':<68} {'CPU ms':>7} {'of own':>7} {'MiB':>6}  difference: logits, activations")
    for tool, module in TOOLS.items():
        if find_spec(module) is None:
            print(f"{tool} is not installed here")
            continue
        done = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--only", tool], stdout=subprocess.PIPE)
        if done.returncode:
            print(f"{tool} failed")
            continue
        _show(tool, json.loads(done.stdout.splitlines()[-1]))


def _show(tool: str, found: dict[str, Any]) -> None:
    for number, (name, (spent, share, memory)) in enumerate(found["ways"].items()):
        exact = "" if number != 1 else f"  {found['logits']:.1e}, {found['activations']:.1e}"
        held = "" if memory is None else f"{memory:.0f}"
        print(
            f"{tool + ' ' + found['version'] + ': ' + name:<68} {spent:7.0f} {share:7.2f} {held:>6}{exact}", flush=True
        )


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """One tool: each way's median time, that over the own pass, and peak memory; what differs from transformers."""
    model = load_model(options.model)
    generator = torch.Generator().manual_seed(0)
    known = model.embeddings.shape[0]
    tokens = torch.randint(0, known, (options.rows, options.length), generator=generator)
    own = model.model(tokens, output_hidden_states=True)
    logits, activations = own.logits.clone(), own.hidden_states[options.layer + 1].clone()
    del own

    def alone() -> None:
        model.model(tokens)

    found: dict[str, Any] = {"ways": {OWN: _timed({OWN: alone}, options.repeats)[OWN]}}
    prepare = {"pellucid": _pellucid, "transformer-lens": _transformer_lens, "nnsight": _nnsight}[options.only]
    ways = prepare(model, tokens, options)
    found["logits"] = float((ways.logits() - logits).abs().max())
    difference = (next(iter(ways.capture.values()))() - activations).abs().max()
    found["activations"] = float(difference / activations.abs().max())
    found["ways"] |= _timed(ways.capture, options.repeats)
    base = found["ways"][OWN][0]
    found["ways"] = {name: (spent, spent / base, memory) for name, (spent, memory) in found["ways"].items()}
    return {**found, "version": version(options.only)}


def _timed(ways: dict[str, Callable[[], Any]], repeats: int) -> dict[str, tuple[float, float | None]]:
    """CPU milliseconds (median) and MiB at the peak beyond those before, of each way, taken in turn."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    memory: dict[str, float | None] = {}
    for name, way in ways.items():  # also the first call, which is slower
        before = _start_of_peak()
        way()
        memory[name] = None if before is None else (_kib("VmHWM") - before) / 1024
    for _ in range(repeats):
        for name, way in ways.items():
            start = time.process_time()
            way()
            spent[name].append(1000 * (time.process_time() - start))
    return {name: (statistics.median(times), memory[name]) for name, times in spent.items()}


def _start_of_peak() -> float | None:
    """KiB held now; from here on the kernel's peak counts anew. None where there is no such kernel."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _kib("VmRSS")
    except OSError:
        return None


def _kib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def _pellucid(model: LanguageModel, tokens: Tensor, options: argparse.Namespace) -> Ways:
    path = model.layers[options.layer]
    site = Site(model, path, tokens, batch_size=len(tokens))
    _ = (site.width, site.fingerprint())  # once a site, not once a batch

    def store() -> None:
        with tempfile.TemporaryDirectory() as folder:
            site.store(f"{folder}/store")

    ways: dict[str, Callable[[], Any]] = {
        "hooks.run, early stop": lambda: run(model, tokens, read=path)[1][path],
        "Site.store, with the file written": store,
        "hooks.run, all layers, no stop": lambda: run(model, tokens, read="model.layers.*", stop=False),
    }
    return Ways(ways, lambda: run(model, tokens)[0].logits)


def _transformer_lens(model: LanguageModel, tokens: Tensor, options: argparse.Namespace) -> Ways:
    from transformer_lens.model_bridge import TransformerBridge  # type: ignore[import-not-found]

    bridge = TransformerBridge.boot_transformers(
        options.model, hf_model=model.model, tokenizer=model.tokenizer, device="cpu"
    )
    name = f"blocks.{options.layer}.hook_out"

    def stopped() -> Tensor:
        return bridge.run_with_cache(tokens, names_filter=name, stop_at_layer=options.layer + 1)[1][name]

    ways: dict[str, Callable[[], Any]] = {
        "run_with_cache, one name, stop_at_layer": stopped,
        "run_with_cache, one name": lambda: bridge.run_with_cache(tokens, names_filter=name),
        "run_with_cache, everything": lambda: bridge.run_with_cache(tokens),
    }
    return Ways(ways, lambda: bridge(tokens))


def _nnsight(model: LanguageModel, tokens: Tensor, options: argparse.Namespace) -> Ways:
    from nnsight import NNsight  # type: ignore[import-not-found]

    wrapped = NNsight(model.model)
    layer = wrapped.get(model.layers[options.layer])

    def stopped() -> Tensor:
        with wrapped.trace(tokens) as tracer:
            value = layer.output.save()
            tracer.stop()
        return _first(value)

    def whole() -> Tensor:
        with wrapped.trace(tokens):
            value = layer.output.save()
        return _first(value)

    def logits() -> Tensor:
        with wrapped.trace(tokens):
            output = wrapped.output.save()
        return output.logits

    return Ways({"trace, save, stop": stopped, "trace, save": whole}, logits)


def _first(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else value[0]


if __name__ == "__main__":
    main()
