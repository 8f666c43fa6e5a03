"""Probes and geometry on SmolLM2-135M: every figure beside its control, and beside what the papers claim.

    python benchmarks/probes.py                    all but sparse, in a quarter of an hour; writes papers/*.toml
    python benchmarks/probes.py --only truth,sho   some parts
    python benchmarks/probes.py --text FOLDER      also trains a dictionary on that text, for sparse_probing

Each part writes a file of its own, with the command that gives this part alone; parts do not depend on one another.

Parts: truth (geometry_of_truth), space (space_time), circles (multidim_features), helix, sho (sho_transformers), sparse
(sparse_probing). People come from WordNet where it is installed (--wordnet names its data.noun).
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harmonic_oscillators import Oscillators, oscillators
from pellucid.datasets.calendar import DAYS, MONTHS, calendar_texts
from pellucid.datasets.numbers import addition_texts, number_texts
from pellucid.datasets.people import people_texts
from pellucid.datasets.places import place_texts
from pellucid.datasets.statements import statements
from pellucid.look.geometry.circle_probe import CircleProbe
from pellucid.look.geometry.helix_probe import HelixProbe
from pellucid.look.geometry.intermediate import Intermediate
from pellucid.look.probes.difference_of_means import DifferenceOfMeans
from pellucid.look.probes.estimators import logistic_fit, ridge, scores
from pellucid.look.probes.evaluation import accuracy, explained, held_out, letter_counts, rank_correlation
from pellucid.look.probes.folds import grouped_folds
from pellucid.look.probes.logistic_probe import LogisticProbe
from pellucid.look.probes.ridge_probe import RidgeProbe
from pellucid.look.probes.sparse_probe import SparseProbe
from pellucid.look.probes.transfer import ProbeTransfer
from pellucid.nets.state_transformer import StateTransformer, fit_next_state
from pellucid.subjects.models.hooks import run
from pellucid.subjects.models.labelled.labelled import LabelledSets
from pellucid.subjects.models.labelled.labelled_module import label_module
from pellucid.subjects.models.labelled.labelled_site import label_site, label_sites, last_logits, with_codes
from pellucid.subjects.models.labelled.labelled_texts import LabelledTexts
from pellucid.subjects.models.loading.load_model import load_model

PAPERS = Path(__file__).parent.parent / "papers"
SUFFIX = " This statement is"


@dataclass(frozen=True)
class Setting:
    """What the parts have in common."""

    model: Any
    wordnet: Path | None
    text: Path | None


def truth(setting: Setting) -> dict[str, Any]:
    """The Geometry of Truth: accuracy, transfer to negations, and the causal check."""
    model = setting.model
    kinds = {"cities": 400, "negated_cities": 400, "larger_than": 200, "smaller_than": 200, "conjunctions": 200}
    layers = [model.layers[i] for i in (11, 14, 17)]
    texts = {kind: statements(kind, count) for kind, count in kinds.items()}
    sites = {
        kind: label_sites(model, layers, one, shuffle_seed=0 if kind == "cities" else None)
        for kind, one in texts.items()
    }
    rows = [
        {"layer": layer, "method": type(method).__name__, **claims(method.explain(sites["cities"][layer]))}
        for layer in layers
        for method in (DifferenceOfMeans(), LogisticProbe(penalties=(0.03,)))
    ]
    site = layers[-1]
    moved = statements("cities", 200, suffix=SUFFIX, position=-1 - len(model.encode([SUFFIX])[0]))
    labelled = label_site(model, site, moved, answers=(" false", " true"))
    carried = ProbeTransfer().explain(LabelledSets({kind: one[site] for kind, one in sites.items()})).artifact
    told = last_logits(model, moved.texts, (" false", " true"))
    return {
        "paper": {"claims": "in LLaMA-2 7B to 70B true and false statements part along a line; differences of means "
                  "generalise as well as other probes, and what they find is more causally implicated (abstract)"},
        "ours": {"words_alone_false_countries_balanced": words_alone(texts["cities"]),
                 "words_alone_false_countries_of_all_alike": words_alone(statements("cities_unbalanced", 400)),
                 "model_says_true_or_false_rightly": accuracy((told[:, 1:] - told[:, :1]), moved.y[:, None])},
        "ours.causal": claims(DifferenceOfMeans(shuffles=0).explain(labelled)),
        "ours.transfer": {f"{a} to {b}": float(carried.values[i, j]) for i, a in enumerate(carried.names)
                          for j, b in enumerate(carried.names)},
        "row": rows,
    }  # fmt: skip


def words_alone(texts: LabelledTexts) -> float:
    """Held-out accuracy of a logistic regression on the letters of the texts."""
    generator = np.random.default_rng(0)
    parts = grouped_folds(texts.groups, 5, generator)
    y = texts.y[:, None]
    return accuracy(held_out(logistic_fit((0.03,)), letter_counts(texts.texts), y, texts.groups, parts, generator), y)


def space(setting: Setting) -> dict[str, Any]:
    """Space and time: R^2 on rows at random, as in the paper, and on whole countries or families."""
    model, rows = setting.model, []
    layers = [model.layers[i] for i in (14, 20)]
    for texts in (place_texts(700), people_texts(700, wordnet=setting.wordnet)):
        for layer, labelled in label_sites(model, layers, texts).items():
            for by_row in (True, False):
                found = RidgeProbe(by_row=by_row, shuffles=1, penalties=(0.1, 1.0), folds=4).explain(labelled)
                split = "rows at random" if by_row else "whole countries or families"
                rows.append({"layer": layer, "texts": texts.title, "split": split, **claims(found)})
    return {
        "paper": {"claims": "Llama-2 models hold linear representations of space and time (abstract)"},
        "row": rows,
    }  # fmt: skip


def circles(setting: Setting) -> dict[str, Any]:
    """Days and months: the circle, unseen names, and moving along it."""
    model, rows = setting.model, []
    for names in (DAYS, MONTHS):
        texts, shifts = calendar_texts(names)
        expected = (np.arange(len(names))[None] + shifts[:, None]) % len(names)
        answers = tuple(f" {name}" for name in names)
        layers = [model.layers[i] for i in (4, 8, 14, 20)]
        for layer, labelled in label_sites(model, layers, texts, answers=answers, expected=expected).items():
            rows.append({"layer": layer, "texts": texts.title, **claims(CircleProbe().explain(labelled))})
    return {
        "paper": {"claims": "days of the week and months are circles in GPT-2 and Mistral 7B; interventions on "
                  "Mistral 7B and Llama 3 8B show that modular arithmetic is computed with them (abstract)"},
        "row": rows,
    }  # fmt: skip


def helix(setting: Setting) -> dict[str, Any]:
    """Numbers alone: the fit. In additions: moving along the helix."""
    model, rows = setting.model, []
    layers = [model.layers[i] for i in (2, 8, 14, 20)]
    for layer, labelled in label_sites(model, layers, number_texts(0, 99)).items():
        rows.append({"layer": layer, "texts": "numbers", **claims(HelixProbe().explain(labelled))})
    texts, terms = addition_texts(200)
    numbers = np.unique(texts.y)
    expected = np.array([[(int(a) + b) % 10 for a in numbers] for _, b in terms])
    answers = tuple(map(str, range(10)))
    for layer, labelled in label_sites(
        model, [layers[0], layers[1]], texts, answers=answers, expected=expected
    ).items():
        rows.append({"layer": layer, "texts": "additions", **claims(HelixProbe().explain(labelled))})
    return {
        "paper": {"periods": [2, 5, 10, 100], "models": "GPT-J 6B, Pythia 6.9B, Llama 3.1 8B, a token a number",
                  "claims": "numbers are a generalised helix, on which sums are computed; interventions agree "
                  "(abstract)"},
        "row": rows,
    }  # fmt: skip


HYPOTHESES: dict[str, Callable[[Oscillators], Any]] = {
    "matrix exponential": lambda o: o.exponential(),
    "Taylor expansion of order 3": lambda o: o.taylor(3),
    "linear multistep": lambda o: o.multistep(),
    "nothing: sin(7 w d)": lambda o: np.sin(7 * o.omega * o.interval)[:, None],
}
PLACES_INSIDE = ("blocks.0.mixed", "blocks.0", "blocks.1.mixed", "blocks.1")
SIZES = {4: 3000, 8: 3000, 16: 3000, 32: 15000}
"""The widths of the models, and the steps that each is trained for; the last one is looked into."""


def sho(setting: Setting) -> dict[str, Any]:
    """Small transformers on harmonic oscillators, and four hypotheses about what they compute with."""
    length, count = 25, 1500
    seen = torch.tensor(oscillators(5000, length, 0).states, dtype=torch.float32)
    known = oscillators(count, length, 1)
    start, models = time.process_time(), []
    for width, steps in SIZES.items():
        models.append(StateTransformer(2, width, 2, 2, length - 1, torch.Generator().manual_seed(0)))
        fit_next_state(models[-1], seen, steps=steps, generator=torch.Generator().manual_seed(1))
    seconds = time.process_time() - start
    network = models[-1]
    states = torch.tensor(known.states, dtype=torch.float32)
    wrong = _errors(network, states)[:, -1]
    order = np.random.default_rng(0).permutation(count)
    other = Oscillators(known.states, known.omega[order], known.interval[order])
    rows = []
    for path in PLACES_INSIDE:
        for name, of in HYPOTHESES.items():
            names = [f"entry {i}" for i in range(of(known).shape[1])]
            labelled = label_module(
                network, path, states[:, :-1], of(known), names=names, alternative=of(other), losses=wrong, title=name,
                wanted=other.next_states(known.states[:, -2]),
            )  # fmt: skip
            found = Intermediate(folds=3).explain(labelled)
            rows.append({"module": path, "hypothesis": name, "met": found.artifact.met, **claims(found)})
    return {
        "paper": {"claims": "transformers model the undamped oscillator by the matrix exponential, by two "
                  "correlational and two causal criteria; weaker support for the other methods"},
        "ours": {"mean_squared_error": float(wrong.mean()), "mean_square": float((states[:, -1] ** 2).mean()),
                 "training_cpu_seconds": round(seconds, 1), "parameters": sum(p.numel() for p in network.parameters()),
                 "seen_before_the_last_prediction": length - 1},
        "ours.by_context": _by_context(models, known, states),
        "row": rows,
    }  # fmt: skip


def _errors(network: StateTransformer, states: torch.Tensor) -> Any:
    """Squared error of each prediction, (rows, length - 1)."""
    with torch.no_grad():
        return ((network(states[:, :-1]) - states[:, 1:]) ** 2).mean(2).numpy()


def _by_context(models: list[StateTransformer], known: Oscillators, states: torch.Tensor) -> dict[str, Any]:
    """At each length of the context, as in the paper: how well each hypothesis's numbers are read, at the best module.

    Over models and lengths: the rank correlation of that R^2 with how good the model is (the error with its sign
    turned), the paper's second criterion. R^2 is of 500 oscillators that the readout was not fitted on.
    """
    train, held = np.arange(1000), np.arange(1000, len(states))
    contexts = range(1, states.shape[1] - 1)
    quality: list[float] = []
    readable: dict[str, list[float]] = {name: [] for name in HYPOTHESES}
    for network in models:
        _, values = run(network, states[:, :-1], read=PLACES_INSIDE)
        errors = _errors(network, states).mean(0)
        for t in contexts:
            quality.append(-float(errors[t]))
            for name, of in HYPOTHESES.items():
                y = of(known) / of(known).std(0)
                inside = [values[path][:, t].double().numpy() for path in PLACES_INSIDE]
                told = [scores(ridge(x[train], y[train], (1e-4,))[0], x[held]) for x in inside]
                readable[name].append(max(explained(one, y[held]) for one in told))
    last = slice(-len(contexts), None)
    return {
        "states_seen": [t + 1 for t in contexts],
        "error_of_the_largest": [round(-value, 5) for value in quality[last]],
        **{f"R2, {name}, the largest": [round(v, 3) for v in found[last]] for name, found in readable.items()},
        **{
            f"correlation with quality, {name}": rank_correlation(np.array(found), np.array(quality))
            for name, found in readable.items()
        },
        "models": [f"width {width}, {steps} steps" for width, steps in SIZES.items()],
        "error_of_each_model": [
            round(-float(np.mean(quality[i * len(contexts) : (i + 1) * len(contexts)])), 5) for i in range(len(models))
        ],
    }


def sparse(setting: Setting) -> dict[str, Any]:
    """A dictionary of one layer against plain probes of it, on statements, and its clusters."""
    from pellucid.look.dictionaries.top_k_sae import TopKSAE
    from pellucid.look.geometry.feature_groups import FeatureGroups
    from pellucid.subjects.models.coded import code_activations
    from pellucid.subjects.models.site import Site
    from pellucid.subjects.models.text_files import read_texts

    if setting.text is None:
        raise ValueError("sparse needs --text: a folder of text to train a dictionary on")
    model, layer = setting.model, setting.model.layers[17]
    tokens = model.tokens(read_texts(setting.text), 128)
    rows = np.sort(np.random.default_rng(0).permutation(len(tokens))[:200])
    site = Site(model, layer, tokens[torch.as_tensor(rows)])
    read = site.read()[:, 1:].reshape(-1, model.width)
    from pellucid.subjects.models.activations import Activations

    start = time.process_time()
    dictionary = TopKSAE(width=4096, k=32, steps=400).explain(Activations(read)).artifact
    seconds = time.process_time() - start
    found = []
    for kind in ("cities", "larger_than"):
        labelled = with_codes(label_site(model, layer, statements(kind, 300)), dictionary)
        found.append({"texts": kind, **claims(SparseProbe(penalties=(0.03,)).explain(labelled))})
    groups = FeatureGroups().explain(code_activations(dictionary, read))
    return {
        "paper": {"claims": "dictionaries do not consistently beat plain probes, in any of four regimes"},
        "ours": {
            "dictionary": "TopK, 4096 latents, k = 32",
            "text": f"{setting.text.name}, 200 rows of 128 tokens drawn from it",
            "tokens": len(read),
            "dictionary_cpu_seconds": round(seconds, 1),
        },
        "ours.clusters": claims(groups),
        "row": found,
    }


PARTS: dict[str, tuple[Callable[[Setting], dict[str, Any]], str, str, str]] = {
    "truth": (truth, "geometry_of_truth", "The Geometry of Truth", "2310.06824"),
    "space": (space, "space_time", "Language Models Represent Space and Time", "2310.02207"),
    "circles": (
        circles,
        "multidim_features",
        "Not All Language Model Features Are One-Dimensionally Linear",
        "2405.14860",
    ),
    "helix": (helix, "helix", "Language Models Use Trigonometry to Do Addition", "2502.00873"),
    "sho": (sho, "sho_transformers", "How Do Transformers Model Physics? The Simple Harmonic Oscillator", "2405.17209"),
    "sparse": (
        sparse,
        "sparse_probing",
        "Are Sparse Autoencoders Useful? A Case Study in Sparse Probing",
        "2502.16681",
    ),
}


def claims(finding: Any) -> dict[str, Any]:
    """Every figure of a finding: [what, value, what stands beside it (where something does)]."""
    figures = []
    for claim in finding.claims:
        if hasattr(claim, "value"):
            beside = [] if claim.baseline is None else [round(float(claim.baseline), 4)]
            figures.append([claim.statement, round(float(claim.value), 4), *beside])
    return {"figures": figures}


def write(name: str, title: str, arxiv: str, command: str, found: dict[str, Any], model: str, seconds: float) -> None:
    """papers/<name>.toml, tables first and rows last."""
    lines = ["# What the paper claims, our command, and our figures. Written by `python benchmarks/probes.py`."]
    lines += [f"title = {json.dumps(title)}", f"arxiv = {json.dumps(arxiv)}", f"command = {json.dumps(command)}"]
    lines += [f"model = {json.dumps(model)}", f"cpu_seconds = {seconds:.0f}"]
    for table, content in found.items():
        for one in content if isinstance(content, list) else [content]:
            lines += ["", f"[[{table}]]" if isinstance(content, list) else f"[{table}]"]
            lines += [f"{key if key.isidentifier() else json.dumps(key)} = {_value(v)}" for key, v in one.items()]
    (PAPERS / f"{name}.toml").write_text("\n".join(lines) + "\n")


def _value(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + "".join(f"  {json.dumps(line)},\n" for line in value) + "]"
    return repr(round(value, 4)) if isinstance(value, float) else json.dumps(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}, with commas between them")
    parser.add_argument("--wordnet", type=Path)
    parser.add_argument("--text", type=Path)
    given = parser.parse_args()
    wanted = [part for part in given.only.split(",") if part] or [p for p in PARTS if p != "sparse" or given.text]
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        parser.error(f"part {unknown[0]!r} is unknown; the parts are {', '.join(PARTS)}")
    torch.set_num_threads(1)
    model = None if wanted == ["sho"] else load_model(given.model)
    for part in wanted:
        measure, name, title, arxiv = PARTS[part]
        start = time.process_time()
        found = measure(Setting(model, given.wordnet, given.text))
        seconds = time.process_time() - start
        told = "a transformer of our own" if part == "sho" else "SmolLM2-135M-Instruct"
        more = f" --text {given.text.name}" if part == "sparse" and given.text else ""
        more = f" --wordnet {given.wordnet.name}" if part == "space" and given.wordnet else more
        write(name, title, arxiv, f"python benchmarks/probes.py --only {part}{more}", found, told, seconds)
        print(f"{part}: {seconds:.0f} CPU s, papers/{name}.toml", flush=True)


if __name__ == "__main__":
    main()
