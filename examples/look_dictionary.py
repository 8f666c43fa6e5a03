"""A small dictionary of features of any network: here one layer of a transformer that nobody prepared for it.

    python examples/look_dictionary.py [FOLDER]      (with a folder that save_pretrained wrote, that model)

With a folder, or SmolLM2 (`smollm2`), features get their words; a plain nn.Module needs only inputs and a path.
"""

import sys

import torch
from torch import nn

from pellucid import look
from pellucid.datasets.python_texts import python_texts
from pellucid.subjects import Site, load_model

if len(sys.argv) > 1:
    model = load_model(sys.argv[1], dtype="fastest")
    tokens = model.tokens(python_texts(200_000), length=64)[:256]
    site = Site(model, model.layers[len(model.layers) // 2], tokens)
else:
    torch.manual_seed(0)
    layers = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 3, enable_nested_tensor=False
    )
    model = nn.Sequential(nn.Embedding(100, 32), layers, nn.Linear(32, 100))
    site = Site(model, "1.layers.1", torch.randint(100, (256, 64)))

finding = look.SwitchSAE(width=512, k=8, experts=4, steps=300, batch_size=512).explain(site)
dictionary = finding.artifact
print(dictionary.describe())
for claim in finding.claims:
    print(f"  {claim.strength}  {claim.statement}: {claim.evidence}")

x = site.activations().values[:1000]
codes = dictionary.encode(x)
print(f"{tuple(codes.values.shape)} values and indices; FVU on these rows", end=" ")
print(f"{float((dictionary.decode(codes) - x).square().sum() / (x - x.mean(0)).square().sum()):.3f}")
