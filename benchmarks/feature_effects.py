"""What the true effects of a dictionary's features cost on SmolLM2, and that shortened passes give what whole ones do.

    python benchmarks/feature_effects.py --features 120

A dictionary of 2,048 features of layer 15 is trained for a moment; `--features` of them, drawn, are taken away in truth
in every one of 16 sequences of 128 tokens in which they fire. CPU seconds of a pair (feature, sequence), and from these
what all 2,048 cost. `--compared` of the features are run by whole passes as well.
"""

from __future__ import annotations

import argparse
import time

import torch

from pellucid.core.reporter import SILENT
from pellucid.jobs.subjects.corpus import find_corpus
from pellucid.jobs.subjects.token_rows import split_tokens
from pellucid.look.dictionaries.feature_effects import _FirstOrder
from pellucid.look.dictionaries.feature_removal import FeatureRemoval
from pellucid.look.dictionaries.top_k_sae import TopKSAE
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.prediction import Prediction
from pellucid.subjects.models.site import Site

LAYER, WIDTH, SEQUENCES, TOKENS = "model.layers.15", 2048, 16, 20_000


def main() -> None:
    """Measure, and print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=120)
    parser.add_argument("--compared", type=int, default=10)
    parser.add_argument("--dtype", default="fastest")
    options = parser.parse_args()
    model = load_model("smollm2", dtype=options.dtype)
    split = split_tokens(model, find_corpus(None, tokens=TOKENS), TOKENS, 128, 0)
    trained = TopKSAE(width=WIDTH, k=32, steps=150, batch_size=512).explain(Site(model, LAYER, split.train))
    site = Site(model, LAYER, split.held[:SEQUENCES])
    prediction = Prediction.of(model, site.given)
    assert prediction is not None
    limit = 10 * float(site.read().norm(dim=-1).median())
    began = time.process_time()
    first = _FirstOrder(trained.artifact, site, prediction, limit)
    firing = first.over_all_rows(SILENT)
    print(f"estimates of all {WIDTH:,} features: {time.process_time() - began:.1f} CPU s")
    every = int((firing.fired > 0).sum())
    removal = FeatureRemoval(site, prediction, firing, first.decoder)
    drawn = torch.randperm(WIDTH, generator=torch.Generator().manual_seed(0))[: options.features]
    for name, chosen, fewest in (("shortened", drawn, 1), ("whole", drawn[: options.compared], 10**9)):
        FeatureRemoval.fewest = fewest
        began = time.process_time()
        change = removal.changes(chosen, SILENT)[:, :, 0]
        seconds, pairs = time.process_time() - began, int((firing.fired[:, chosen] > 0).sum())
        told = (
            f"{seconds / pairs:.4f} CPU s a pair, {pairs:,} pairs; all {every:,}: {seconds / pairs * every:,.0f} CPU s"
        )
        print(f"{name} passes: {told}")
        if name == "shortened":
            short = change[:, : options.compared]
        else:
            print(
                f"largest difference {float((change - short).abs().max()):.2g} nats of {float(change.abs().max()):.2g}"
            )


if __name__ == "__main__":
    main()
