"""One skill cut out of a network, beside other networks of the same size (`suites.narrow`; 2505.15811).

    python benchmarks/narrow.py --half first
    python benchmarks/narrow.py --half second --write     # for the end; papers/narrow.toml counts its runs

Right is a network that keeps the skill (on every row of a whole domain; to 2 % of held-out rows) with at most half of
its neurons, and is no worse than the mean of random neurons with as many steps of training.
"""

from __future__ import annotations

import time
from typing import Any

from pellucid.look.skills.skill_pruning import SkillPruning
from suites.halves_file import run_half
from suites.narrow import CASES, NarrowCase

ABOUT = {
    "title": "Narrow networks: one skill, cut out",
    "arxiv": "2505.15811",
    "source": "benchmarks/suites/narrow.py",
    "claim_of_the_paper": "a group lasso aligns skills with neurons; skills are not local, and composites less so",
}


def run(case: NarrowCase) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    subject = case.make()
    start = time.process_time()
    found = SkillPruning().explain(subject).artifact
    spent = time.process_time() - start
    keep = found.skills[0]
    of = {name: round(found.accuracy(name, keep), 4) for name in found.networks}
    before, ours = of["whole network"], of["group lasso"]
    enough = ours >= before - (0 if subject.keep.whole else 0.02)
    right = enough and found.neurons <= sum(found.widths) / 2 and ours >= of["random neurons"]
    left = max((found.accuracy("group lasso", name) - chance for name, chance in
                zip(found.skills[1:], found.chance[1:], strict=True)), default=0.0)  # fmt: skip
    row = {"name": case.name, "right": right, "composite": case.is_composite, "neurons": found.neurons,
           "of": sum(found.widths), "before": before, "lasso": ours, "scores": of["by scores"],
           "random": of["random neurons"], "scratch": of["from new weights"], "left_above_chance": round(left, 4),
           "cpu_seconds": round(spent, 1)}  # fmt: skip
    print(f"{'right' if right else 'WRONG'}  {row}", flush=True)
    return row


if __name__ == "__main__":
    run_half("narrow.py", "narrow", ABOUT, CASES, run)
