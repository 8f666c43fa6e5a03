"""A small network learns to add modulo 13; which algorithm is it?  python examples/look_algorithm.py"""

import torch

from pellucid import look, nets, subjects

SIZE = 13
generator = torch.Generator().manual_seed(0)
pairs = torch.cartesian_prod(torch.arange(SIZE), torch.arange(SIZE))
answers = pairs.sum(1) % SIZE
order = torch.randperm(len(pairs), generator=generator)
seen, unseen = order[:150], order[150:]

network = nets.PairTransformer(SIZE, SIZE, width=32, rate=0.0, generator=generator)  # attention sees all places alike
options = nets.ClassifierOptions(steps=3000)
history = nets.train_classifier(network, pairs[seen], answers[seen], (pairs[unseen], answers[unseen]), options)
print(f"right on pairs it never saw: {history.accuracies[-1]:.0%}, after {history.steps[-1]} steps")

finding = look.OperationMechanism().explain(subjects.operation_of(network, SIZE, embedding="embed"))
print(finding.artifact.describe())
print(finding.artifact.formula())
for claim in finding.claims:
    print(f"{claim.strength:10} {claim.statement}: {claim.evidence}")
