"""A user's own trained recurrence: weights of torch.nn.RNN, GRU or LSTM with a linear head, from a state_dict.

The layout is found by the ends of the keys (weight_ih_l0, ...) and by shapes; what the file does not tell (how inputs
are encoded, how outputs are decoded) is chosen where one choice fits, and said in `Recurrence.source`. No code in the
file is ever run: .safetensors holds none, and .pt files are read with weights_only.

The hot path is `TorchStep.__call__`: O(batch * layers * gates * hidden * (hidden + input)), by torch's own modules.
"""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .alphabet import Alphabet
from .recurrence import Recurrence, largest_output, positive_output, round_outputs

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["SUFFIXES", "TorchStep", "read_recurrence", "read_weights"]

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")


@dataclass(frozen=True)
class Layout:
    """Which weights are what: the recurrent layers under their torch names, the head, and an embedding if any."""

    kind: str
    activation: str
    layers: int
    input_size: int
    hidden_size: int
    output_size: int
    recurrent: Mapping[str, Tensor]
    head: tuple[Tensor, Tensor | None]
    embedding: Tensor | None

    @property
    def shape(self) -> dict[str, int | str]:
        """The sizes, for a `Network`."""
        names = ("kind", "activation", "layers", "input_size", "hidden_size", "output_size")
        return {name: getattr(self, name) for name in names if name != "activation" or self.kind == "RNN"}


def read_recurrence(
    path: Path | str,
    *,
    alphabet: Alphabet,
    encoding: str | None = None,
    decoding: str | None = None,
    horizon: int = 10,
    activation: str = "tanh",
) -> Recurrence:
    """The recurrence whose state_dict is in `path`, over `alphabet`, trained for sequences of `horizon` steps.

    `encoding` says how a step is fed in: "numbers" (as they are), "one-hot" (over all steps of the alphabet),
    "one-hot-each" (one for each input, side by side) or "embedding". `decoding` says what the head's outputs mean:
    "round" (integers), "argmax" (a score for each class) or "threshold" (logits, 1 where positive). `activation` is
    that of a plain RNN, which no weight tells: "tanh" or "relu".

    Raises ValueError, in one line that names the file, the weight and the remedy, for a file that is no state_dict,
    needs code to load, is damaged, or whose weights do not fit; OSError where it cannot be read.
    """
    path = Path(path)
    if activation not in ("tanh", "relu"):
        raise ValueError(f"activation={activation!r} is unknown; use tanh or relu")
    decodings = {"round": round_outputs, "argmax": largest_output, "threshold": positive_output}
    encodings = ("numbers", "one-hot", "one-hot-each", "embedding")
    for name, given, known in (("decoding", decoding, tuple(decodings)), ("encoding", encoding, encodings)):
        if given not in (None, *known):
            raise ValueError(f"{name}={given!r} is unknown; use one of {', '.join(known)}")
    weights = read_weights(path)
    try:
        layout = _layout(weights, activation)
        chosen = encoding or _only_encoding(layout, alphabet)
        step = TorchStep(layout, alphabet, chosen, weights)
        decoded, why = (decoding, "as told") if decoding else _likely_decoding(step, alphabet, horizon)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    kind = f"{layout.activation} RNN" if layout.kind == "RNN" else layout.kind
    reason = "as told" if encoding else "the only one that fits"
    return Recurrence(
        step,
        np.zeros(step.state_size),
        alphabet,
        horizon,
        decodings[decoded],
        f"{path.name}: {kind}, {layout.layers} x {layout.hidden_size}; inputs as {chosen} ({reason}), "
        f"outputs by {decoded} ({why})",
    )


class TorchStep:
    """`step(state, inputs) -> (state, raw outputs)` of the network, in the precision of its weights.

    The state is h of every layer, then for an LSTM c of every layer: (batch, layers * hidden_size [* 2]).
    """

    def __init__(self, layout: Layout, alphabet: Alphabet, encoding: str, weights: Mapping[str, Tensor]) -> None:
        import torch

        self._alphabet, self._encoding, self._layout = alphabet, encoding, layout
        self._table = _encoding_table(layout, alphabet, encoding)
        kinds = {"RNN": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}
        options: dict[str, Any] = {"nonlinearity": layout.activation} if layout.kind == "RNN" else {}
        with torch.random.fork_rng(devices=[]):  # making a module draws weights, which are replaced at once
            module = kinds[layout.kind](
                layout.input_size,
                layout.hidden_size,
                layout.layers,
                bias=any(name.startswith("bias") for name in layout.recurrent),
                batch_first=True,
                dtype=layout.head[0].dtype,
                **options,
            )
        module.load_state_dict(dict(layout.recurrent))
        self._module = module.requires_grad_(False)
        self._parts = 2 if layout.kind == "LSTM" else 1
        self.state_size = self._parts * layout.layers * layout.hidden_size
        self.weights = {name: value.numpy() for name, value in weights.items()}
        self.shape = layout.shape

    def __call__(self, state: NDArray[Any], inputs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        import torch

        layout, batch = self._layout, len(state)
        weight, bias = layout.head
        sizes = (batch, self._parts, layout.layers, layout.hidden_size)
        hidden = torch.as_tensor(np.asarray(state), dtype=weight.dtype).reshape(sizes)
        parts = [part.contiguous() for part in hidden.permute(1, 2, 0, 3)]
        encoded = torch.as_tensor(self._encode(inputs), dtype=weight.dtype)
        with torch.inference_mode():
            _, new = self._module(encoded[:, None], tuple(parts) if self._parts == 2 else parts[0])
            stacked = torch.stack(new if self._parts == 2 else (new,))
            raw = torch.nn.functional.linear(stacked[0, -1], weight, bias)
        return stacked.permute(2, 0, 1, 3).reshape(batch, -1).numpy(), raw.numpy()

    def _encode(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """What the first layer reads for integer inputs (batch, width): (batch, input_size)."""
        inputs = np.asarray(inputs)
        if self._table is not None:
            return self._table[self._alphabet.index(inputs)]
        if self._encoding == "one-hot-each":
            bounds = zip(self._alphabet.low, self._alphabet.high, strict=True)
            return np.concatenate([np.eye(b - a + 1)[inputs[:, j] - a] for j, (a, b) in enumerate(bounds)], 1)
        return inputs


def read_weights(path: Path | str) -> dict[str, Tensor]:
    """The named weights in a .safetensors file or a saved state_dict, as float32 (or float64) on the CPU.

    Raises ValueError for anything else, and for weights that are NaN or infinite.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{path.name}: suffix {path.suffix!r} is unknown; give one of {', '.join(SUFFIXES)}")
    found = _load_safetensors(path) if path.suffix.lower() == ".safetensors" else _load_pickled(path)
    weights = {}
    for name, value in found.items():
        if not value.is_floating_point():
            raise ValueError(f"{path.name}: {name} holds {value.dtype}; save weights as floats, not quantized")
        if not value.isfinite().all():
            raise ValueError(f"{path.name}: {name} holds NaN or infinity; train again, or save an earlier checkpoint")
        weights[name] = value.detach()
    if not weights:
        raise ValueError(f"{path.name}: the file holds no weights; save model.state_dict()")
    double = any(value.element_size() == 8 for value in weights.values())
    return {name: (value.double() if double else value.float()).contiguous() for name, value in weights.items()}


def _load_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(path.read_bytes())
    except SafetensorError as error:
        raise ValueError(f"{path.name}: damaged, or no safetensors file ({error}); save it again") from None


def _load_pickled(path: Path) -> dict[str, Tensor]:
    import torch

    remedy = "save it with torch.save(model.state_dict(), path)"
    loaded = _unpickled(path, remedy)
    for wrapper in ("state_dict", "model_state_dict", "model"):
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        found = "a mapping of other things than tensors" if isinstance(loaded, Mapping) else type(loaded).__name__
        raise ValueError(f"{path.name}: the file holds {found}, which is no state_dict; {remedy}")
    return {str(name): value for name, value in loaded.items()}


def _unpickled(path: Path, remedy: str) -> Any:
    """What torch.save wrote, read without running any code. Raises ValueError, which ends with `remedy`."""
    import torch

    try:
        with path.open("rb") as stream, warnings.catch_warnings(action="ignore"):  # the error says it in one line
            return torch.load(stream, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except pickle.UnpicklingError:
        reason = "it needs Python code to load, or is damaged, so it is not loaded"
    except Exception as error:  # damaged pickles raise nearly anything: RuntimeError, EOFError, KeyError, ...
        reason = f"damaged, or no file of torch.save ({type(error).__name__})"
    raise ValueError(f"{path.name}: {reason}; {remedy}")


def _recurrent_key(name: str) -> re.Match[str] | None:
    """The parts of a recurrent weight's name, such as encoder.weight_ih_l0: prefix, part, end, layer, back."""
    parts = r"(?P<prefix>.*?)(?P<part>weight|bias)_(?P<end>ih|hh|hr)(_l(?P<layer>\d+))?(?P<back>_reverse)?"
    return re.fullmatch(parts, name)


def _layout(weights: Mapping[str, Tensor], activation: str) -> Layout:
    recurrent, prefix = _recurrent_weights(weights)
    layers = 1 + max(int(name.rsplit("_l", 1)[1]) for name in recurrent)
    reads, recurs = _first_layer(recurrent)
    hidden, inputs = recurs.shape[1], reads.shape[1]
    gates, rest = divmod(recurs.shape[0], hidden)
    kind = {1: "RNN", 3: "GRU", 4: "LSTM"}.get(gates)
    if rest or kind is None:
        shape = tuple(recurs.shape)
        wanted = "(k * hidden, hidden) with k = 1 (RNN), 3 (GRU) or 4 (LSTM)"
        raise ValueError(f"{prefix}weight_hh_l0 has shape {shape}; give {wanted}")
    _refuse_misfits(recurrent, prefix, layers, gates * hidden, hidden, inputs)
    others = {name: value for name, value in weights.items() if not _recurrent_key(name)}
    head, embedding = _head_and_embedding(others, hidden, inputs)
    parts = (others[head], others.get(_bias_of(head)))
    table = others[embedding] if embedding else None
    return Layout(kind, activation, layers, inputs, hidden, len(parts[0]), recurrent, parts, table)


def _first_layer(recurrent: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The matrices (gates * hidden, inputs) and (gates * hidden, hidden) of layer 0."""
    first = [recurrent[name] for name in ("weight_ih_l0", "weight_hh_l0") if name in recurrent]
    if len(first) != 2 or any(weight.ndim != 2 for weight in first) or 0 in first[1].shape:
        raise ValueError(
            f"{sorted(recurrent)} without matrices weight_ih_l0 and weight_hh_l0; save the whole state_dict"
        )
    return first[0], first[1]


def _recurrent_weights(weights: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """The weights of the one recurrent module, under the names that torch gives them, and the module's prefix."""
    matches = {name: match for name in weights if (match := _recurrent_key(name))}
    prefixes = sorted({match["prefix"] for match in matches.values()})
    if not prefixes:
        names = ", ".join(sorted(weights)[:5])
        raise ValueError(f"no recurrent weights (weight_ih_l0, ...) among {names}; give an RNN, GRU or LSTM")
    if len(prefixes) > 1:
        raise ValueError(f"several recurrent modules, {prefixes}; save the state_dict of one, with its head")
    _refuse_unread_kinds(matches)
    named = {f"{m['part']}_{m['end']}_l{m['layer'] or 0}": weights[name] for name, m in matches.items()}
    return named, prefixes[0]


def _refuse_unread_kinds(matches: Mapping[str, re.Match[str]]) -> None:
    """Raises ValueError for networks that read both ways, or whose states are projected."""
    for name, match in matches.items():
        if match["back"] or match["end"] == "hr":
            what = "bidirectional" if match["back"] else "of projected states"
            raise ValueError(f"{name}: the network is {what}; only one-directional networks, unprojected, are read")


def _refuse_misfits(
    recurrent: Mapping[str, Tensor], prefix: str, layers: int, rows: int, hidden: int, inputs: int
) -> None:
    biased = any(name.startswith("bias") for name in recurrent)
    for layer in range(layers):
        wanted: dict[str, tuple[int, ...]] = {
            f"weight_ih_l{layer}": (rows, hidden if layer else inputs),
            f"weight_hh_l{layer}": (rows, hidden),
        }
        if biased:
            wanted |= {f"bias_ih_l{layer}": (rows,), f"bias_hh_l{layer}": (rows,)}
        for name, shape in wanted.items():
            if name not in recurrent:
                raise ValueError(f"{prefix}{name} is missing; save the whole state_dict")
            if tuple(recurrent[name].shape) != shape:
                raise ValueError(f"{prefix}{name} has shape {tuple(recurrent[name].shape)}, not {shape}; save it again")


def _head_and_embedding(others: Mapping[str, Tensor], hidden: int, inputs: int) -> tuple[str, str | None]:
    """The keys of the head's matrix and of the embedding; every other weight must be the head's bias."""
    tables = _embeddings(others, inputs)
    heads = [name for name, value in others.items() if _reads(value, hidden) and name not in tables]
    if len(heads) != 1:
        found = f"several candidates for the head, {sorted(heads)}" if heads else "no head: no matrix (outputs, hidden)"
        raise ValueError(f"{found}; save one linear layer that reads the {hidden} hidden units")
    _refuse_other_weights(others, heads[0], tables[:1])
    return heads[0], next(iter(tables), None)


def _embeddings(others: Mapping[str, Tensor], inputs: int) -> list[str]:
    """The keys of tables (symbols, inputs), which are called so and have no bias."""
    named = [name for name in others if "emb" in name.lower() and _bias_of(name) not in others]
    return [name for name in named if _reads(others[name], inputs)]


def _reads(weight: Tensor, width: int) -> bool:
    """Whether it is a matrix (any, width)."""
    return weight.ndim == 2 and weight.shape[1] == width


def _refuse_other_weights(others: Mapping[str, Tensor], head: str, tables: Sequence[str]) -> None:
    """Raises ValueError where the head's bias does not fit, or for a weight that is neither head nor embedding."""
    bias = others.get(_bias_of(head))
    if bias is not None and tuple(bias.shape) != (len(others[head]),):
        raise ValueError(f"{_bias_of(head)} has shape {tuple(bias.shape)}; give ({len(others[head])},)")
    unread = sorted(set(others) - {head, _bias_of(head), *tables})
    if unread:
        raise ValueError(
            f"{', '.join(unread[:4])}: no part of the recurrence, its head or embedding; remove those layers"
        )


def _bias_of(name: str) -> str:
    return re.sub("weight$", "bias", name) if name.endswith("weight") else f"{name}.bias"


def _only_encoding(layout: Layout, alphabet: Alphabet) -> str:
    if layout.embedding is not None:
        return "embedding"
    widths = _widths(alphabet)
    fitting = [name for name, width in widths.items() if width == layout.input_size]
    if len(fitting) == 2 and alphabet.width == 1 and "numbers" not in fitting:
        return "one-hot"  # for a single input the two one-hot encodings are the same
    if len(fitting) == 1:
        return fitting[0]
    sizes = ", ".join(f"{name} {width}" for name, width in widths.items())
    reads = f"the network reads {layout.input_size} numbers a step, the alphabet is {alphabet}"
    if fitting:
        raise ValueError(f"{reads}: {' and '.join(fitting)} fit alike; say which --encoding ({sizes})")
    raise ValueError(f"{reads}: no encoding fits; correct --alphabet ({sizes})")


def _widths(alphabet: Alphabet) -> dict[str, int]:
    each = sum(high - low + 1 for low, high in zip(alphabet.low, alphabet.high, strict=True))
    return {"numbers": alphabet.width, "one-hot": alphabet.size, "one-hot-each": each}


def _encoding_table(layout: Layout, alphabet: Alphabet, encoding: str) -> NDArray[Any] | None:
    """What each step of the alphabet is fed in as, where that is a table. Raises ValueError where it does not fit."""
    if encoding == "embedding":
        if layout.embedding is None or len(layout.embedding) != alphabet.size:
            found = "no embedding" if layout.embedding is None else f"an embedding of {len(layout.embedding)} symbols"
            raise ValueError(f"{found} for the {alphabet.size:,} symbols {alphabet}; correct --alphabet or --encoding")
        return layout.embedding.numpy()
    width = _widths(alphabet)[encoding]
    if width != layout.input_size:
        raise ValueError(
            f"encoding={encoding!r} gives {width} numbers, the network reads {layout.input_size}; correct it"
        )
    return np.eye(alphabet.size) if encoding == "one-hot" else None


def _likely_decoding(step: TorchStep, alphabet: Alphabet, horizon: int) -> tuple[str, str]:
    """Round where outputs lie near integers on random inputs, else scores: argmax of several, the sign of one."""
    inputs = alphabet.sample(np.random.default_rng(0), 64, min(horizon, 20))
    state, raws = np.zeros((len(inputs), step.state_size)), []
    for t in range(inputs.shape[1]):
        state, raw = step(state, inputs[:, t])
        raws.append(raw)
    values = np.stack(raws)
    near = float((np.abs(values - np.rint(values)) < 0.2).mean())
    if near >= 0.9:
        return "round", f"assumed: {100 * near:.0f} % of outputs lie near an integer"
    decoding = "argmax" if values.shape[-1] > 1 else "threshold"
    return decoding, f"assumed: only {100 * near:.0f} % of outputs lie near an integer"
