"""Which heads of SmolLM2 say who is given the drink: indirect objects (arXiv 2211.00593), heads patched in truth.

    python benchmarks/heads.py

Eight pairs of sentences, four scored and four held out: about two CPU minutes.
"""

from __future__ import annotations

import time
from itertools import combinations

from pellucid.look.layers.head_patching import HeadPatching
from pellucid.subjects.models.contrast import Contrast
from pellucid.subjects.models.loading.load_model import load_model

NAMES = ("Mary", "John", "Tom", "Anna", "James", "Lisa")
TEXT = "When {} and {} went to the store, {} gave a drink to"


def main() -> None:
    """Print what is claimed, and the six heads that matter most."""
    model = load_model("smollm2")
    rows = [
        (TEXT.format(one, two, two), TEXT.format(one, two, one), f" {one}", f" {two}")
        for one, two in combinations(NAMES, 2)
    ]
    began = time.process_time()
    found = HeadPatching().explain(Contrast.of(model, rows[:8]))
    print(f"{time.process_time() - began:.0f} CPU s")
    for claim in found.claims:
        print(f"{claim.statement}: {claim.evidence}")
    heads = zip(found.artifact.parts, found.artifact.values, strict=True)
    for name, (score, true) in sorted(heads, key=lambda row: row[1][1] or 0)[:6]:
        print(f"{name}: {true:+.2f} truly, {score:+.2f} to first order")


if __name__ == "__main__":
    main()
