"""How long it takes to read one layer: Site and plain hooks beside the model's own full pass.

    python benchmarks/capture.py [--rows 4] [--length 128] [--repeats 3] [--layer 15]

CPU milliseconds on one thread, the median of the repeats, taken in turn. nnsight is measured in the same run where it
is installed (it may replace torch by another build, so use an environment apart).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import torch

from pellucid.run.threads import one_thread
from pellucid.subjects.hooks import run
from pellucid.subjects.language_model import LanguageModel, load_model
from pellucid.subjects.site import Site


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--layer", type=int, default=15)
    options = parser.parse_args()
    with one_thread(), torch.no_grad():
        model = load_model(options.model)
        generator = torch.Generator().manual_seed(0)
        tokens = torch.randint(0, 40_000, (options.rows, options.length), generator=generator)
        ways = _ways(model, model.layers[options.layer], tokens)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.repeats):
            for name, way in ways.items():
                start = time.process_time()
                way()
                spent[name].append(1000 * (time.process_time() - start))
        for name, times in spent.items():
            print(f"{name:<44} {statistics.median(times):8.0f} ms")
        same = torch.equal(model.model(tokens).logits, run(model, tokens)[0].logits)
        print(f"logits through hooks bit-equal to the model's own: {same}")


def _ways(model: LanguageModel, path: str, tokens: torch.Tensor) -> dict[str, Callable[[], Any]]:
    site = Site(model, path, tokens, batch_size=len(tokens))
    _ = (site.width, site.fingerprint())  # once a site, not once a batch

    def store() -> None:
        with tempfile.TemporaryDirectory() as folder:
            site.store(f"{folder}/store")

    ways: dict[str, Callable[[], Any]] = {
        "the model's own full pass": lambda: model.model(tokens),
        "full pass, hidden states kept": lambda: model.model(tokens, output_hidden_states=True),
        f"hooks.run to {path}, early stop": lambda: run(model, tokens, read=path),
        "Site.read": site.read,
        "Site.store, with the file written": store,
        "hooks.run, all layers read, no stop": lambda: run(model, tokens, read="model.layers.*", stop=False),
    }
    if find_spec("nnsight") is not None:
        ways["nnsight, trace and save"] = _nnsight(model, path, tokens)
    return ways


def _nnsight(model: LanguageModel, path: str, tokens: torch.Tensor) -> Callable[[], Any]:
    from nnsight import NNsight  # type: ignore[import-not-found]

    wrapped = NNsight(model.model)

    def trace() -> Any:
        with wrapped.trace(tokens):
            return wrapped.get(path).output.save()

    return trace


if __name__ == "__main__":
    main()
