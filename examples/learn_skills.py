"""The losses of a run's tasks become the law by which they are learnt, and when the rest will be.

python examples/learn_skills.py
"""

import numpy as np

from pellucid.learn import SkillForecast
from pellucid.subjects import SkillCurves

# Eight tasks that share each step by what is left of them; with your own, read_skill_curves("log.csv").
p = np.arange(1, 9) ** -1.5
p /= p.sum()
left, kept = np.ones(8), []
for _ in range(1200):
    kept.append(left**2)
    left = np.maximum(left - 0.004 * p * left / (p @ left + 0.01), 0)
steps = np.arange(0, 900, 10.0)
finding = SkillForecast().explain(SkillCurves(steps, np.array(kept)[:900:10], frequencies=p))

found = finding.artifact
print(found.describe())
for name, learnt, forecast in zip(found.names, found.learnt, found.forecast, strict=True):
    print(f"{name}  learnt at {learnt:.0f}" if np.isfinite(learnt) else f"{name}  forecast for {forecast:.0f}")
for claim in finding.claims:
    print(f"{claim.strength:<10} {claim.statement}: {claim.evidence}")
