"""The checkpoints of a network become measures of how complex its function is.

python examples/learn_complexity.py
"""

import torch

from pellucid.learn import CheckpointComplexity
from pellucid.subjects import Checkpoints

torch.manual_seed(0)
x = torch.randn(300, 2)
y = (x[:, 0] * x[:, 1] > 0).long()  # which quarter of the plane, as of an exclusive or
net = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2))
optimizer, kept = torch.optim.Adam(net.parameters(), lr=0.01), {}
for step in range(401):
    if step % 100 == 0:
        kept[step] = {name: weight.clone() for name, weight in net.state_dict().items()}
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()

checkpoints = Checkpoints(net, tuple(kept), [lambda one=one: one for one in kept.values()], x, y)
found = CheckpointComplexity().explain(checkpoints).artifact
for step, loss, maps, llc in zip(found.steps, found.loss, found.lmn, found.llc, strict=True):
    print(f"step {step:3.0f}: loss {loss:.3f}, linear mapping number {maps:.2f}, learning coefficient {llc:.1f}")
