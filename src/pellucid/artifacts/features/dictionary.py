"""Dictionaries: many directions, few of which add up to an activation. What every sparse autoencoder comes down to.

    x ~ decoder_bias + sum_l v_l decoder_l           with few v_l other than 0
    a = (x - mean) encoder + encoder_bias            v from a as `activation` says

"top_k": the k largest a, where positive (arXiv 2406.04093); "threshold": a where above the latent's own threshold
(arXiv 2407.14435; BatchTopK at inference, arXiv 2412.06410; gated autoencoders, arXiv 2404.16014, come down to it).
With a router, each row goes to one expert, which takes its k largest, times the router's share (arXiv 2410.08201).
What some libraries do besides: a linear map `skip` from what is read to what is written, and rows that are brought to
one centre and size before and taken back after (`row_norm`), m and s of each row:

    z = (x - m) / s,    v from z,    x ~ m + s (decoder_bias + sum_l v_l decoder_l) + x skip     codes hold s v
Encoding costs O(batch · n · width), n / experts with a router; decoding O(batch · k · width).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NamedTuple, Self

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.artifact import Artifact
from ...sparse.codes import Codes, Fired
from ...sparse.encoding import above, largest, largest_of_experts, route
from ...sparse.kernels import decode
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class Dictionary(Artifact):
    """n latents: each a row of `encoder.T` that reads an activation, and a row of `decoder` that writes one.

    `kind_of` names the method that found it. `k` is how many latents fire: at most (top_k), or on average (threshold;
    0: unknown). `groups` are the sizes of nested dictionaries, each the first latents of the next (Matryoshka); `sites`
    the names and widths of what was put side by side (crosscoders). A transcoder's `width` and `width_out` belong to
    two sites. `row_norm`: "layer_norm" (m the mean of the row, s its standard deviation, n - 1), or "unit_norm" (m = 0,
    s = |x| / sqrt(width)).

    Raises:
        ValueError: an unknown activation, shapes that do not fit each other, k beyond the latents, NaN.

    >>> eye = torch.eye(2)
    >>> pair = Dictionary("TopK", eye, eye, torch.zeros(2), torch.zeros(2), k=1)
    >>> pair.reconstruct(torch.tensor([[3.0, 1.0]]))
    tensor([[3., 0.]])
    >>> pair.describe()
    'TopK dictionary: 2 latents for width 2, at most 1 fires'
    """

    kind_of: str
    encoder: Float[Tensor, "width n"]
    decoder: Float[Tensor, "n width_out"]
    encoder_bias: Float[Tensor, " n"]
    decoder_bias: Float[Tensor, " width_out"]
    k: int
    activation: str = "top_k"
    mean: Float[Tensor, " width"] | None = None
    threshold: Float[Tensor, " n"] | None = None
    router: Float[Tensor, "experts width"] | None = None
    router_mean: Float[Tensor, " width"] | None = None
    groups: tuple[int, ...] = ()
    sites: tuple[tuple[str, int], ...] = ()
    site_scales: tuple[float, ...] = ()
    """By what each site's activations were multiplied to have one size, where sites are compared."""
    note: str = ""
    skip: Float[Tensor, "width width_out"] | None = None
    row_norm: str = ""

    kind = "dictionary"
    file: ClassVar[str] = "dictionary.safetensors"
    activations_known: ClassVar[tuple[str, ...]] = ("top_k", "threshold")
    row_norms_known: ClassVar[tuple[str, ...]] = ("", "layer_norm", "unit_norm")
    row_norm_eps: ClassVar[float] = 1e-5
    """What is added to a standard deviation before it divides, as OpenAI's and sae-lens's code does."""

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "encoder", self.encoder.t().contiguous().t())  # a latent's weights lie together
        object.__setattr__(self, "decoder", self.decoder.contiguous())
        object.__setattr__(self, "groups", tuple(int(size) for size in self.groups))
        object.__setattr__(self, "sites", tuple((str(name), int(width)) for name, width in self.sites))
        object.__setattr__(self, "site_scales", tuple(float(scale) for scale in self.site_scales))

    @property
    def size(self) -> int:
        """How many latents there are."""
        return self.encoder.shape[1]

    @property
    def width(self) -> int:
        """Of the activations it encodes."""
        return self.encoder.shape[0]

    @property
    def width_out(self) -> int:
        """Of the activations it reconstructs; another site's, for a transcoder."""
        return self.decoder.shape[1]

    @property
    def experts(self) -> int:
        return 1 if self.router is None else len(self.router)

    @property
    def device(self) -> torch.device:
        return self.encoder.device

    def encode(self, x: Float[Tensor, "batch width"]) -> Codes:
        """What fires in each row of x, and how strongly; raises ValueError for another width, NaN and infinity.

        >>> eye = torch.eye(2)
        >>> pair = Dictionary("TopK", eye, eye, torch.zeros(2), torch.zeros(2), k=1)
        >>> codes = pair.encode(torch.tensor([[3.0, 1.0]]))
        >>> codes.indices.tolist(), codes.values.tolist()
        ([[0]], [[3.0]])
        """
        x = self._rows(x)
        with torch.no_grad():
            if not self.row_norm:
                return self._encoded(x)
            rows = self._normalised(x)
            codes = self._encoded(rows.values)
            return Codes(codes.values * rows.scale, codes.indices)

    def _encoded(self, x: Float[Tensor, "batch width"]) -> Codes:
        centred = x if self.mean is None else x - self.mean
        if self.router is not None:
            return self._routed(x, centred)
        if self.activation == "top_k":
            return largest(centred, self.encoder.t(), self.encoder_bias, self.k)
        activations = torch.addmm(self.encoder_bias, centred, self.encoder)
        assert self.threshold is not None
        fired = above(activations, self.threshold)
        return fired.codes(activations[fired.rows, fired.latents])

    @property
    def needs_inputs(self) -> bool:
        """Whether what is written depends on what is read by more than the codes."""
        return self.skip is not None or bool(self.row_norm)

    def decode(self, codes: Codes, x: Float[Tensor, "batch width"] | None = None) -> Float[Tensor, "batch width_out"]:
        """decoder_bias + sum_l v_l decoder_l; sites side by side for a crosscoder.

        x: what was encoded, for a dictionary with a `skip` or a `row_norm`. Raises ValueError where it is missing.
        """
        written = decode(codes.values.reshape(-1), Fired.of(codes.indices), self.decoder)
        if not self.needs_inputs:
            return written.add_(self.decoder_bias)
        if x is None:
            raise ValueError("this dictionary writes more than its codes say; give what was encoded, decode(codes, x)")
        x = self._rows(x)
        if self.row_norm:
            rows = self._normalised(x)
            written = written.add_(self.decoder_bias * rows.scale).add_(rows.centre)
        else:
            written = written.add_(self.decoder_bias)
        return written if self.skip is None else written.addmm_(x, self.skip)

    def reconstruct(self, x: Float[Tensor, "batch width"]) -> Float[Tensor, "batch width_out"]:
        """decode(encode(x), x)."""
        return self.decode(self.encode(x), x)

    def activations(self, x: Float[Tensor, "batch width"]) -> Float[Tensor, "batch n"]:
        """a of every latent, before anything is chosen: dense, for looking at single latents.

        >>> eye = torch.eye(2)
        >>> pair = Dictionary("TopK", eye, 2 * eye, torch.zeros(2), torch.zeros(2), k=1)
        >>> pair.activations(torch.tensor([[3.0, 1.0]])).tolist()
        [[3.0, 1.0]]
        """
        x = self._rows(x)
        scale = 1.0
        if self.row_norm:
            x, _, scale = self._normalised(x)
        return torch.addmm(self.encoder_bias, x if self.mean is None else x - self.mean, self.encoder) * scale

    def expert_of(self, x: Float[Tensor, "batch width"]) -> Tensor:
        """Which expert each row goes to (0 without a router)."""
        x = self._rows(x)
        if self.router is None:
            return torch.zeros(len(x), dtype=torch.long, device=x.device)
        return route(x if self.router_mean is None else x - self.router_mean, self.router).expert

    def nested(self, size: int) -> Dictionary:
        """The dictionary of the first `size` latents: for Matryoshka dictionaries a smaller one in its own right."""
        if self.router is not None or not 1 <= size <= self.size:
            raise ValueError(f"size={size} of {self.size} latents is no nested dictionary; use one of {self.groups}")
        threshold = None if self.threshold is None else self.threshold[:size]
        return replace(
            self,
            encoder=self.encoder[:, :size],
            encoder_bias=self.encoder_bias[:size],
            decoder=self.decoder[:size],
            threshold=threshold,
            k=min(self.k, size),
            groups=tuple(group for group in self.groups if group <= size),
        )

    def site_norms(self) -> Float[Tensor, "n site"]:
        """Each latent's decoder norm at each site, in units of its scale: of a latent of one site only, the others
        are near 0."""
        widths = [width for _, width in self.sites] or [self.width_out]
        scales = torch.tensor(self.site_scales or [1.0] * len(widths), device=self.device)
        return torch.stack([part.norm(dim=1) for part in self.decoder.split(widths, 1)], 1) * scales

    def tensors(self) -> dict[str, Tensor]:
        """The arrays that there are, by the name of their field.

        >>> eye = torch.eye(2)
        >>> list(Dictionary("TopK", eye, eye, torch.zeros(2), torch.zeros(2), k=1).tensors())
        ['encoder', 'decoder', 'encoder_bias', 'decoder_bias']
        """
        named = {name: getattr(self, name) for name in _tensor_names()}
        return {name: value for name, value in named.items() if value is not None}

    def to(self, device: str | torch.device) -> Dictionary:
        """The same on another device."""
        moved: dict[str, Any] = {name: value.to(device) for name, value in self.tensors().items()}
        return replace(self, **moved)

    def describe(self) -> str:
        width = f"width {self.width}" if self.width == self.width_out else f"widths {self.width} to {self.width_out}"
        among = f" in {self.experts} experts" if self.experts > 1 else ""
        how = f"{'at most' if self.activation == 'top_k' else 'on average about'} {self.k} fire{'s' * (self.k == 1)}"
        if not self.k:
            how = "above their thresholds"
        text = f"{self.kind_of} dictionary: {self.size:,} latents{among} for {width}, {how}"
        return f"{text} ({self.note})" if self.note else text

    def to_dict(self) -> dict[str, Any]:
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _tensor_names()}
        sites = {"sites": [list(site) for site in self.sites], "site_scales": list(self.site_scales)}
        return plain | {"groups": list(self.groups), **sites, "size": self.size}

    def files(self) -> Mapping[str, bytes]:
        plain = {name: value.detach().cpu().contiguous().numpy() for name, value in self.tensors().items()}
        return {self.file: save_tensors(plain)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        plain = {name: value for name, value in data.items() if name != "size"}
        plain["sites"] = tuple((name, width) for name, width in data["sites"])
        tensors: dict[str, Any] = {name: torch.from_numpy(a) for name, a in load_tensors(files, cls.file).items()}
        return cls(**plain, **tensors)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dictionary):
            return NotImplemented
        mine, theirs = self.tensors(), other.tensors()
        same = self.to_dict() == other.to_dict() and mine.keys() == theirs.keys()
        return same and all(torch.equal(value.cpu(), theirs[name].cpu()) for name, value in mine.items())

    def __hash__(self) -> int:
        return hash((self.kind_of, self.size, self.width, self.k))

    def _normalised(self, x: Float[Tensor, "batch width"]) -> _Rows:
        if self.row_norm == "unit_norm":
            scale = torch.linalg.vector_norm(x, dim=1, keepdim=True) / self.width**0.5
            return _Rows(x / scale.clamp_min(1e-30), torch.zeros_like(scale), scale)
        centre = x.mean(1, keepdim=True)
        scale = x.std(1, keepdim=True)
        return _Rows((x - centre) / (scale + self.row_norm_eps), centre, scale)

    def _rows(self, x: Tensor) -> Tensor:
        if x.ndim != 2 or x.shape[1] != self.width:
            raise ValueError(f"x has shape {tuple(x.shape)}; this dictionary encodes (batch, {self.width})")
        if not bool(x.isfinite().all()):
            raise ValueError("x holds NaN or infinity, which fires anywhere; leave those rows out")
        return x.to(self.encoder)

    def _routed(self, x: Tensor, centred: Tensor) -> Codes:
        assert self.router is not None
        routed = route(x if self.router_mean is None else x - self.router_mean, self.router)
        order = routed.order
        found = largest_of_experts(centred[order], routed.sizes, self.encoder.t(), self.encoder_bias, self.k)
        share = routed.shares[order, routed.expert[order]]
        values, indices = torch.empty_like(found[0]), torch.empty_like(found[1])
        values[order], indices[order] = found[0].relu_() * share[:, None], found[1]
        return Codes(values, indices)


class _Rows(NamedTuple):
    """Rows at one centre and size, and what takes them back."""

    values: Float[Tensor, "batch width"]
    centre: Float[Tensor, "batch 1"]
    scale: Float[Tensor, "batch 1"]


def _tensor_names() -> tuple[str, ...]:
    """The fields that are tensors, in the order of the class."""
    return tuple(field.name for field in fields(Dictionary) if "Tensor" in str(field.type))


def _check(found: Dictionary) -> None:
    if found.encoder.ndim != 2 or found.decoder.ndim != 2:
        raise ValueError(
            f"encoder has shape {tuple(found.encoder.shape)} and decoder {tuple(found.decoder.shape)}; "
            "give (width, n) and (n, width_out)"
        )
    _check_tensors(found)
    _check_rule(found)
    _check_sites(found)


def _check_tensors(found: Dictionary) -> None:
    (width, n), width_out = found.encoder.shape, found.decoder.shape[1]
    expected = {
        "encoder": (width, n),
        "decoder": (n, width_out),
        "encoder_bias": (n,),
        "decoder_bias": (width_out,),
        "mean": (width,),
        "threshold": (n,),
        "router_mean": (width,),
        "router": (found.experts, width),
        "skip": (width, width_out),
    }
    for name, value in found.tensors().items():
        if tuple(value.shape) != expected[name]:
            raise ValueError(f"{name} has shape {tuple(value.shape)}; with this encoder it is {expected[name]}")
        if not bool(torch.isfinite(value).all()):
            raise ValueError(f"{name} holds NaN or infinity; train again with a smaller learning rate")


def _check_rule(found: Dictionary) -> None:
    """Whether the numbers say which latents fire."""
    if found.activation not in found.activations_known:
        raise ValueError(f"activation={found.activation!r} is unknown; use one of {list(found.activations_known)}")
    if found.row_norm not in found.row_norms_known:
        raise ValueError(f"row_norm={found.row_norm!r} is unknown; use one of {list(found.row_norms_known)}")
    if found.row_norm and found.width != found.width_out:
        raise ValueError(f"row_norm={found.row_norm!r} takes rows back to what was read; give one width, not two")
    if (found.activation == "threshold") != (found.threshold is not None):
        raise ValueError("a threshold is given with activation='threshold', and only then")
    if found.size % found.experts:
        raise ValueError(f"{found.size} latents cannot be shared out among {found.experts} experts; use a multiple")
    each = found.size // found.experts
    if not (found.activation == "top_k") <= found.k <= each:
        raise ValueError(f"k={found.k} of {each} latents; use a k from 1 to that, or a greater width")


def _check_sites(found: Dictionary) -> None:
    if found.site_scales and len(found.site_scales) != len(found.sites):
        raise ValueError(f"site_scales={found.site_scales} are not one for each of {len(found.sites)} sites")
    if found.sites and sum(size for _, size in found.sites) != found.decoder.shape[1]:
        raise ValueError(f"sites={found.sites} do not add up to width {found.decoder.shape[1]}")
