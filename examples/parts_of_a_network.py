"""One network learns two unrelated things; its parts are seen, proved, and put into formulas.

python examples/parts_of_a_network.py
"""

from pathlib import Path

import numpy as np

from pellucid import distill, plot, subjects
from pellucid.jobs.wiring import find_wiring

X = np.random.default_rng(0).uniform(-1, 1, (400, 4))
Y = np.stack([(X[:, 0] + X[:, 2]) ** 3, X[:, 1] ** 2 + np.sin(np.pi * X[:, 3])], 1)
table = subjects.Responses(X, Y, ("x1", "x2", "x3", "x4"), ("u", "v"))

finding = find_wiring(table, distill.ModularNetwork(engine=distill.Search(rounds=4)))
print(finding.artifact.describe())
for formula in finding.parts.values():
    print(formula.describe())
for claim in finding.claims:
    print(f"{claim.strength:10} {claim.statement}: {claim.evidence}")
Path("wiring.png").write_bytes(plot.to_png(plot.draw(finding.artifact)))
