"""A network tells ten digits apart; what does it need to tell 3 from 8?  python examples/look_narrow.py"""

import torch
from sklearn.datasets import load_digits
from torch import nn

from pellucid import look, nets, subjects

pixels, labels = load_digits(return_X_y=True)
rows, classes = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels)

torch.manual_seed(0)
network = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
options = nets.ClassifierOptions(steps=1500, rate=2e-3, weight_decay=0.0, batch=256, after_exact=None)
nets.train_classifier(network, rows, classes, (rows, classes), options)

kept = (classes == 3) | (classes == 8)
keep = subjects.Skill("3 and 8", rows[kept], classes[kept])
forget = subjects.Skill("the other digits", rows[~kept], classes[~kept])
finding = look.SkillPruning().explain(subjects.Skills(network, keep, (forget,)))
print(finding.artifact.describe())
for claim in finding.claims:
    print(f"{claim.strength:10} {claim.statement}: {claim.evidence}")
