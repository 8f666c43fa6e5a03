"""A model of a circuit alone: what is not in it is taken out of the weights, as a folder that transformers loads.

A head goes by its columns of the output projection, a feed-forward part by its last matrix. Where the circuit's rest
was replaced by means, these go into the matrices' constants; a model whose matrices have none gets them by its
settings `attention_bias` and `mlp_bias`, where it has such.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...artifacts.mechanisms.circuit import Circuit
from ...subjects.models.contrast import Contrast
from ...subjects.models.hooks import evaluating, logits_of, run
from ...subjects.models.language_model import LanguageModel
from .ablated_runs import AblatedRuns
from .attention_heads import LayerHeads
from .component_graph import ComponentGraph

__all__ = ["logits_apart", "pruned_model", "write_pruned"]

BIASES = ("attention_bias", "mlp_bias")
"""Settings of transformers that give matrices constants (Llama and its kin)."""


def pruned_model(model: LanguageModel, circuit: Circuit, tokens: Tensor) -> LanguageModel:
    """A copy of the model with only the components of the circuit; `tokens`: two rows, to find the parts with.

    Raises ValueError for a circuit of edges, for one whose rest is what corrupted inputs give, which no weights hold,
    and for a model whose matrices can have no constants where means are to go into them.
    """
    if circuit.of != "nodes" or circuit.ablation == "corrupt":
        raise ValueError(
            f"a circuit of {circuit.of} with ablation={circuit.ablation!r} is no model of its own; use of='nodes' with "
            "ablation='mean' or 'zero'"
        )
    with evaluating(model.model):
        graph = ComponentGraph.read(model, tokens)
        lasts = {u: _last_matrix(graph, u, tokens) for u in range(1, len(graph.graph.senders))}
    if tuple(one.name for one in graph.components) != circuit.components:
        raise ValueError(
            f"the circuit is of {len(circuit.components)} other components; give the model it was found in"
        )
    network = _copied(model.model, wanted=bool(circuit.means.size))
    gone = [c for c in range(1, len(circuit.components)) if not circuit.kept[c].any()]
    for c in gone:
        one = graph.components[c]
        heads = graph.heads.get(one.sender)
        module = network.get_submodule(heads.path if heads else lasts[one.sender])
        _silence(module, heads, one.head)
        if circuit.means.size:
            constant = torch.from_numpy(circuit.means[c]) / graph.graph.scales[one.sender]
            _add_constant(module, constant, lasts[one.sender])
    return LanguageModel(network.eval().requires_grad_(False), model.tokenizer, f"{model.name}, pruned")


def write_pruned(model: LanguageModel, folder: Path) -> None:
    """Weights, settings and tokenizer as `AutoModelForCausalLM.from_pretrained` reads them."""
    save: Any = model.model
    save.save_pretrained(folder)
    if model.tokenizer is not None:
        model.tokenizer.save_pretrained(folder)


def _copied(network: nn.Module, wanted: bool) -> nn.Module:
    """A copy; with constants in its matrices, where they are `wanted` and its settings offer them."""
    config: Any = copy.deepcopy(getattr(network, "config", None))
    if config is None:
        return copy.deepcopy(network)
    for name in ("quantization_config", "_pre_quantization_dtype"):
        if hasattr(config, name):
            delattr(config, name)
    lacking = [name for name in BIASES if wanted and getattr(config, name, None) is False]
    for name in lacking:
        setattr(config, name, True)
    made: Any = type(network)
    found = made(config).to(next(network.parameters()).dtype)
    missing, unexpected = found.load_state_dict(network.state_dict(), strict=False)
    if unexpected or any(not name.endswith("bias") for name in missing):
        raise ValueError(f"{type(network).__name__} cannot be built again from its settings; use another model")
    with torch.no_grad():
        for name in missing:
            found.get_parameter(name).zero_()
    return found


def _silence(module: nn.Module, heads: LayerHeads | None, head: int) -> None:
    """Zeros in the matrix where a head comes in, or everywhere, with its constant."""
    weight, bias = module.weight, module.bias
    assert isinstance(weight, Tensor)
    with torch.no_grad():
        if heads is None:
            weight.zero_()
            if isinstance(bias, Tensor):
                bias.zero_()
        elif isinstance(module, nn.Linear):
            weight[:, heads.part(head)] = 0
        else:  # GPT-2's Conv1D has the rows where others have the columns
            weight[heads.part(head)] = 0


def _add_constant(module: nn.Module, constant: Tensor, path: str) -> None:
    bias = module.bias
    if not isinstance(bias, Tensor):
        raise ValueError(f"{path!r} has no constant to hold a mean, and no setting gives it one; use ablation='zero'")
    with torch.no_grad():
        bias += constant.to(bias)


def _last_matrix(graph: ComponentGraph, sender: int, tokens: Tensor) -> str:
    """The module with a matrix that puts out what a part puts out."""
    network, path = graph.graph.network, graph.graph.senders[sender]
    part = network.get_submodule(path)
    inside = [f"{path}.{name}" if name else path for name, one in part.named_modules()
              if isinstance(getattr(one, "weight", None), Tensor) and one.weight.ndim == 2]  # fmt: skip
    if not inside:
        raise ValueError(f"{path!r} has no matrix that could be emptied; use a model whose parts end in one")
    held = run(network, tokens, read=[*dict.fromkeys([*inside, path])], stop=False)[1]
    same = [one for one in inside if held[one].numel() == held[path].numel()
            and np.allclose(held[one].float().reshape(-1).numpy(), held[path].float().reshape(-1).numpy())]  # fmt: skip
    if not same:
        raise ValueError(f"{path!r} does not end in a matrix; use a model whose parts do")
    return same[-1]


def logits_apart(model: LanguageModel, circuit: Circuit, folder: Path, contrast: Contrast) -> tuple[float, float]:
    """How far the logits of the model in a folder are from the ablated run's at most; and how far the whole model's."""
    from transformers import AutoModelForCausalLM

    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=next(model.model.parameters()).dtype)
    means = torch.from_numpy(circuit.means) if circuit.means.size else None
    with evaluating(model.model), torch.no_grad():
        graph = ComponentGraph.read(model, contrast.clean[:2].to(model.device))
        runs = AblatedRuns.of(graph, contrast, circuit.ablation, means)
        tokens = contrast.clean.to(model.device)
        ablated = graph.logits(tokens, runs.other, circuit.kept == 0).float().cpu()
        exported = logits_of(loaded.eval()(contrast.clean)).float()
        whole = logits_of(run(model.model, tokens)[0]).float().cpu()
    return float((exported - ablated).abs().max()), float((whole - ablated).abs().max())
