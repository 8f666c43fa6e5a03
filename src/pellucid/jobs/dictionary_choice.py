"""Which dictionary is trained, how large and how long, and at which layer; what cannot be trained is refused."""

from __future__ import annotations

from typing import Any, TypeAlias

from ..look.dictionaries.batch_top_k_sae import BatchTopKSAE
from ..look.dictionaries.crosscoder import Crosscoder
from ..look.dictionaries.dictionary_method import DictionaryMethod
from ..look.dictionaries.gated_sae import GatedSAE
from ..look.dictionaries.jump_relu_sae import JumpReLUSAE
from ..look.dictionaries.matryoshka_sae import MatryoshkaSAE
from ..look.dictionaries.switch_sae import SwitchSAE
from ..look.dictionaries.top_k_sae import TopKSAE
from ..look.dictionaries.transcoder import Transcoder
from ..subjects.models.language_model import LanguageModel
from .subjects.corpus import READING

Layers: TypeAlias = int | str | tuple[int | str, ...] | None
"""A layer's number or module path, several of them, or None: the middle one."""

KINDS: dict[str, type[DictionaryMethod]] = {
    "switch": SwitchSAE,
    "top-k": TopKSAE,
    "batch-top-k": BatchTopKSAE,
    "jump-relu": JumpReLUSAE,
    "gated": GatedSAE,
    "matryoshka": MatryoshkaSAE,
    "transcoder": Transcoder,
    "crosscoder": Crosscoder,
}


def refuse_settings(width: int, k: int, experts: int, tokens: int, length: int, steps: int | None = None) -> None:
    """Raises ValueError for what cannot be trained, before a model is loaded."""
    for name, value in (("width", width), ("k", k), ("experts", experts), ("tokens", tokens)):
        if value < 1:
            raise ValueError(f"{name}={value} is too small; use at least 1")
    if steps is not None and steps < 1:
        raise ValueError(f"steps={steps} trains nothing; use at least 1")
    if width % experts:
        raise ValueError(f"width={width} cannot be shared out among {experts} experts; use a multiple")
    if width // experts < k:
        each = f" of each of {experts} experts" if experts > 1 else ""
        raise ValueError(f"width={width // experts}{each} is smaller than k={k}; raise the width, or lower k")
    if tokens < READING.fewest * length:
        few = f"fewer than {READING.fewest} sequences of {length}"
        raise ValueError(f"tokens={tokens} are {few}; give at least {READING.fewest * length}")


def method_of(kind: str | None, target: str | None, experts: int, layers: int = 1) -> type[DictionaryMethod]:
    """The method by its name. Raises ValueError for one that is not known, or does not fit the target or `layers`."""
    if kind is None:
        kind = "transcoder" if target is not None else "switch" if experts > 1 else "top-k"
        kind = "crosscoder" if layers > 1 else kind
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r} is no dictionary; use one of {', '.join(KINDS)}")
    if (KINDS[kind] is Transcoder) != (target is not None):
        raise ValueError(f"kind={kind!r} and target={target!r}: a transcoder has a target, and nothing else has")
    if (KINDS[kind] is Crosscoder) != (layers > 1):
        raise ValueError(
            f"kind={kind!r} and {layers} layers: a crosscoder has several, and nothing else has; name them"
        )
    return KINDS[kind]


def sized(
    method: type[DictionaryMethod], width: int, k: int, experts: int, steps: int | None, count: int, device: str,
    *, batch: int = 1024, passes: int = 8, most: int = 20_000,
) -> tuple[DictionaryMethod, str]:  # fmt: skip
    """The method for `count` activations, of which it holds some out itself, and how long it trains, for people.

    Without `steps` there are eight passes (our choice, not tuned), but at least 200 steps, and at most `most`.
    """
    wanted = max(200, passes * count // batch) if steps is None else steps
    found = min(most, wanted) if steps is None else steps
    size = min(batch, max(1, count // 2))
    sizes: dict[str, Any] = {"width": width, "k": k, "steps": found, "batch_size": size, "device": device}
    if method is SwitchSAE:
        sizes["experts"] = experts
    told = f"training: {found:,} steps of {size:,} activations, {found * size / max(1, count):.1f} passes over them"
    if found < wanted:
        told += f"; {passes} passes would take {wanted:,} steps, and without --steps there are at most {most:,}"
    return method(**sizes), told


def layer_paths(model: LanguageModel, layer: Layers, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The module paths of one layer or of several, those of the model's own layers in their order.

    `known`: names of the places that a dictionary was made for, which are taken where nothing is asked for. Raises
    ValueError where there is no such layer, or another number of them.
    """
    several = len(known) > 1
    if layer is None and several:
        names = {name for name, _ in model.model.named_modules()}
        layer = known if all(name.partition("@")[0] in names for name in known) else None
        if layer is None:
            raise ValueError(f"the dictionary reads {len(known)} places ({', '.join(known)}); name as many layers")
    asked = layer if isinstance(layer, tuple) else (layer,)
    found = [layer_path(model, one) for one in asked]
    if len(set(found)) < len(found):
        raise ValueError(f"layers {', '.join(map(str, asked))} name one twice; name each once")
    if several and len(found) != len(known):
        raise ValueError(f"the dictionary reads {len(known)} places, and {len(found)} layers are named; name as many")
    order = {path: number for number, path in enumerate(model.layers)}
    return tuple(sorted(found, key=order.__getitem__) if set(found) <= order.keys() else found)


def layer_path(model: LanguageModel, layer: int | str | None) -> str:
    """The module path of a layer. Raises ValueError where there is no such layer (paths are checked by the site)."""
    if layer == "":
        raise ValueError(f"layer='' names nothing; give a number from 0 to {len(model.layers) - 1}, or a module's path")
    if layer is None:
        return model.layers[len(model.layers) // 2]
    if isinstance(layer, str) and not layer.lstrip("-").isdigit():
        return layer
    number = int(layer)
    if not 0 <= number < len(model.layers):
        raise ValueError(f"layer={number} is not in {model.name}; its layers are 0 to {len(model.layers) - 1}")
    return model.layers[number]
