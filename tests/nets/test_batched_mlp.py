"""Many networks in one tensor: each as if it were alone, and with the decay of AdamW."""

import pytest
import torch

from pellucid.nets.batched_mlp import BatchedMLP, Member, Recipe


def data(members=1):
    x = torch.randn(12, 4, generator=torch.Generator().manual_seed(0))
    y = (x.sum(1) > 0).long()
    return x.expand(members, 12, 4), y.expand(members, 12)


def test_a_member_is_trained_as_if_it_were_alone():
    members = [Member(1e-2, 0.1, 2.0, 3), Member(1e-3, 0.0, 1.0, 5)]
    together = BatchedMLP(members, 4, 2, Recipe((8,))).train(data(2), data(2), 20, 5)
    for place, member in enumerate(members):
        alone = BatchedMLP([member], 4, 2, Recipe((8,))).train(data(), data(), 20, 5)
        assert together.train_loss[:, place] == pytest.approx(alone.train_loss[:, 0], rel=1e-4)
        assert together.norm[:, place] == pytest.approx(alone.norm[:, 0], rel=1e-5)


@pytest.mark.parametrize("loss", ["squares", "cross_entropy"])
def test_a_step_is_that_of_torchs_adamw(loss):
    net = BatchedMLP([Member(1e-2, 0.3)], 4, 2, Recipe((8,), loss))
    theirs = [p[0].clone().requires_grad_() for p in net.parameters]
    optimizer = torch.optim.AdamW(theirs, lr=1e-2, weight_decay=0.3)
    (x,), (y,) = data()
    for _ in range(5):
        net.step(*data())
        outputs = torch.relu(x @ theirs[0] + theirs[2]) @ theirs[1] + theirs[3]
        wanted = torch.nn.functional.one_hot(y, 2).float()
        value = (outputs - wanted).square().mean() if loss == "squares" else None
        value = torch.nn.functional.cross_entropy(outputs, y) if value is None else value
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    for ours, reference in zip(net.parameters, theirs, strict=True):
        assert torch.allclose(ours[0], reference, atol=1e-6)


def test_a_norm_that_is_held_stays():
    logs = BatchedMLP([Member(1e-2, scale=3.0)], 4, 2, Recipe((8,), hold_norm=True)).train(data(), data(), 10, 5)
    assert logs.norm == pytest.approx(logs.norm[0, 0], rel=1e-5)


def test_global_randomness_is_left_alone():
    before = torch.get_rng_state()
    BatchedMLP([Member()], 4, 2)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(("members", "loss", "message"), [([], "squares", "empty"), ([Member()], "hinge", "'hinge'")])
def test_what_makes_no_sense_is_refused(members, loss, message):
    with pytest.raises(ValueError, match=message):
        BatchedMLP(members, 4, 2, Recipe(loss=loss))
