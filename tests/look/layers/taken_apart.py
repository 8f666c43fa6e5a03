"""A network with its list of layers in another order."""

import torch
from torch import nn


def by_hand(llama, tokens, order):
    """The same network, with its list of layers taken apart and put together anew."""
    kept = llama.model.layers
    llama.model.layers = nn.ModuleList([kept[i] for i in order if i is not None])
    before, llama.config.num_hidden_layers = llama.config.num_hidden_layers, len(llama.model.layers)
    try:
        with torch.no_grad():
            return llama(tokens, use_cache=False).logits
    finally:
        llama.model.layers, llama.config.num_hidden_layers = kept, before
