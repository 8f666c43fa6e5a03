"""Stages of inference (arXiv 2406.19384) on SmolLM2-135M: deletion, swap, logit lens and attention of every layer.

    python benchmarks/stages.py TEXT [--rows 8] [--length 128] [--checkpoint FOLDER]

TEXT: a folder or file of text. Writes papers/stages.toml. CPU seconds are those of one thread; what the cache of the
residual stream saves is measured on two rows, with the figures of both ways compared.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from pellucid.artifacts.features.effects import Effects
from pellucid.look.layers.layer_effects import LayerDeletion, LayerSwap
from pellucid.look.layers.layer_stages import LayerStages
from pellucid.run.threads import one_thread
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site
from pellucid.subjects.models.text_files import read_texts

PAPER = Path(__file__).parent.parent / "papers" / "stages.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    with one_thread():
        run(options)


def run(options: argparse.Namespace) -> None:
    model = load_model(options.model)
    tokens = model.tokens(read_texts(options.text), options.length)
    drawn = torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))[: options.rows].sort().values
    site = Site(model, model.layers[-1], tokens[drawn])
    seconds, found = {}, {}
    two = Site(model, model.layers[-1], tokens[drawn[:2]])
    for cached in (True, False):
        start = time.process_time()
        found[cached] = LayerDeletion(batch_size=2, cached=cached).explain(two).artifact
        seconds[cached] = time.process_time() - start
    print(f"deletion of 2 rows: {seconds[True]:.1f} s with the cache, {seconds[False]:.1f} without", flush=True)
    findings = {}
    for method in (LayerStages(batch_size=2), LayerDeletion(batch_size=2), LayerSwap(batch_size=2)):
        name = type(method).__name__
        folder = None if options.checkpoint is None else options.checkpoint / name
        findings[name] = method.explain(site, checkpoint=folder)
        print(name, dict(findings[name].provenance.seconds), flush=True)
        for claim in findings[name].claims:
            print("   ", claim.statement, claim.evidence, flush=True)
    effects = findings["LayerDeletion"].artifact.beside(findings["LayerSwap"].artifact)
    effects = effects.beside(findings["LayerStages"].artifact)
    spent = {name: round(float(sum(finding.provenance.seconds.values())), 1) for name, finding in findings.items()}
    moves = {claim.statement.partition(",")[0]: claim for claim in findings["LayerStages"].claims}
    moved = {stage: float(moves[stage].uncertainty or 0) for stage, _, _ in effects.stages()}
    PAPER.write_text(_toml(effects, options, spent, seconds, moved, found[True] == found[False]))
    print(f"written: {PAPER}")


def _toml(
    effects: Effects,
    options: argparse.Namespace,
    spent: dict[str, float],
    seconds: dict[bool, float],
    moved: dict[str, float],
    same: bool,
) -> str:
    deleted = [value for value in effects.column("top-1 kept, deleted") if value is not None]
    swapped = [value for value in effects.column("top-1 kept, swapped") if value is not None]
    middle, between = (table[LayerDeletion.edge : -LayerDeletion.edge] for table in (deleted, swapped))
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/stages.py`.",
        'title = "The Remarkable Robustness of LLMs: Stages of Inference?"',
        'arxiv = "2406.19384"',
        f'command = "python benchmarks/stages.py TEXT --rows {options.rows} --length {options.length}"',
        "",
        "[paper]",
        "# Abstract; GPT-2, Pythia, Phi and others, 124M to 6.9B parameters; more layers, more robustness.",
        "top1_kept_percent_low = 72",
        "top1_kept_percent_high = 95",
        "stages = 4",
        "",
        "[ours]",
        "# SmolLM2-135M-Instruct (30 layers), layers 2 to 27; the first two and last two are below.",
        f"model = {json.dumps(options.model)}",
        f"tokens = {options.rows * options.length}",
        f"deletion_top1_kept_percent_mean = {100 * np.mean(middle):.1f}",
        f"deletion_top1_kept_percent_low = {100 * min(middle):.1f}",
        f"deletion_top1_kept_percent_high = {100 * max(middle):.1f}",
        f"swap_top1_kept_percent_mean = {100 * np.mean(between):.1f}",
        f"swap_top1_kept_percent_low = {100 * min(between):.1f}",
        f"swap_top1_kept_percent_high = {100 * max(between):.1f}",
        f"deletion_top1_kept_percent_layer_0 = {100 * deleted[0]:.1f}",
        f"deletion_top1_kept_percent_layer_1 = {100 * deleted[1]:.1f}",
        "# The stages are those of the rule in look/layers/layer_stages.py, whose thresholds were chosen on this",
        "# model: that it names four here is no test of the paper's claim. Another model, or another rule, may give",
        "# other borders.",
        f"stages = {len(effects.stages())}",
        *(f'{name.replace(" ", "_")}_layers = "{first}-{last}"' for name, first, last in effects.stages()),
        "# Half of the 95 % interval of how many layers a stage has, when the rows of text are drawn again.",
        *(f"{name.replace(' ', '_')}_layers_uncertainty = {half:g}" for name, half in moved.items()),
        *(f"cpu_seconds_{name} = {value}" for name, value in spent.items()),
        f"cpu_seconds_deletion_of_two_rows_with_cache = {seconds[True]:.1f}",
        f"cpu_seconds_deletion_of_two_rows_without_cache = {seconds[False]:.1f}",
        f"same_figures_with_and_without_cache = {'true' if same else 'false'}",
    ]
    for index, part in enumerate(effects.parts):
        lines += ["", "[[layer]]", f"path = {json.dumps(part)}", f"stage = {json.dumps(effects.groups[index])}"]
        for measure, value in zip(effects.measures, effects.values[index], strict=True):
            if value is not None:
                lines.append(f"{json.dumps(measure)} = {value:.4g}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
