"""The neurons of a network that one skill needs, and what is left of the other skills without the rest.

Michaud, Liu and Tegmark, "On the creation of narrow AI: hierarchy and nonlocality of neural network skills"
(arXiv:2505.15811): a group lasso moves a skill onto few neurons. A figure of that alone says little: beside it stand
networks of the same size that kept the neurons of the highest scores, random ones, or none (trained from new weights),
each trained for as many steps. What a narrow network cannot do may only be hidden: so it is trained on each forgotten
skill again, beside a fresh network. The hot path is the network's own training, about ten times `steps` in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ...artifacts.mechanisms.narrow_network import NARROW, WHOLE, NarrowNetwork
from ...core.context import Context
from ...core.method import Found, Method
from ...nets.classifiers.hidden_layers import HiddenLayer, cut, drawn_again, hidden_layers, masked, neuron_norms
from ...nets.classifiers.training import ClassifierHistory, ClassifierOptions, Penalty, share_right, train_classifier
from ...run.threads import one_thread
from ...subjects.skills.skills import Skill, Skills
from .narrow_claims import narrow_claims

Masks = list[Tensor]
SCORES, RANDOM, SCRATCH = "by scores", "random neurons", "from new weights"


@dataclass(frozen=True)
class Parts:
    """Rows of a skill by what they are for: training, choosing how many neurons stay, and the figures that are told."""

    fitted: Skill
    chosen: Skill
    test: Skill

    @classmethod
    def of(cls, skill: Skill, generator: np.random.Generator) -> Parts:
        """A whole domain is all of them; else 3/5, 1/5 and 1/5 of the rows."""
        if skill.whole:
            return cls(skill, skill, skill)
        order = torch.as_tensor(generator.permutation(len(skill.labels)))
        if len(order) < 10:
            raise ValueError(f"skill {skill.name!r} has {len(order)} rows; give 10, or say that it is whole")
        ends = (3 * len(order) // 5, 4 * len(order) // 5)
        return cls(*(replace(skill, inputs=skill.inputs[part], labels=skill.labels[part])
                     for part in torch.tensor_split(order, ends)))  # fmt: skip


@dataclass(frozen=True)
class SkillPruning(Method[Skills, NarrowNetwork]):
    """Finds the neurons that one skill needs, by a group lasso in training on it alone, and cuts out the others.

        loss + strength * sum over neurons |(incoming weights, bias, outgoing weights)|

    >>> from pellucid.nets.classifiers.hidden_layers import drawn_again
    >>> bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    >>> skills = [Skill(name, bits, bits[:, i].long(), whole=True) for i, name in enumerate("ab")]
    >>> net = drawn_again(nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)), 0)
    >>> SkillPruning(steps=200, refit=100, random=1, relearn=60).explain(Skills(net, skills[0])).artifact.widths
    (8,)
    """

    strengths: tuple[float, ...] = (1e-3, 3e-4, 1e-4)
    """Of the group lasso: the first with which the kept skill is as good as before. 1e-3 is the paper's."""
    steps: int = 2000
    rate: float = 1e-3
    batch: int = 256
    refit: int = 600
    """Steps of training without the lasso, which shrinks what is kept, too. Other networks have steps + refit."""
    tolerance: float = 0.02
    """The share of rows that may be lost, where the rows are not the whole domain; there none may. With .005, less than
    a row in two hundred, one unlucky row kept every neuron of networks for digits (first half of the cases)."""
    random: int = 3
    """Draws of random neurons, and of new weights."""
    relearn: int = 400
    """Steps of training on each forgotten skill again."""
    hidden: float = 0.5
    """A skill that is learnt again in less than this share of a fresh network's steps was not gone."""

    def _find(self, subject: Skills, context: Context) -> Found[NarrowNetwork]:
        generator = np.random.default_rng(context.stream("split"))
        keep = Parts.of(subject.keep, generator)
        forget = [Parts.of(skill, generator) for skill in subject.forget]
        layers = hidden_layers(subject.module, keep.fitted.inputs[:64])
        context.reporter.start("networks", 3 + 2 * self.random + 2 * len(forget))
        seed = context.stream("training") % 2**31
        with one_thread():
            lasso, masks = self._lasso(subject.module, layers, keep, seed)
            narrow = cut(lasso, layers, masks)
            self._train(narrow, keep.fitted, self.refit, seed)
            if self._right(narrow, keep.chosen) < self._right(cut(lasso, layers, masks), keep.chosen):
                narrow = cut(lasso, layers, masks)
            context.reporter.advance()
            others = self._others(subject.module, layers, [int(mask.sum()) for mask in masks], keep, seed, context)
            curves = [self._relearning(narrow, one, seed, context) for one in forget]
        context.reporter.finish()
        networks = {WHOLE: [subject.module], NARROW: [narrow], **others}
        tests = [one.test for one in (keep, *forget)]
        rows = tuple(tuple(float(np.mean([self._right(net, test) for net in nets])) for test in tests)
                     for nets in networks.values())  # fmt: skip
        found = NarrowNetwork(
            tuple(layer.reader.removeprefix("module.") for layer in layers),
            tuple(layer.width for layer in layers),
            tuple(tuple(mask.nonzero()[:, 0].tolist()) for mask in masks),
            subject.names, tuple(networks), rows, tuple(test.chance for test in tests),
            tuple(curves[0][0].steps) if curves else (),
            tuple((tuple(ours.accuracies), tuple(fresh.accuracies)) for ours, fresh in curves),
            tuple(tuple(norms.detach().double().tolist()) for norms in neuron_norms(lasso, layers)),
            {name.removeprefix("module."): value.detach().numpy() for name, value in narrow.state_dict().items()},
            title=subject.title,
        )  # fmt: skip
        spread = {name: [self._right(net, keep.test) for net in nets] for name, nets in others.items()}
        return Found(found, tuple(narrow_claims(found, narrow, keep.test, tests[1:], spread, self.hidden)))

    def _lasso(
        self, module: nn.Module, layers: Sequence[HiddenLayer], keep: Parts, seed: int
    ) -> tuple[nn.Module, Masks]:
        """The network after the lasso, and the fewest neurons that do as well as the whole one did; all, if none do."""
        before = self._right(module, keep.chosen)
        least = before - (0 if keep.chosen.whole else self.tolerance)
        for strength in self.strengths:

            def penalty(network: nn.Module, step: int, strength: float = strength) -> Tensor:
                return strength * torch.stack([one.sum() for one in neuron_norms(network, layers)]).sum()

            found = cut(module, (), ())
            self._train(found, keep.fitted, self.steps, seed, penalty)
            if self._right(found, keep.chosen) >= least:
                order = _smallest_first([norms.detach() for norms in neuron_norms(found, layers)])
                return found, self._fewest(found, layers, order, keep.chosen, least)
        return cut(module, (), ()), [torch.ones(layer.width, dtype=torch.bool) for layer in layers]

    def _fewest(
        self, module: nn.Module, layers: Sequence[HiddenLayer], order: list[tuple[int, int]], rows: Skill, least: float
    ) -> Masks:
        """Without as many neurons of `order` as there can be, by halving: at least one stays in each layer."""
        low, high, best = 0, len(order), _without(layers, order, 0)
        while high - low > 1:
            middle = (low + high) // 2
            masks = _without(layers, order, middle)
            with masked(module, layers, masks):
                right = self._right(module, rows)
            if right >= least:
                low, best = middle, masks
            else:
                high = middle
        return best

    def _others(
        self, module: nn.Module, layers: Sequence[HiddenLayer], counts: list[int], keep: Parts, seed: int,
        context: Context,
    ) -> dict[str, list[nn.Module]]:  # fmt: skip
        """Networks of the same size in each layer, with another choice of neurons, trained for as many steps."""
        generator = np.random.default_rng(context.stream("random neurons"))
        scores = ablation_scores(module, layers, keep.fitted)
        found: dict[str, list[nn.Module]] = {SCORES: [cut(module, layers, _largest(scores, counts))]}
        drawn = [[torch.as_tensor(generator.random(layer.width)) for layer in layers] for _ in range(self.random)]
        found[RANDOM] = [cut(module, layers, _largest(one, counts)) for one in drawn]
        found[SCRATCH] = [drawn_again(one, seed + number) for number, one in enumerate(found[RANDOM])]
        for network in [one for several in found.values() for one in several]:
            self._train(network, keep.fitted, self.steps + self.refit, seed)
            context.reporter.advance()
        return {name: several for name, several in found.items() if several}

    def _relearning(
        self, narrow: nn.Module, skill: Parts, seed: int, context: Context
    ) -> tuple[ClassifierHistory, ClassifierHistory]:
        """The accuracies in training on a forgotten skill again: of the narrow network, and of a fresh one."""
        found = []
        for network in (cut(narrow, (), ()), drawn_again(narrow, seed + 1)):
            found.append(self._train(network, skill.fitted, self.relearn, seed, record=20, held=skill.test))
            context.reporter.advance()
        return found[0], found[1]

    def _train(
        self, network: nn.Module, skill: Skill, steps: int, seed: int, penalty: Penalty | None = None,
        record: int | None = None, held: Skill | None = None,
    ) -> ClassifierHistory:  # fmt: skip
        """In place; Adam without decay."""
        if not steps:
            return ClassifierHistory()
        batch = None if len(skill.labels) <= self.batch else self.batch
        options = ClassifierOptions(steps, self.rate, 0.0, (0.9, 0.999), batch, record or steps, after_exact=None)
        shown = held or replace(skill, inputs=skill.inputs[:1], labels=skill.labels[:1])
        return train_classifier(
            network, skill.inputs, skill.labels, (shown.inputs, shown.labels), options, seed=seed, penalty=penalty
        )

    def _right(self, network: nn.Module, skill: Skill) -> float:
        return share_right(network, skill.inputs, skill.labels)


def ablation_scores(module: nn.Module, layers: Sequence[HiddenLayer], skill: Skill) -> list[Tensor]:
    """|loss without the neuron - loss|, for each neuron of each layer (the paper's score, without its first order)."""

    def loss() -> float:
        return float(cross_entropy(module(skill.inputs).double(), skill.labels))

    found: list[Any] = []
    with torch.no_grad():
        before = loss()
        for layer in layers:
            values = []
            for unit in range(layer.width):
                with masked(module, (layer,), (torch.arange(layer.width) != unit,)):
                    values.append(abs(loss() - before))
            found.append(torch.tensor(values, dtype=torch.float64))
    return found


def _smallest_first(norms: list[Tensor]) -> list[tuple[int, int]]:
    """(layer, neuron) of all layers together; those of one norm by their place."""
    return [(layer, unit) for _, layer, unit in
            sorted((float(v), i, j) for i, one in enumerate(norms) for j, v in enumerate(one))]  # fmt: skip


def _without(layers: Sequence[HiddenLayer], order: list[tuple[int, int]], count: int) -> Masks:
    """All but the first `count` neurons of the order; the last one of a layer stays."""
    masks = [torch.ones(layer.width, dtype=torch.bool) for layer in layers]
    for layer, unit in order[:count]:
        if masks[layer].sum() > 1:
            masks[layer][unit] = False
    return masks


def _largest(scores: list[Tensor], counts: list[int]) -> Masks:
    """As many of each layer as `counts` says, those of the largest scores."""
    masks = []
    for values, count in zip(scores, counts, strict=True):
        mask = torch.zeros(len(values), dtype=torch.bool)
        mask[values.argsort(descending=True, stable=True)[:count]] = True
        masks.append(mask)
    return masks
