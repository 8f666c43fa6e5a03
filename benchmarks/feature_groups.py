"""How latents of a dictionary of SmolLM2's layer 15 lie: are there groups for days, months, years, numbers?

    python benchmarks/feature_groups.py --text corpus/ --store kept/    five minutes of CPU with activations at hand
    python benchmarks/feature_groups.py --tokens 24000 --quick          two minutes, and writes nothing

A dictionary is trained on stored activations (an hour of CPU to make, the first time; see dictionary_quality.py), its
latents are clustered as the paper does, and the clusters judged by the paper's indices. Then, for classes of words that
are known beforehand: the cluster whose activation falls on such words most, beside random clusters of the same sizes.
Writes papers/multidim_groups.toml and, for crystals, lobes and the shape of the cloud, geometry_of_concepts.toml.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dictionary_quality import LAYER, PAPERS, text_rows
from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.artifacts.features.feature_clusters import FeatureClusters
from pellucid.core import Finding, Measured
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from pellucid.look.dictionaries.top_k_sae import TopKSAE
from pellucid.look.geometry.circle_probe import circle_share
from pellucid.look.geometry.feature_groups import FeatureGroups
from pellucid.run import ProgressBars
from pellucid.subjects.models.activations import ActivationStore
from pellucid.subjects.models.coded import Coded, code_activations
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site

WORDS = {
    "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "months": "January February March April May June July August September October November December",
    "number words": "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred",
    "pronouns": "I you he she it we they me him her us them",
}
FEWEST, DRAWN = 100, 20
"""Tokens, below which a class is only counted; random clusterings beside."""


@dataclass(frozen=True)
class Setting:
    """A dictionary, and the activations that it was trained on and those it was not."""

    model: LanguageModel
    ids: Tensor
    held: NDArray[np.bool_]
    store: ActivationStore
    training: Finding[Dictionary]

    def coded(self, tokens: int) -> tuple[Coded, NDArray[Any]]:
        """Codes of tokens, and their ids. Nothing is fitted to what the clusters are judged on: any tokens will do."""
        rows = np.arange(min(len(self.ids), tokens // self.ids.shape[1]))
        found = self.store.read(rows)
        length = found["values"].norm(dim=1)
        kept = length <= 10 * length.median()  # attention sinks
        return code_activations(self.training.artifact, found["values"][kept]), found["tokens"][kept].numpy()

    def geometry(self, tokens: int, bars: ProgressBars) -> Finding[Any]:
        """Crystals, lobes and the cloud, on text held out."""
        held = torch.from_numpy(self.held)
        site = Site(self.model, self.model.layers[LAYER], self.ids[held])
        place = DictionaryAtSite(self.training.artifact, site, self.store.select(np.flatnonzero(self.held)))
        return DictionaryEvaluation(("geometry",), tokens=tokens).explain(place, 0, reporter=bars)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="+", help="folders of texts")
    parser.add_argument("--tokens", type=int, default=1_572_864)
    parser.add_argument("--store", type=Path, required=False, help="where activations are kept for another run")
    parser.add_argument("--width", type=int, default=8192)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--judged-tokens", type=int, default=500_000)
    parser.add_argument("--clusters", type=int, nargs="*", default=[300, 1000], help="by average linkage, beside")
    parser.add_argument("--quick", action="store_true", help="small, and write nothing")
    options = parser.parse_args()
    if options.quick:
        options.width, options.steps, options.judged_tokens, options.clusters = 1024, 100, 12_000, [100]
    with ProgressBars() as bars:
        setting = _setting(options, bars)
        start = time.process_time()
        geometry = setting.geometry(options.judged_tokens // 5, bars)
        _write("geometry_of_concepts", options, setting, start, ["", "[ours]", *_figures(geometry)])
        start = time.process_time()
        coded, tokens = setting.coded(options.judged_tokens)
        words = setting.model.words(range(int(setting.ids.max()) + 1))
        classes = _classes(tokens, words)
        sections = []
        for clusters in (None, *options.clusters):
            method = FeatureGroups(clusters=clusters, most=1000)
            sections += _section(method, method.explain(coded, 0, reporter=bars), coded, tokens, words, classes)
        _write("multidim_groups", options, setting, start, sections)


def _setting(options: argparse.Namespace, bars: ProgressBars) -> Setting:
    model = load_model("smollm2", dtype="fastest")
    ids, held = text_rows(model, options)
    folder = options.store or Path(tempfile.mkdtemp())
    store = Site(model, model.layers[LAYER], ids).store(folder, dtype="bfloat16", reporter=bars)
    method = TopKSAE(width=options.width, k=32, steps=options.steps)
    return Setting(model, ids, held, store, method.explain(store.select(np.flatnonzero(~held)), 0, reporter=bars))


def _classes(tokens: NDArray[Any], words: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Class -> which of its words each token is, -1 where none."""
    place = {word: i for i, word in enumerate(words)}
    found = {}
    for name, text in WORDS.items():
        number = np.full(len(words), -1)
        for i, word in enumerate(text.split()):
            number[place[f" {word}"]] = i
        found[name] = number[tokens]
    number = np.full(len(words), -1)
    number[[place[digit] for digit in "0123456789"]] = np.arange(10)
    digits = number[tokens]
    found["digits"] = digits
    # The last digit of 1600 to 2099, by its decade.
    years = np.full(len(tokens), -1)
    a, b, c, d = (digits[i : len(digits) - 3 + i] for i in range(4))
    whole = (((a == 1) & (b >= 6)) | ((a == 2) & (b == 0))) & (c >= 0) & (d >= 0)
    around = np.ones(len(a), dtype=bool)
    around[1:] = digits[: len(a) - 1] < 0
    around[:-1] &= digits[4 : 4 + len(a) - 1] < 0
    years[3:][whole & around] = c[whole & around]
    found["years"] = years
    return found


PAPER = {
    "multidim_groups": (
        "Not All Language Model Features Are One-Dimensionally Linear", "2405.14860",
        "clusters of dictionary elements of GPT-2 (1000 by spectral clustering) and Mistral 7B (connected by cosine) "
        "hold days of the week, months and years, among those with the least reducible planes (section 4)",
    ),
    "geometry_of_concepts": (
        "The Geometry of Concepts: Sparse Autoencoder Feature Structure", "2410.19750",
        "parallelograms improve greatly when discriminant analysis projects distractors out; features that fire "
        "together lie together far more than by chance; eigenvalues fall as a power law (abstract)",
    ),
}  # fmt: skip


def _heading(name: str, options: argparse.Namespace, setting: Setting, start: float) -> list[str]:
    words = [f"--{name.replace('_', '-')} {getattr(options, name)}" for name in ("tokens", "width", "steps")]
    words += [f"--judged-tokens {options.judged_tokens}", "--clusters " + " ".join(map(str, options.clusters))]
    words += ["--text " + " ".join(f"{folder.name}/" for folder in options.text)] if options.text else []
    words += ["--store kept/"] if options.store else []
    title, arxiv, claims = PAPER[name]
    training = setting.training
    values = {
        "title": title,
        "arxiv": arxiv,
        "command": "python benchmarks/feature_groups.py " + " ".join(words),
        "model": "SmolLM2-135M-Instruct",
        "layer": LAYER,
        "dictionary": training.artifact.describe(),
        "trained_on_tokens": int((~setting.held).sum()) * setting.ids.shape[1],
        "unexplained_on_held_out_tokens": next(one.value for one in training.claims if isinstance(one, Measured)),
        "cpu_seconds": round(time.process_time() - start, 1),
    }
    told = "# What the paper claims, our command, and our figures. Written by `python benchmarks/feature_groups.py`."
    return [told, *(f"{key} = {_value(value)}" for key, value in values.items()), "", "[paper]",
            f"claims = {_value(claims)}"]  # fmt: skip


def _figures(found: Finding[Any]) -> list[str]:
    """[what, value, what stands beside it, uncertainty] of each claim, as far as it has them."""
    rows = []
    for claim in found.claims:
        if isinstance(claim, Measured):
            more = [] if claim.baseline is None else [claim.baseline]
            more += [claim.uncertainty] if claim.uncertainty is not None and more else []
            rows.append([claim.statement, claim.value, *more])
    return ["figures = [", *(f"  {_value(row)}," for row in rows), "]"]


def _write(name: str, options: argparse.Namespace, setting: Setting, start: float, sections: list[str]) -> None:
    """papers/NAME.toml, and the same on the terminal."""
    lines = _heading(name, options, setting, start) + sections
    print("\n".join(lines), flush=True)
    if not options.quick:
        (PAPERS / f"{name}.toml").write_text("\n".join(lines) + "\n")


def _section(
    method: FeatureGroups,
    found: Finding[FeatureClusters],
    coded: Coded,
    tokens: NDArray[Any],
    words: Sequence[str],
    classes: dict[str, NDArray[np.int64]],
) -> list[str]:
    """One way of clustering: its claims, the least reducible clusters in words, and the best cluster of each class."""
    artifact = found.artifact
    told = f"connected at a cosine of {method.cosine}" if method.clusters is None else f"{method.clusters} by linkage"
    lines = ["", "[[row]]", f"clusters = {_value(told)}", f"seconds = {found.provenance.seconds['total']:.1f}"]
    lines += [f"judged_on_tokens = {coded.tokens}", *_figures(found)]
    lines += ["least_reducible = ["]
    for i in range(min(5, len(artifact.sizes))):
        said = _said(coded, tokens, words, artifact.cluster(i))
        shown = f"score {artifact.score[i]:.2f}, {artifact.sizes[i]} latents: {said}"
        lines.append(f"  {_value(shown)},")
    lines += ["]"]
    if artifact.sizes:
        lines += ["classes = ["]
        lines += [f"  {_value(_class(name, which, coded, artifact))}," for name, which in classes.items()]
        lines += ["]"]
    return lines


def _said(coded: Coded, tokens: NDArray[Any], words: Sequence[str], cluster: NDArray[np.int64]) -> str:
    """The words that the cluster's activation falls on most, with their share."""
    weights = np.where(np.isin(coded.indices, cluster), coded.values, 0).sum(1)
    total = np.bincount(tokens, weights=weights)
    best = np.argsort(-total, kind="stable")[:6]
    return ", ".join(f"{words[i]!r} {total[i] / total.sum():.2f}" for i in best if total[i] > 0)


def _class(name: str, which: NDArray[np.int64], coded: Coded, artifact: FeatureClusters) -> str:
    """The cluster whose activation falls on the class most: how much of it, by chance, of how many of the tokens."""
    there = which >= 0
    if there.sum() < FEWEST:
        return f"{name}: {int(there.sum())} tokens, too few to look for"
    share = coded.values / np.maximum(coded.values.sum(), 1e-300)
    all_of = np.bincount(coded.indices.ravel(), share.ravel(), coded.latents)
    of_class = np.bincount(coded.indices[there].ravel(), share[there].ravel(), coded.latents)
    labels = np.repeat(np.arange(len(artifact.sizes)), artifact.sizes)

    def purity(members: NDArray[np.int64]) -> NDArray[np.float64]:
        part, whole = (np.bincount(labels, weights=sums[members], minlength=len(artifact.sizes))
                       for sums in (of_class, all_of))  # fmt: skip
        return part / np.maximum(whole, 1e-300)

    found = purity(artifact.members)
    best = int(found.argmax())
    numbers = np.random.default_rng(0)
    alive = np.flatnonzero(all_of > 0)
    chance = [purity(numbers.choice(alive, len(labels), replace=False)).max() for _ in range(DRAWN)]
    cluster = artifact.cluster(best)
    fires = np.any(np.isin(coded.indices, cluster) & (coded.values > 0), axis=1)
    text = (
        f"{name}: {int(there.sum())} tokens ({there.mean():.4f} of all); purest cluster of {len(cluster)} latents: "
        f"{found[best]:.2f} of its activation on them (best of random clusters {np.mean(chance):.2f}), it fires at "
        f"{np.mean(fires, where=there):.2f} of them; number {best + 1} of {len(artifact.sizes)} by score, mixture "
        f"{artifact.mixture[best]:.2f}, separability {artifact.separability[best]:.2f}"
    )
    return text + _circle(which, coded, cluster)


def _circle(which: NDArray[np.int64], coded: Coded, cluster: NDArray[np.int64]) -> str:
    """How far the means of the class's words, as the cluster says them, lie on a circle in their order."""
    means = []
    for word in range(int(which.max()) + 1):
        rows = np.flatnonzero(which == word)[:2000]
        if len(rows) < 5:
            continue
        chosen = np.where(np.isin(coded.indices[rows], cluster), coded.values[rows], 0)
        means.append((chosen[..., None] * coded.decoder[coded.indices[rows]]).sum(1).mean(0))
    if len(means) < 5:
        return ""
    numbers = np.random.default_rng(0)
    table = np.stack(means)
    right = circle_share(table)
    others = np.array([circle_share(table[numbers.permutation(len(table))]) for _ in range(1000)])
    return (
        f"; means of {len(table)} words on a circle in their order: {right:.2f} of their spread, random orders "
        f"{others.mean():.2f}, as much in {(others >= right).mean():.3f} of these"
    )


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    return "[" + ", ".join(map(_value, value)) + "]" if isinstance(value, list) else json.dumps(value)


if __name__ == "__main__":
    main()
