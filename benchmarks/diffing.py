"""Model diffing on planted behaviours: is what was planted found, and nothing else? And a model beside itself.

    python benchmarks/diffing.py                  the half that may be looked at
    python benchmarks/diffing.py --unseen         the other half, once
    python benchmarks/diffing.py --itself 20      a model beside itself, with so many seeds

The activations are those of SmolLM2's layer 15 on 250 rows of 128 tokens of Python's own documentation. A behaviour
counts as found where a latent with the right verdict fires at the planted tokens (F1 from 0.5 on, on held-out text)
and, of one model alone, has a cosine of at least 0.5 with what was planted. Writes papers/crosscoder_diff.toml.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pellucid.artifacts.audits.model_diff import ModelDiff
from pellucid.jobs.subjects.corpus import find_corpus
from pellucid.jobs.subjects.token_rows import split_tokens
from pellucid.look.diffing.model_diffing import ModelDiffing
from pellucid.look.diffing.model_pair import ModelPair
from pellucid.look.evaluation.sample import encode
from pellucid.subjects.models.loading.load_model import load_model
from pellucid.subjects.models.site import Site
from suites.halves import half_of
from suites.origin import commit
from suites.planted import PLANTED, Planted


def text_pair(rows: int, cache: Path | None) -> ModelPair:
    """SmolLM2's layer 15 beside itself; kept in a file, where one is named."""
    if cache is not None and cache.is_file():
        return ModelPair(**torch.load(cache, weights_only=True))
    model = load_model("smollm2", dtype="fastest")
    split = split_tokens(model, find_corpus(None, tokens=100_000, seed=0, column="text"), 100_000, 128, 0)
    site = Site(model, model.layers[15], torch.cat([split.held, split.train])[:rows])
    pair = ModelPair.of(site, site)
    if cache is not None:
        names = ("first", "second", "sequences", "tokens", "vocabulary")
        torch.save({name: getattr(pair, name) for name in names}, cache)
    return pair


def planted(case: Planted, pair: ModelPair, seed: int = 0) -> tuple[ModelPair, Tensor, Tensor]:
    """The two models, at which tokens they were told apart, and the direction of the second (or first) one."""
    generator = torch.Generator().manual_seed(seed)
    x, size = pair.first, float(pair.first.norm(dim=1).median())
    u, v = (torch.nn.functional.normalize(torch.randn(x.shape[1], generator=generator), dim=0) for _ in range(2))
    nowhere = torch.zeros(len(x), dtype=torch.bool)
    if case.truth == "none":
        unit = torch.nn.functional.normalize(torch.randn(x.shape, generator=generator), dim=1)
        kinds = {"noise": x + case.strength * size * unit, "scaled": case.strength * x, "rounded": x.bfloat16().float()}
        return replace(pair, second=kinds.get(case.where, x)), nowhere, u
    assert pair.tokens is not None
    hits = torch.tensor([re.fullmatch(case.pattern, word) is not None for word in pair.vocabulary])[pair.tokens]
    if case.after:
        hits = torch.cat([torch.zeros(1, dtype=torch.bool), hits[:-1]])
        hits[1:] &= pair.sequences[1:] == pair.sequences[:-1]
    moved = case.strength * size * hits[:, None]
    first = x + moved * u if case.truth in ("first only", "moved") else x
    second = x + moved * (v if case.truth == "moved" else u) if case.truth != "first only" else x
    return replace(pair, first=first, second=second), hits, u


def judged(case: Planted, pair: ModelPair, method: ModelDiffing, seed: int = 0) -> dict[str, Any]:
    """Whether the planted behaviour was found, and how many latents of one model are of something else."""
    start = time.process_time()
    told, hits, u = planted(case, pair, seed)
    finding = method.explain(told, seed)
    diff: ModelDiff = finding.artifact
    dictionary: Any = finding.parts.get("dictionary")  # none where the models are the same
    held, width = told.halves(method.share)[0], pair.first.shape[1]
    if dictionary is not None:
        read = held.second - held.first if dictionary.width == width else torch.cat([held.first, held.second], 1)
        values, indices = encode(dictionary, read)
        values = values.masked_fill(values < 0.01 * float(values.max()), 0.0)
    truth = hits[: len(held.first)]
    best, false = 0.0, 0
    for verdict in ("first only", "second only", "moved"):
        for latent in diff.of(verdict).tolist():
            fires = ((indices == latent) & (values > 0)).any(1)
            f1 = 2 * float((fires & truth).sum()) / max(1.0, float(fires.sum() + truth.sum()))
            assert dictionary is not None
            own = slice(0, width) if verdict == "first only" else slice(-width, None)
            direction = dictionary.decoder[latent, own]  # of a difference there is one alone
            cosine = abs(float(torch.nn.functional.cosine_similarity(direction, u, dim=0)))
            right = verdict == case.truth and (verdict == "moved" or cosine >= 0.5)
            best = max(best, f1 if right else 0.0)
            false += verdict != "moved" and cosine < 0.5
    moved = len(diff.of("moved"))
    base = {verdict: len(diff.of(verdict)) for verdict in ("first only", "second only", "one-sided")}
    return {
        "name": case.name, "half": half_of(case.name), "truth": case.truth, "strength": case.strength, "seed": seed,
        "found": bool(best >= 0.5), "f1": round(best, 3), "false": int(false), "moved": moved, **base,
        "firings": int(truth.sum()), "cpu_seconds": round(time.process_time() - start, 1),
        "by": method.by,
    }  # fmt: skip


def write(path: Path, rows: Sequence[dict[str, Any]], itself: Sequence[dict[str, Any]], command: str) -> None:
    """The paper's file: figures of each half, and every row."""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/diffing.py`.",
        'title = "Towards understanding distilled reasoning models: a representational approach"',
        'arxiv = "2503.03730"',
        f"command = {json.dumps(command)}",
        f'commit = "{commit()}"',
        f'date = "{date.today().isoformat()}"',
        "seed = 0",
        "",
        "[paper]",
        'claim = "a crosscoder of a base and a distilled model holds features of the distilled one alone"', "",
    ]  # fmt: skip
    for half in ("first", "second"):
        some = [row for row in rows if row["half"] == half and row["by"] == "difference"]
        with_truth, none = ([row for row in some if (row["truth"] == "none") is kind] for kind in (False, True))
        if some:
            lines += [
                f"[ours.{half}_half]", f"planted = {len(with_truth)}", f"found = {sum(r['found'] for r in with_truth)}",
                f"latents_of_something_else = {sum(r['false'] for r in some)}", f"nothing_planted = {len(none)}",
                f"nothing_found_there = {sum(not r['first only'] + r['second only'] for r in none)}", "",
            ]  # fmt: skip
    spread = [row for row in rows if row["by"] == "crosscoder"]
    if spread:
        found = sum(row["found"] for row in spread)
        lines += ["[ours.by_a_crosscoder]", f"planted = {len(spread)}", f"found = {found}", ""]
    for by in dict.fromkeys(row["by"] for row in itself):
        runs = [row for row in itself if row["by"] == by]
        clean = sum(not row["first only"] + row["second only"] for row in runs)
        lines += [f"[ours.itself_by_{by}]", f"runs = {len(runs)}", f"without_an_exclusive_latent = {clean}", ""]
    for row in [*rows, *itself]:
        lines += ["[[row]]", *(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in row.items()), ""]
    path.write_text("\n".join(lines))


def _which(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["name"], row["seed"], row["by"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="cases; by default a half of all")
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--itself", type=int, default=0, help="a model beside itself, with so many seeds")
    parser.add_argument("--by", default="difference", help="difference, or crosscoder")
    parser.add_argument("--rows", type=int, default=250)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--cache", type=Path, help="where activations are kept")
    parser.add_argument("--json", type=Path, help="rows so far; new ones are added")
    parser.add_argument("--write", type=Path, help="the paper's file, from all rows of --json")
    given = parser.parse_args()
    known = json.loads(given.json.read_text()) if given.json and given.json.is_file() else []
    if not given.write:
        pair = text_pair(given.rows, given.cache)
        method = ModelDiffing(by=given.by, width=given.width, k=16, control=False)
        half = "second" if given.unseen else "first"
        cases = [case for case in PLANTED if case.name in given.names] or [
            c for c in PLANTED if half_of(c.name) == half
        ]
        runs = [(replace(PLANTED[22], name="itself"), seed) for seed in range(given.itself)] or [(c, 0) for c in cases]
        for case, seed in runs:
            row = judged(case, pair, method, seed)
            print(row, flush=True)
            known = [one for one in known if _which(one) != _which(row)] + [row]
            if given.json:
                given.json.write_text(json.dumps(known))
    else:
        command = "python benchmarks/diffing.py --json FILE; --unseen; --itself 20"
        own = [row for row in known if row["name"] == "itself"]
        write(given.write, [row for row in known if row["name"] != "itself"], own, command)


if __name__ == "__main__":
    main()
