"""Every hand-written gradient against autograd on the dense formula."""

import pytest
import torch

from pellucid.nets.dictionaries.dictionary_shape import DictionaryShape, Penalty
from pellucid.nets.dictionaries.experts import Experts
from pellucid.nets.dictionaries.initial_weights import initial_weights

BATCH, WIDTH, OUT, SIZE, K = 24, 7, 5, 64, 4


def setup(kind="top_k", out=WIDTH, **more):
    generator = torch.Generator().manual_seed(1)
    shape = DictionaryShape(WIDTH, out, SIZE, K, kind, **more)
    inputs, outputs = (torch.randn(SIZE, size, generator=generator, dtype=torch.float64) for size in (WIDTH, out))
    weights = initial_weights(
        shape, (inputs, inputs if out == WIDTH else outputs), generator, bfloat16=False, encoder_start=0.2
    )
    for rows in (weights.scalars, weights.decoder_bias):
        rows.weight += 0.1 * torch.randn(rows.weight.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(BATCH, WIDTH, generator=generator, dtype=torch.float64)
    x = x / x.norm(dim=1, keepdim=True)  # as many latents fire in each row, about
    y = x if out == WIDTH else torch.randn(BATCH, out, generator=generator, dtype=torch.float64)
    return shape, weights, x, y


def gradients(x, y, weights, shape, penalty=None):
    return shape.rule.gradients(x, y, weights, shape, penalty or Penalty())


def leaves(weights):
    names = ("encoder", "decoder", "scalars", "decoder_bias", "router")
    given = {name: getattr(weights, name) for name in names}
    return {name: rows.weight.clone().requires_grad_() for name, rows in given.items() if rows is not None}


def compare(found, loss, given):
    loss.backward()
    for name, value in found.dense(SIZE).items():
        expected = given[name].grad.reshape(value.shape)
        assert torch.allclose(value, expected, rtol=1e-9, atol=1e-12), name


def dense_codes(values, indices):
    return torch.zeros(len(values), SIZE, dtype=values.dtype).scatter(1, indices, values)


def squares(error):
    return error.square().sum(1).mean()


@pytest.mark.parametrize("out", [WIDTH, OUT])
def test_largest_of_each_row(out):
    shape, weights, x, y = setup(out=out)
    p = leaves(weights)
    values, indices = (x @ p["encoder"].T + p["scalars"][:, 0]).topk(K)
    loss = squares(dense_codes(values.relu(), indices) @ p["decoder"] + p["decoder_bias"] - y)
    found = gradients(x, y, weights, shape)
    compare(found, loss, p)
    assert found.error.mean().item() == pytest.approx(loss.item())


def test_largest_of_the_batch():
    shape, weights, x, y = setup("batch_top_k")
    p = leaves(weights)
    a = x @ p["encoder"].T + p["scalars"][:, 0]
    least = a.flatten().topk(BATCH * K).values[-1]
    assert (a >= least).sum(1).max() <= 3 * K  # the most that a row may take
    loss = squares((a * (a >= least)).relu() @ p["decoder"] + p["decoder_bias"] - y)
    compare(gradients(x, y, weights, shape), loss, p)


@pytest.mark.parametrize("kind", ["top_k", "batch_top_k"])
def test_nested(kind):
    shape, weights, x, y = setup(kind, groups=(8, 24, SIZE))
    p = leaves(weights)
    a = x @ p["encoder"].T + p["scalars"][:, 0]
    least = a.topk(K).values[:, -1:] if kind == "top_k" else a.flatten().topk(BATCH * K).values[-1]
    codes = (a * (a >= least)).relu()
    parts = [squares(codes[:, :n] @ p["decoder"][:n] + p["decoder_bias"] - y) for n in shape.groups]
    compare(gradients(x, y, weights, shape), sum(parts) / 3, p)


def test_experts():
    shape, weights, x, y = setup(experts=4)
    p = leaves(weights)
    shares = torch.softmax(x @ p["router"].T, -1)
    share, expert = shares.max(-1)
    own = torch.arange(SIZE)[None] // shape.each == expert[:, None]
    a = (x @ p["encoder"].T + p["scalars"][:, 0]).masked_fill(~own, -torch.inf)
    values, indices = a.topk(K)
    loss = squares(share[:, None] * (dense_codes(values.relu(), indices) @ p["decoder"]) + p["decoder_bias"] - y)
    used = torch.bincount(expert, minlength=4).double() / BATCH
    compare(gradients(x, y, weights, shape), loss + Experts().balance * WIDTH * 4 * (used * shares.mean(0)).sum(), p)


class Jump(torch.autograd.Function):
    """Value and step with the straight-through gradients of arXiv 2407.14435."""

    @staticmethod
    def forward(ctx, a, t, width):
        ctx.save_for_backward(a, t)
        ctx.width = width
        return a * (a > t), (a > t).to(a)

    @staticmethod
    def backward(ctx, by_value, by_step):
        a, t = ctx.saved_tensors
        near = ((a - t).abs() < ctx.width / 2).to(a) / ctx.width
        return by_value * (a > t), (-(t * by_value + by_step) * near).sum(0), None


def test_jump_relu():
    shape, weights, x, y = setup("jump_relu")
    weights.scalars.weight[:, 1] += 0.2
    p = leaves(weights)
    value, step = Jump.apply(x @ p["encoder"].T + p["scalars"][:, 0], p["scalars"][:, 1].exp(), 0.3)
    loss = squares(value @ p["decoder"] + p["decoder_bias"] - y) + 5 * (step.sum(1).mean() / K - 1) ** 2
    compare(gradients(x, y, weights, shape, Penalty(5 / WIDTH, bandwidth=0.3)), loss, p)


def test_gated():
    shape, weights, x, y = setup("gated")
    weights.scalars.weight[:, 1] -= 0.5
    p = leaves(weights)
    bias, gate_bias, log_gain = p["scalars"].unbind(1)
    inner = x @ p["encoder"].T
    gate = (inner + gate_bias).relu()
    values = (gate > 0) * (log_gain.exp() * inner + bias).relu()
    main = squares(values @ p["decoder"] + p["decoder_bias"] - y)
    auxiliary = squares(gate @ p["decoder"].detach() + p["decoder_bias"].detach() - y)
    loss = main + 0.3 * gate.sum(1).mean() + auxiliary
    compare(gradients(x, y, weights, shape, Penalty(0.3)), loss, p)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": 65}, "k=65 is not within width=64"),
        ({"k": 0}, "k=0 is not within"),
        ({"experts": 3}, "experts=3 do not share"),
        ({"experts": 32}, "the 2 latents of an expert"),
        ({"kind": "relu"}, "dictionary kind 'relu' is unknown"),
        ({"groups": (8, 4, 64)}, "are not increasing"),
        ({"groups": (8, 32)}, "end with width=64"),
        ({"groups": (8, 64), "experts": 2}, "without groups"),
    ],
)
def test_impossible_shapes(changes, message):
    with pytest.raises(ValueError, match=message.replace("(", "\\(")):
        DictionaryShape(**{"width": 7, "width_out": 7, "size": 64, "k": 4, **changes})
