"""Steering's figures as a paper's file, from what the command wrote.

pellucid steer smollm2 --dictionary FOLDER --top 100 --output TRIED
python benchmarks/steering.py TRIED --write papers/steering.toml
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pellucid.core import Measured, load_finding
from suites.origin import commit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, required=True)
    given = parser.parse_args()
    finding = load_finding(given.folder)
    lines = ["# What the paper claims, our command, and our figures. Written by `python benchmarks/steering.py`."]
    lines += ['title = "Steering language models with activation engineering"', 'arxiv = "2308.10248"']
    made = "pellucid steer smollm2 --dictionary FOLDER --top 100 --output TRIED"
    lines += [f'command = "{made}; python benchmarks/steering.py TRIED --write papers/steering.toml"']
    lines += [f'commit = "{commit()}"']
    lines += [f'date = "{date.today().isoformat()}"', f"seed = {finding.provenance.seed}", "", "[paper]"]
    lines += ['claim = "a vector that is added to the activations moves what the model writes in a stated direction"']
    lines += ["", "[ours]", f"features = {len(finding.artifact.features)}", f"tokens = {finding.artifact.tokens}"]
    for claim in finding.claims:
        if isinstance(claim, Measured):
            figures = {"value": claim.value, "random_directions": claim.baseline, "error": claim.uncertainty}
            told = ", ".join(f"{name} = {value:.4g}" for name, value in figures.items() if value is not None)
            lines.append(f"{claim.key} = {{ {told} }}")
    given.write.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
