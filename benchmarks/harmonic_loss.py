"""Harmonic loss on handwritten digits, beside a linear layer with cross-entropy trained in the same way.

python benchmarks/harmonic_loss.py           # writes papers/harmonic_loss.toml; ten seeds, 20 CPU seconds
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from pellucid.core import Proved
from pellucid.look import HarmonicProbe
from pellucid.prove import prove_radii
from pellucid.subjects import Labelled
from suites.origin import commit
from suites.record import pairs, table

PAPERS = Path(__file__).parents[1] / "papers"


def main() -> None:
    values, y = load_digits(return_X_y=True)
    rows = []
    for seed in range(10):
        finding = HarmonicProbe().explain(Labelled(values, y, names=tuple("0123456789")), seed)
        row = {"seed": seed}
        for key in ("accuracy", "cosine", "radius"):
            claim = finding.claim(key)
            row |= {key: claim.value, f"{key}_baseline": claim.baseline}  # type: ignore[attr-defined]
        row["radii_proved"] = sum(isinstance(proof.claim, Proved) for proof in prove_radii(finding.artifact))
        print(row, flush=True)
        rows.append(row)
    means = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0] if key != "seed"}
    spread = {
        f"{key}_over_seeds": round(float(np.std([row[key] for row in rows], ddof=1)), 4)
        for key in ("accuracy", "accuracy_baseline")
    }
    lines = ["# What the paper claims, and our figures. Written by `python benchmarks/harmonic_loss.py`.",
             *pairs({"title": "Harmonic Loss Trains Interpretable AI Models", "arxiv": "2502.01628",
                    "command": "python benchmarks/harmonic_loss.py",
                     "date": date.today().isoformat(), "commit": commit() or "not noted",
                     "data": "handwritten digits 8 x 8 of scikit-learn, a quarter held out"})]  # fmt: skip
    lines += table(
        "paper", {"claim": "weights are centres of classes, to be looked at; accuracy as with cross-entropy"}
    )
    lines += table("ours", {"seeds": len(rows), **means, **spread})
    for row in rows:
        lines += table("run", row, one_of=True)
    (PAPERS / "harmonic_loss.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
