"""Low-rank adapting: the model learns to live with a dictionary's reconstruction, which itself stays as it is.

"Low-Rank Adapting Models for Sparse Autoencoders" (arXiv 2501.19406): every linear map after the site gets a low-rank
addition (LoRA, arXiv 2106.09685), trained so that the model with the dictionary in it predicts what the model alone
predicts. What it wins might also come from the text: so it is measured without the dictionary too, its divergence from
the model's own prediction is told beside its cross-entropy, and an adapter without a dictionary is trained on the next
token, as a control. The hot path is the model's: two forward passes and a
backward pass down to the site each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ...artifacts.features.dictionary_quality import DictionaryQuality
from ...artifacts.features.low_rank_adapter import LowRankAdapter
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...run.checkpoint import Checkpoint
from ...subjects.models.hooks import INPUT, calls_of, device_of, evaluating, module_of, run
from ...subjects.models.model_inputs import ModelInputs
from ...subjects.models.prediction import Prediction
from ...subjects.models.site import Site
from ..evaluation.loss_recovered import Edit, Edits, spliced
from ..evaluation.sample import take_sample
from ..evaluation.uncertainty import jackknife
from .dictionary_at_site import DictionaryAtSite

__all__ = ["LowRankAdaptation", "adapted"]

Weights = dict[str, tuple[Tensor, Tensor]]
"""Path of a linear map -> A (rank, in), B (out, rank): it puts out y + B A x."""


@dataclass(frozen=True)
class LowRankAdaptation(Method[DictionaryAtSite, LowRankAdapter]):
    """Adapt the layers after a dictionary to it, and say how much of what it costs that wins back.

        min over A, B of KL(p_model || p_adapted),      gap closed = (CE_dictionary - CE_adapted) / (CE_dictionary - CE)

    The last `judged` sequences of the site are only measured on. With `control`, an adapter without a dictionary learns
    the same text, for as many steps.

    >>> from pellucid.artifacts.features.dictionary import Dictionary
    >>> net = nn.Sequential(nn.Embedding(8, 4), nn.Linear(4, 8))
    >>> dictionary = Dictionary("TopK", torch.eye(4), torch.eye(4), torch.zeros(4), torch.zeros(4), k=2)
    >>> tokens = torch.arange(48).reshape(6, 8) % 7
    >>> place = DictionaryAtSite(dictionary, Site(net, "0", tokens))
    >>> found = LowRankAdaptation(rank=1, steps=2, judged=2).explain(place)
    >>> sorted(found.artifact.weights)
    ['1.A', '1.B']
    """

    rank: int = 16
    steps: int = 60
    batch_size: int = 2
    learning_rate: float = 1e-3
    judged: int = 16
    control: bool = True
    save_every: int = 20

    judged_at_once: ClassVar[int] = 4
    """Sequences, to bound the memory of the logits of every variant."""

    def _find(self, subject: DictionaryAtSite, context: Context) -> Found[LowRankAdapter]:
        """The adapter, and the cross-entropy with and without it. Raises ValueError for a site without tokens."""
        site = self._checked(subject)
        path, prediction = site.writes, _predicted(site, context.seed)
        learnt, judged = (_Text(prediction.part(part), site.mask[part]) for part in self._parts())
        sample = take_sample(subject.dictionary, subject.activations, tokens=4096)

        def edits(kept: Tensor) -> dict[str, Edit]:
            return spliced(subject.dictionary, site, sample.limit, kept)

        with evaluating(site.model):
            linear = _linear_after(site.model, path, prediction.inputs.part(slice(0, 1)))
            owner = f"{subject.fingerprint()} {context.seed} {self.settings()}"
            store = None if context.checkpoint is None else Checkpoint(context.checkpoint, owner)
            work = _Training(self, site.model, learnt, linear, context.seed, context.reporter, store)
            weights = work.run("adapter", edits, teacher=True)
            alone = work.run("control", lambda kept: {path: lambda x: x}, teacher=False) if self.control else None
            costs = self._judged(site.model, judged, edits, weights, alone)
        named = {
            f"{name}.{side}": m.numpy() for name, pair in weights.items() for side, m in zip("AB", pair, strict=True)
        }
        adapter = LowRankAdapter(named, f"after {path}")
        tokens = int(judged.prediction.counts.sum())
        table = {
            **_figures(costs),
            "parameters": adapter.parameters,
            "judged_tokens": tokens,
            "learnt_tokens": int(learnt.prediction.counts[: self.steps * self.batch_size].sum()),
        }
        quality = DictionaryQuality({"low_rank": table}, adapter.describe())
        return Found(adapter, _claims(costs, tokens), {"quality": quality})

    def _parts(self) -> tuple[slice, slice]:
        """The rows that are learnt from, and those that are only measured on."""
        return slice(None, -self.judged), slice(-self.judged, None)

    def _checked(self, subject: DictionaryAtSite) -> Site:
        for name in ("rank", "steps", "batch_size", "judged", "save_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} adapts nothing; use at least 1")
        site = subject.site
        if not isinstance(site, Site) or site.tokens is None or site.tokens.shape[1] < 2:
            raise ValueError("the site has no tokens to predict; give a Site whose inputs are tokens (rows, length)")
        if len(site.tokens) <= self.judged:
            raise ValueError(
                f"judged={self.judged} of {len(site.tokens)} sequences leaves none to learn from; give more sequences"
            )
        return site

    def _judged(
        self, model: Any, text: _Text, edits: Edits, weights: Weights, alone: Weights | None
    ) -> dict[str, Float[Tensor, "sequences 2"]]:
        """Of each judged sequence, with and without the dictionary and the adapters: cross-entropy, and divergence
        from what the model alone predicts.
        """
        variants: dict[str, tuple[Edits, Weights]] = {
            "model": (_none, {}), "dictionary": (edits, {}), "adapted": (edits, weights),
            "adapter_without_dictionary": (_none, weights),
        }  # fmt: skip
        if alone is not None:
            variants["control"] = (_none, alone)
        found: dict[str, list[Tensor]] = {name: [] for name in variants}
        for low in range(0, text.rows, self.judged_at_once):
            part = text.part(slice(low, low + self.judged_at_once))
            own = None
            for name, (edit, adapter) in variants.items():
                with adapted(model, adapter):
                    log_q = part.log_probabilities(model, edit)
                own = log_q if own is None else own
                found[name].append(part.costs(own, log_q))
        return {name: torch.cat(parts) for name, parts in found.items()}


def _figures(costs: dict[str, Float[Tensor, "sequences 2"]]) -> dict[str, dict[str, float]]:
    """Cross-entropy of each variant, and divergence from the model of each but that itself; means over sequences."""
    figures = {name: cost.mean(0).tolist() for name, cost in costs.items()}
    divergence = {name: both[1] for name, both in figures.items() if name != "model"}
    return {"cross_entropy": {name: both[0] for name, both in figures.items()}, "divergence": divergence}


def _none(kept: Tensor) -> dict[str, Edit]:
    return {}


def _predicted(site: Site, seed: int) -> Prediction:
    found = Prediction.of(site.model, site.given, seed)
    if found is None:
        raise ValueError("the model gives no logits over its tokens; give a language model")
    return found


@dataclass(frozen=True, eq=False)
class _Text:
    """Some rows: what is predicted of them, and which of their tokens the dictionary takes the place of."""

    prediction: Prediction
    kept: Bool[Tensor, "rows length"]

    @property
    def rows(self) -> int:
        return self.prediction.rows

    def part(self, rows: Any) -> _Text:
        return _Text(self.prediction.part(rows), self.kept[rows])

    def log_probabilities(self, model: Any, edits: Edits, *, grad: bool = False, stopped: bool = False) -> Tensor:
        """Of every word at every place, (rows, places, vocabulary); `stopped`: gradients end at the edits."""
        device = device_of(model)
        found = edits(self.kept.to(device))
        if stopped:
            found = {path: _detached(edit) for path, edit in found.items()}
        output, _ = run(model, self.prediction.inputs.to(device).call(), edits=found, grad=grad)
        return self.prediction.log_probabilities(output)

    def loss(self, log_q: Tensor) -> Float[Tensor, " rows"]:
        """The summed loss of each row's labels."""
        return self.prediction.label_losses(log_q).sum(1)

    def divergence(self, log_p: Tensor, log_q: Tensor) -> Float[Tensor, " rows"]:
        """KL(p || q), summed over the places of each row that have a label."""
        apart = (log_p.exp() * (log_p - log_q)).sum(-1)
        return (apart * (self.prediction.labels >= 0).to(apart.device)).sum(1)

    def costs(self, log_p: Tensor, log_q: Tensor) -> Float[Tensor, "rows 2"]:
        """Of each sequence: mean - log q(label), and mean KL(p || q), p the model's own prediction."""
        counts = self.prediction.counts.clamp_min(1).double()
        both = (self.loss(log_q), self.divergence(log_p, log_q))
        return torch.stack([value.double().cpu() / counts for value in both], 1)


@contextmanager
def adapted(model: Any, weights: Weights) -> Iterator[None]:
    """Within it, each linear map at a path of `weights` puts out y + B A x; the network's own weights do not change."""
    network = module_of(model)

    def hook(a: Tensor, b: Tensor) -> Any:
        return lambda module, args, output: output + ((args[0].to(a) @ a.T) @ b.T).to(output)

    with ExitStack() as stack:
        for path, pair in weights.items():
            stack.callback(network.get_submodule(path).register_forward_hook(hook(*pair)).remove)
        yield


def _linear_after(model: Any, path: str, one: ModelInputs) -> dict[str, nn.Linear]:
    """The linear maps that are called after the site, in order; the unembedding only where there is no other."""
    network = module_of(model)
    calls = calls_of(network, one.to(device_of(model)).call(), list(dict(network.named_modules())))
    called = {name: network.get_submodule(name) for name, _ in calls}  # in the order of their first calls
    name, mark, _ = path.partition(INPUT)
    module = network.get_submodule(name)
    site = set(module.modules()) if mark else {module}  # behind its input a module and all that is in it come after
    first = next(number for number, other in enumerate(called.values()) if other in site)
    after = list(called.items())[first + (not mark) :]
    linear = {name: module for name, module in after if isinstance(module, nn.Linear)}
    last = getattr(model, "unembedding", "")
    return {name: module for name, module in linear.items() if name != last} or linear


class _Training:
    """One training after another on the same batches."""

    def __init__(
        self, method: LowRankAdaptation, model: Any, text: _Text, linear: dict[str, nn.Linear], seed: int,
        reporter: Reporter, store: Checkpoint | None,
    ) -> None:  # fmt: skip
        self.method, self.model, self.text, self.linear = method, model, text, linear
        self.seed, self.reporter, self.store = seed, reporter, store
        if not linear:
            raise ValueError("no linear map comes after the site; choose an earlier one")

    def run(self, name: str, edits: Edits, *, teacher: bool) -> Weights:
        method, generator = self.method, torch.Generator().manual_seed(self.seed)
        weights = {path: _start(module, method.rank, generator) for path, module in self.linear.items()}
        flat = [value for pair in weights.values() for value in pair]
        optimiser = torch.optim.Adam(flat, lr=method.learning_rate)
        done = self._load(name, flat, optimiser)
        self.reporter.start(f"low-rank {name}", method.steps)
        self.reporter.advance(done, "resumed" if done else "")
        batches = self._batches()
        for step, batch in zip(range(method.steps), batches, strict=False):
            if step < done:
                continue
            self._set_rate(optimiser, step)
            loss = self._loss(batch, edits, weights, teacher)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            self.reporter.advance(1, f"loss {float(loss.detach()):.4f}")
            if (step + 1) % method.save_every == 0 or step + 1 == method.steps:
                self._save(name, flat, optimiser, step + 1)
        self.reporter.finish()
        return {path: (a.detach().cpu(), b.detach().cpu()) for path, (a, b) in weights.items()}

    def _set_rate(self, optimiser: torch.optim.Adam, step: int) -> None:
        """The learning rate falls to nothing over the second half of the steps."""
        for group in optimiser.param_groups:
            group["lr"] = self.method.learning_rate * min(1.0, 2 * (self.method.steps - step) / self.method.steps)

    def _loss(self, rows: Tensor, edits: Edits, weights: Weights, teacher: bool) -> Tensor:
        """Mean over the labels: KL from the model's own prediction, or cross-entropy."""
        part = self.text.part(rows)
        count = part.prediction.counts.sum().clamp_min(1)
        with adapted(self.model, weights):
            log_q = part.log_probabilities(self.model, edits, grad=True, stopped=True)
        if not teacher:
            return part.loss(log_q).sum() / count
        log_p = part.log_probabilities(self.model, _none)
        return part.divergence(log_p, log_q).sum() / count

    def _batches(self) -> Iterator[Tensor]:
        """Rows in random order, again and again."""
        generator = torch.Generator().manual_seed(self.seed + 1)
        size = min(self.method.batch_size, self.text.rows)
        while True:
            order = torch.randperm(self.text.rows, generator=generator)
            for start in range(0, len(order) - size + 1, size):
                yield order[start : start + size]

    def _save(self, name: str, flat: list[Tensor], optimiser: torch.optim.Adam, step: int) -> None:
        if self.store is not None:
            arrays = {f"{i:04}.value": value.detach().cpu().numpy() for i, value in enumerate(flat)}
            for i, value in enumerate(flat):
                state = optimiser.state[value]
                arrays |= {f"{i:04}.{key}": state[key].cpu().numpy() for key in ("exp_avg", "exp_avg_sq")}
            self.store.save(name, arrays, {"step": step})

    def _load(self, name: str, flat: list[Tensor], optimiser: torch.optim.Adam) -> int:
        found = self.store.load(name) if self.store is not None else None
        if found is None:
            return 0
        arrays, data = found
        for i, value in enumerate(flat):
            with torch.no_grad():
                value.copy_(torch.from_numpy(arrays[f"{i:04}.value"]))
            moments = {key: torch.from_numpy(arrays[f"{i:04}.{key}"]).to(value) for key in ("exp_avg", "exp_avg_sq")}
            optimiser.state[value] = {"step": torch.tensor(float(data["step"])), **moments}
        return int(data["step"])


def _detached(edit: Edit) -> Edit:
    """Gradients end at the site: nothing before it learns."""
    return lambda x: edit(x.detach()).detach()


def _start(module: nn.Linear, rank: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    a = torch.randn(rank, module.in_features, generator=generator) / module.in_features**0.5
    device = module.weight.device
    return a.to(device).requires_grad_(), torch.zeros(module.out_features, rank, device=device).requires_grad_()


def _claims(costs: dict[str, Tensor], tokens: int) -> tuple[Claim, ...]:
    """Cross-entropy, which the paper counts, beside divergence, which learning the text cannot bring down."""
    names = list(costs)
    loss, apart = (torch.stack([costs[name][:, i] for name in names], 1) for i in (0, 1))
    base, with_it, _, alone = loss.mean(0)[:4].tolist()
    gap = with_it - base
    held = f"{tokens:,} held-out tokens"
    claims: list[Claim] = []
    if gap > 0:
        value, error = jackknife(lambda t: (t[:, 1] - t[:, 2]) / (t[:, 1] - t[:, 0]), loss)
        told = (
            f"share of the cross-entropy that the dictionary adds, over {held}, which the adapter takes away again; "
            "baseline: what the same adapter takes away without the dictionary"
        )
        claims.append(Measured(told, value, "", (base - alone) / gap, error, key="gap_closed"))
    value, error = jackknife(lambda t: (t[:, 1] - t[:, 2]) / t[:, 1].clamp_min(1e-300), apart)
    told = (
        f"share of the divergence from the model's own prediction, over {held}, that the adapter takes away again: "
        "learning the text cannot lower it; baseline: none of it"
    )
    claims.append(Measured(told, value, "", 0.0, error, key="divergence_closed"))
    value, error = jackknife(lambda t: (t[:, 2] - t[:, 0]) / len(loss), loss)
    told = f"cross-entropy added over {held} by dictionary and adapter; baseline: by the dictionary alone"
    claims.append(Measured(told, value, "nats", gap, error, key="cross_entropy_added"))
    if "control" in names:
        control = names.index("control")
        value, error = jackknife(lambda t: (t[:, 0] - t[:, control]) / len(loss), loss)
        told = (
            "control: cross-entropy that an adapter takes away which learns the text itself, without a dictionary; "
            "baseline: what the dictionary adds"
        )
        if value > gap > 0:
            told += ", which is less: an adapter trained on the text could seem to close the gap without closing it"
        claims.append(Measured(told, value, "nats", gap, error, key="control: adapter without a dictionary"))
    return tuple(claims)
