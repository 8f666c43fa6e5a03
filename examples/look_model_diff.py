"""Two networks, one made of the other: what has it learnt that the first had not, and at which tokens?

    python examples/look_model_diff.py        a few seconds; torch only

The tuned network says something more after the token 7, and has forgotten what the first one said at the token 3.
"""

import torch
from torch import nn

from pellucid.look import ModelDiffing, ModelPair
from pellucid.subjects import Site

torch.manual_seed(0)


class Reader(nn.Module):
    """Vectors of tokens, each mixed with the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.before = nn.Embedding(20, 48), nn.Embedding(20, 48)
        self.layers = nn.ModuleList([nn.Identity()])

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.layers[0](self.table(ids) + self.before(torch.roll(ids, 1, 1)))


base, tuned = Reader(), Reader()
tuned.load_state_dict(base.state_dict())
with torch.no_grad():
    new, old = (6 * nn.functional.normalize(torch.randn(48), dim=0) for _ in range(2))
    tuned.before.weight[7] += new
    base.table.weight[3] += old

tokens = torch.randint(0, 20, (200, 32))
pair = ModelPair.of(Site(base, "layers.0", tokens), Site(tuned, "layers.0", tokens))
finding = ModelDiffing().explain(pair)
found = finding.artifact
print(found.describe())
for verdict in ("second only", "first only"):
    for latent in found.of(verdict):
        words = [max(range(len(place)), key=lambda i: place[i][1]) for place in found.places[latent]]
        around = [" ".join(word for word, _ in place[max(0, at - 1) : at + 1]) for place, at in
                  zip(found.places[latent], words, strict=True)]  # fmt: skip
        print(f"{found.words(verdict)}: fires {found.firings[latent]} times, most at the end of: {', '.join(around)}")
for claim in finding.claims:
    print(claim.strength, claim.statement, claim.evidence)
