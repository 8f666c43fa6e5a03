"""Small networks from their weights alone: which matrix is what is told by names and shapes.

Read are transformers in the layouts of TransformerLens (embed.W_E, blocks.0.attn.W_Q, ..., also with the transposed
matrices of early grokking code), our own `PairTransformer` and `PairMLP`, and MLPs: one or two tables of embeddings (or
none: one-hot symbols), then matrices in the order of their names. What weights do not tell (activation, norms without
weights, causal attention) is left open: `candidates` gives every network that there may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import torch
from torch import Tensor, nn

from ...nets.classifiers.pair_networks import ACTIVATIONS, PairMLP, PairTransformer

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Candidate:
    """A network that the weights may be of, the modules that embed symbols, and what had to be chosen for it."""

    network: nn.Module
    embedding: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    vocabulary: int
    length: int
    outputs: int


def candidates(weights: Weights, *, activation: str | None = None, rate: float | None = None) -> Iterator[Candidate]:
    """Every network that these weights may be of; the most common choices first. Raises ValueError for others."""
    if activation is not None and activation not in ACTIVATIONS:
        raise ValueError(f"activation={activation!r} is unknown; use one of {', '.join(ACTIVATIONS)}")
    if rate is not None and not 0 <= rate <= 1:
        raise ValueError(f"attention rate {rate:g} is out of range; give 0 (uniform) to 1 (softmax)")
    tried = (activation,) if activation else tuple(ACTIVATIONS)
    plain = {name.removeprefix("module.").removeprefix("_orig_mod."): value for name, value in weights.items()}
    if any(name.endswith("attn.W_Q") for name in plain):
        plain = _from_transformer_lens(plain)
    if "places" in plain and any(name.endswith("attention.q") for name in plain):
        yield from _transformers(plain, tried, rate)
    else:
        yield from _mlps(plain, tried)


def _from_transformer_lens(weights: Weights) -> dict[str, Tensor]:
    """The same weights under the names and in the shapes of `PairTransformer`."""
    table, first = weights["embed.W_E"], weights["blocks.0.attn.W_Q"]
    width = _width(weights)
    early = (table.shape[0] == width and table.shape[1] != width) or first.shape[-1] == width != first.shape[1]
    names = {
        "embed.W_E": "embed.weight", "pos_embed.W_pos": "places", "unembed.W_U": "unembed.weight",
        "unembed.b_U": "unembed_bias", "ln_final.w": "norm.weight", "ln_final.b": "norm.bias",
    }  # fmt: skip
    inner = {
        "attn.W_Q": "attention.q", "attn.W_K": "attention.k", "attn.W_V": "attention.v", "attn.W_O": "attention.o",
        "attn.b_Q": "attention.q_bias", "attn.b_K": "attention.k_bias", "attn.b_V": "attention.v_bias",
        "attn.b_O": "attention.o_bias", "ln1.w": "norm_attention.weight", "ln1.b": "norm_attention.bias",
        "ln2.w": "norm_mlp.weight", "ln2.b": "norm_mlp.bias", "mlp.W_in": "mlp_in.weight", "mlp.b_in": "mlp_in.bias",
        "mlp.W_out": "mlp_out.weight", "mlp.b_out": "mlp_out.bias",
    }  # fmt: skip
    found, unread = {}, []
    for name, value in weights.items():
        block = re.fullmatch(r"blocks\.(\d+)\.(.+)", name)
        new = names.get(name) or (f"blocks.{block[1]}.{inner[block[2]]}" if block and block[2] in inner else "")
        if new:
            found[new] = _turned(new, value, early, first.shape[0])
        elif not re.search(r"mask|IGNORE", name):
            unread.append(name)
    if unread:
        raise ValueError(f"{', '.join(unread[:4])}: weights of no known part; export logits to .npy instead")
    return found


def _turned(name: str, value: Tensor, early: bool, heads: int) -> Tensor:
    """A matrix as `PairTransformer` has it: (out, in) for linear layers, (heads, in, out) within attention."""
    if name.endswith((".attention.q", ".attention.k", ".attention.v")):
        return value.transpose(1, 2) if early else value
    if name.endswith(".attention.o"):
        return value.T.reshape(heads, -1, value.shape[0]) if early else value
    if name == "embed.weight":
        return value.T if early else value
    if name == "unembed.weight" or name.endswith((".mlp_in.weight", ".mlp_out.weight")):
        return value if early and name != "unembed.weight" else value.T
    return value


def _width(weights: Weights) -> int:
    """Of the residual stream: the second number of the table of places."""
    places = weights.get("pos_embed.W_pos")
    if places is None or places.ndim != 2:
        raise ValueError("there is no table of places pos_embed.W_pos; export logits to .npy instead")
    return int(places.shape[1])


def _transformers(weights: dict[str, Tensor], activations: tuple[str, ...], told: float | None) -> Iterator[Candidate]:
    """With all norms where some have weights; without any, or with norms that have none, where none has."""
    layers = 1 + max(int(match[1]) for name in weights if (match := re.match(r"blocks\.(\d+)\.", name)))
    heads, width, head = weights["blocks.0.attention.q"].shape
    vocabulary, outputs = len(weights["embed.weight"]), len(weights["unembed.weight"])
    hidden = len(weights["blocks.0.mlp_in.weight"]) if "blocks.0.mlp_in.weight" in weights else 0
    length, normed = len(weights["places"]), any("norm" in name for name in weights)
    norms = (True,) if normed else (False, True)
    causals = (True, False) if layers > 1 else (False,)
    rates = (1.0, 0.0) if told is None else (told,)
    for rate, norm, causal, activation in product(rates, norms, causals, activations if hidden else ("relu",)):
        network = _made(lambda r=rate, n=norm, c=causal, a=activation: PairTransformer(
            vocabulary, outputs, width, heads, head, hidden, layers, length, a, n, r, c))  # fmt: skip
        _load(network, weights)
        choices = [("activation", activation)] if hidden else []
        choices += [("attention rate", f"{rate:g}")] if rate != 1 else []
        choices += [("layer norm", "yes" if norm else "none")] if not normed else []
        choices += [("attention", "causal" if causal else "both ways")] if layers > 1 else []
        yield Candidate(network, ("embed",), tuple(choices), vocabulary, length, outputs)


def _mlps(weights: dict[str, Tensor], activations: tuple[str, ...]) -> Iterator[Candidate]:
    """One or two tables of embeddings, or none, then matrices in the order of their names."""
    matrices = {name: value for name, value in weights.items() if value.ndim == 2}
    tables, rest = _tables_and_rest(weights, matrices)
    chain = _chained([matrices[name] for name in rest], [matrices[name] for name in tables])
    first, outputs = chain[0].shape[1], len(chain[-1])
    given = [matrices[name] for name in tables] or [torch.eye(first // 2, dtype=chain[0].dtype)]
    vocabulary, width = given[0].shape
    if first not in (width, 2 * width):
        raise ValueError(f"{rest[0]} reads {first} numbers, embeddings have {width}; export logits to .npy instead")
    named = {f"layers.{i}.weight": matrix for i, matrix in enumerate(chain)}
    named |= {f"layers.{i}.bias": bias for i, bias in enumerate(_biases(weights, rest, chain))}
    named |= {f"{name}.weight": table for name, table in zip(("embed", "embed_second"), given, strict=False)}
    paths = ("embed", "embed_second") if len(given) == 2 else ("embed",)
    widths = [len(matrix) for matrix in chain[:-1]]
    for activation in activations if len(chain) > 1 else activations[:1]:
        network = _made(lambda a=activation: PairMLP(vocabulary, outputs, width, widths, a, len(given), first == width))
        _load(network, named)
        yield Candidate(network, paths, (("activation", activation),), vocabulary, 2, outputs)


def _tables_and_rest(weights: dict[str, Tensor], matrices: dict[str, Tensor]) -> tuple[list[str], list[str]]:
    """The names of the tables of embeddings, and of the other matrices, in order. Raises ValueError."""
    if not matrices or any(value.ndim > 2 for value in weights.values()):
        shapes = ", ".join(f"{name} {tuple(value.shape)}" for name, value in list(weights.items())[:4])
        raise ValueError(f"weights of no known layout ({shapes}); export logits to .npy, or name the code by --code")
    tables = [name for name in matrices if re.search(r"emb(?!.*un)|^W_[xyE]$|wte", name) and "unembed" not in name]
    tables.sort(key=_in_order)
    rest = sorted((name for name in matrices if name not in tables), key=_in_order)
    if len(tables) > 2 or not rest:
        raise ValueError(
            f"embeddings {tables} and matrices {rest}: no MLP on two symbols; export logits to .npy instead"
        )
    return tables, rest


def _biases(weights: dict[str, Tensor], names: list[str], chain: list[Tensor]) -> list[Tensor]:
    """The bias beside each matrix that is called weight; zeros where there is none."""
    found = [weights.get(re.sub("weight$", "bias", name)) if name.endswith("weight") else None for name in names]
    return [torch.zeros(len(matrix)) if bias is None else bias for bias, matrix in zip(found, chain, strict=True)]


def _in_order(name: str) -> list[tuple[int, str]]:
    """So that layer 2 comes before layer 10; files have weights in any order.

    >>> sorted(["layers.10.w", "layers.2.w", "head"], key=_in_order)
    ['head', 'layers.2.w', 'layers.10.w']
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _chained(matrices: list[Tensor], tables: list[Tensor]) -> list[Tensor]:
    """The matrices as (out, in), each reading what the one before gives; turned where they are (in, out)."""
    starts = {2 * tables[0].shape[1], tables[0].shape[1]} if tables else {m for one in matrices[:1] for m in one.shape}
    for turn in (False, True):
        chain = [matrix.T if turn else matrix for matrix in matrices]
        fits = all(b.shape[1] == a.shape[0] for a, b in pairwise(chain))
        if fits and chain[0].shape[1] in starts and (tables or chain[0].shape[1] == 2 * chain[-1].shape[0]):
            return chain
    shapes = " ".join(str(tuple(matrix.shape)) for matrix in matrices)
    raise ValueError(f"matrices {shapes} do not follow each other; export logits to .npy instead")


def _made(build: Callable[[], nn.Module]) -> nn.Module:
    """A module whose first weights, which are replaced at once, are not drawn from the global state."""
    with torch.random.fork_rng(devices=[]):
        return build()


def _load(network: nn.Module, weights: Mapping[str, Any]) -> None:
    """Puts the weights in, in their precision; what is missing is a bias, and stays 0 (a norm's weight 1)."""
    double = any(value.dtype == torch.float64 for value in weights.values())
    network.to(torch.float64 if double else torch.float32)
    try:
        missing, unread = network.load_state_dict(dict(weights), strict=False)
    except RuntimeError as error:
        said = str(error).splitlines()[-1].strip()
        raise ValueError(f"weights of no known layout ({said}); export logits to .npy instead") from None
    lacking = [name for name in missing if not re.search("bias|norm", name)]
    if lacking or unread:
        raise ValueError(
            f"{', '.join((lacking or unread)[:4])}: missing or of no known part; export logits to .npy instead"
        )
    network.eval().requires_grad_(False)
