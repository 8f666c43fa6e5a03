"""Networks that were trained on several parities of bits, told which by control bits (arXiv:2505.15811).

Every string of bits is a row, so that what is said of a skill holds for all of its inputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.nets import ClassifierOptions, train_classifier
from pellucid.nets.classifiers.hidden_layers import drawn_again
from pellucid.subjects import Skill, Skills


def parity_skills(subsets: tuple[tuple[int, ...], ...], bits: int) -> list[Skill]:
    """One skill for each subset of the bits: the control bits say which, the label is the parity of those bits."""
    strings = torch.cartesian_prod(*[torch.arange(2)] * bits).float()
    found = []
    for number, subset in enumerate(subsets):
        control = torch.zeros(len(strings), len(subsets))
        control[:, number] = 1
        labels = strings[:, list(subset)].sum(1).long() % 2
        found.append(Skill(f"bits {'+'.join(map(str, subset))}", torch.cat([control, strings], 1), labels, whole=True))
    return found


def parity_network(skills: list[Skill], width: int = 64, seed: int = 0, steps: int = 4000) -> nn.Module:
    """A network of two hidden layers that is right on every row of every skill, or as far as the steps went."""
    rows, labels = torch.cat([skill.inputs for skill in skills]), torch.cat([skill.labels for skill in skills])
    inputs = rows.shape[1]
    network = drawn_again(
        nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2)),
        seed,
    )
    options = ClassifierOptions(steps, 2e-3, 0.0, (0.9, 0.999), 1024, 100, 0)
    train_classifier(network, rows, labels, (rows, labels), options, seed=seed)
    return network


def parity_subject(keep: int, subsets: tuple[tuple[int, ...], ...], bits: int, **training: int) -> Skills:
    """A trained network, of whose skills one is to be kept."""
    skills = parity_skills(subsets, bits)
    network = parity_network(skills, **training)
    return Skills(network, skills[keep], tuple(skill for skill in skills if skill is not skills[keep]), "parities")


def right(network: nn.Module, skill: Skill) -> Tensor:
    """Which rows are."""
    with torch.no_grad():
        return network(skill.inputs).argmax(1) == skill.labels
