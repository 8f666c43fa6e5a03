"""A folder of training runs becomes a diagram of their phases by learning rate and weight decay.

python examples/learn_phases.py
"""

import numpy as np

from pellucid.learn import PhaseSurvey
from pellucid.subjects import Curve, TrainingRun, TrainingRuns

# Runs that we make up; with your own, read_training_runs reads logs and settings.
steps = np.arange(0, 2000, 25.0)
runs, settings = [], []
for rate in (1e-4, 1e-3, 1e-2):
    for decay in (0.0, 0.1, 1.0):
        fits = 0.05 / rate
        train = np.minimum(1, 0.1 + steps / fits)
        test = np.where(steps > 3 * fits / max(decay, 1e-3), 1.0, 0.15)
        runs.append(TrainingRun(Curve(steps, train), Curve(steps, np.minimum(test, train)), chance=0.1))
        settings.append([rate, decay])
finding = PhaseSurvey().explain(TrainingRuns(tuple(runs), np.array(settings), ("rate", "decay")))

print(finding.artifact.describe())
for values in settings:
    print(f"rate {values[0]:g}, decay {values[1]:g}: {finding.artifact.cell(*values)}")
