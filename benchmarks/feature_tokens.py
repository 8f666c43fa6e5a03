"""How well tokens tell the features of a dictionary, and which random directions that should be held against.

    python benchmarks/feature_tokens.py FOLDER --labels FOLDER_labels --write papers/feature_tokens.toml

FOLDER is what `pellucid features smollm2 --layer 15 --width 2048 --tokens 100000 --steps 400` wrote, FOLDER_labels what
`pellucid label FOLDER` made of it. The activations of 250 rows of 128 tokens are read again (a minute of CPU); token
tables are made on three quarters of them and judged on the first quarter.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import torch
from torch import Tensor

from pellucid.core import Measured, load_finding
from pellucid.jobs.subjects.corpus import find_corpus
from pellucid.jobs.subjects.token_rows import split_tokens
from pellucid.look.evaluation.sample import take_sample
from pellucid.look.evaluation.token_tables import Firings, score_tables
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site
from suites.origin import commit


def directions(x: Tensor, count: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Random directions of four kinds, (width, count) each."""
    centred = x - x.mean(0)
    size, axes = torch.linalg.eigh(centred.double().T @ centred.double() / len(x))
    white = axes @ torch.diag(size.clamp_min(size.max() * 1e-6).rsqrt())
    return {
        "all vary alike (whitened)": (white @ torch.randn(len(size), count, generator=generator).double()).float(),
        "isotropic": torch.randn(x.shape[1], count, generator=generator),
        "with the covariance of the activations": centred.T @ torch.randn(len(x), count, generator=generator),
        "the activation of one token": centred[torch.randint(len(x), (count,), generator=generator)].T.contiguous(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--rows", type=int, default=250)
    parser.add_argument("--randoms", type=int, default=64)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    model = load_model("smollm2", dtype="fastest")
    split = split_tokens(model, find_corpus(None, tokens=100_000, seed=0, column="text"), 100_000, 128, 0)
    ids = torch.cat([split.held, split.train])[: given.rows]
    sample = take_sample(load_finding(given.folder).artifact, Site(model, model.layers[15], ids))
    tokens, held = ids[sample.rows, sample.positions], sample.rows < given.rows // 4
    fires = Firings.of(sample.values, sample.indices, sample.size)
    figures: dict[str, dict[str, float]] = {}
    for name, top in (("features", 0), ("features, tokens of their 20 strongest firings", 20)):
        scores = score_tables(fires, tokens, sample.rows, held, strongest=top)
        judged = (scores.counts >= 10).nonzero()[:, 0]
        value, error = scores.mean_f1(judged)
        told = scores.f1[judged]
        figures[name] = {
            "f1": value, "error": error, "count": len(judged), "from_0.7": float((told >= 0.7).double().mean()),
            "from_0.5": float((told >= 0.5).double().mean()),
        }  # fmt: skip
    generator = torch.Generator().manual_seed(0)
    drawn = judged[torch.randint(len(judged), (given.randoms,), generator=generator)]
    counts = torch.bincount(fires.features, minlength=sample.size)[drawn].tolist()
    for name, matrix in directions(sample.x, given.randoms, generator).items():
        along = (sample.x - sample.x.mean(0)) @ matrix
        top = [along[:, i].topk(count).indices for i, count in enumerate(counts)]
        features = torch.cat([torch.full((len(one),), i) for i, one in enumerate(top)])
        firing = Firings(torch.cat(top), features, torch.ones(len(features)), given.randoms)
        scores = score_tables(firing, tokens, sample.rows, held)
        value, error = scores.mean_f1(torch.arange(given.randoms))
        figures[f"random directions: {name}"] = {"f1": value, "error": error, "count": given.randoms}
    lines = ["# Figures of token tables. Written by `python benchmarks/feature_tokens.py`."]
    lines += [
        'title = "Automatically interpreting millions of features in large language models"',
        'arxiv = "2410.13928"',
    ]
    lines += ['command = "python benchmarks/feature_tokens.py FOLDER --labels FOLDER_labels"']
    lines += [f'commit = "{commit()}"', f'date = "{date.today().isoformat()}"', "seed = 0", ""]
    lines += [
        "[paper]",
        'claim = "labels by a language model are judged by detection and fuzzing on texts not shown"',
        "",
    ]
    for name, table in figures.items():
        print(name, {key: round(value, 3) for key, value in table.items()}, flush=True)
        lines += [f"[ours.{json.dumps(name)}]", *(f'"{key}" = {value:.4g}' for key, value in table.items()), ""]
    if given.labels:
        lines += ["[ours.labels]"]
        for claim in load_finding(given.labels).claims:
            if isinstance(claim, Measured):
                error = "" if claim.uncertainty is None else f", error = {claim.uncertainty:.3g}"
                baseline = "" if claim.baseline is None else f", dealt_out = {claim.baseline:.4g}"
                lines += [f"{json.dumps(claim.key)} = {{ value = {claim.value:.4g}{baseline}{error} }}"]
    if given.write:
        given.write.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
