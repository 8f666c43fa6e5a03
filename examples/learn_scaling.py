"""Final losses of training runs become a scaling law, a forecast with its interval, and a way to spend compute.

python examples/learn_scaling.py
"""

import numpy as np

from pellucid.learn import ScalingFit
from pellucid.subjects import ScalingRuns

# Sixty runs of a law that we make up; with your own, read_scaling_runs("losses.csv") tells the columns by their names.
generator = np.random.default_rng(0)
N, D = np.exp(generator.uniform(np.log([1e7, 2e8]), np.log([1e9, 2e10]), (60, 2))).T
loss = (1.8 + 300 * N**-0.32 + 900 * D**-0.35) * np.exp(generator.normal(0, 0.003, 60))

finding = ScalingFit(budget=1e21, bootstraps=200).explain(ScalingRuns(np.stack([N, D], 1), loss))
law = finding.artifact

print(f"L = {law.equation()}")
for one in law.allocations():
    print(f"{one.family:10} N = {one.parameters:.2e}, D = {one.tokens:.2e}, loss {one.loss:.3f}")
for claim in finding.claims:
    print(f"{claim.strength:<10} {claim.statement}: {claim.evidence}")
