import pytest
import torch

from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_scale import Scale, geometric_median
from pellucid.nets.dictionaries.dictionary_shape import DictionaryShape
from pellucid.nets.dictionaries.dictionary_training import DictionaryTraining, train_dictionary
from pellucid.nets.dictionaries.initial_weights import initial_weights
from pellucid.sparse.encoding import route

X = torch.randn(500, 10, generator=torch.Generator().manual_seed(5))
OPTIONS = DictionaryOptions(steps=23, batch_size=50, revive_every=4, dead_after=40, learning_rate=1e-2, save_every=5)
SHAPES = [
    DictionaryShape(10, 10, 256, 2),
    DictionaryShape(10, 10, 256, 2, "batch_top_k", groups=(32, 256)),
    DictionaryShape(10, 10, 64, 2, "jump_relu"),
    DictionaryShape(10, 10, 64, 2, "gated"),
    DictionaryShape(10, 10, 64, 2, experts=4),
]


class Interrupted(Exception):
    pass


def epoch(generator):
    for rows in torch.randperm(500, generator=generator).split(50):
        yield X[rows], X[rows]


def trained(shape, options=OPTIONS, folder=None, passes=epoch):
    return train_dictionary(passes, shape, options, sample=(X, X), seed=1, checkpoint=folder, task="x")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.kind}-{shape.experts}")
def test_resumed_is_bit_equal(shape, tmp_path):
    whole = trained(shape)
    steps = 0

    def interrupted(generator):
        nonlocal steps
        for pair in epoch(generator):
            steps += 1
            if steps == 18:  # the last state was written after 15
                raise Interrupted
            yield pair

    with pytest.raises(Interrupted):
        trained(shape, folder=tmp_path, passes=interrupted)
    again = trained(shape, folder=tmp_path)
    assert (again.step, again.revived) == (whole.step, whole.revived)
    for name, value in whole.tensors().items():
        assert torch.equal(again.tensors()[name], value), name


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.kind}-{shape.experts}")
def test_learns(shape):
    short, long = (
        trained(shape, DictionaryOptions(steps=steps, batch_size=50, learning_rate=1e-2)) for steps in (1, 150)
    )
    assert long.error < 0.8 * short.error
    assert torch.allclose(long.weights.decoder.weight.norm(dim=1), torch.ones(shape.size), atol=1e-4)


def test_dead_latents_start_again():
    assert trained(SHAPES[0]).revived > 0
    assert trained(SHAPES[0], DictionaryOptions(steps=23, batch_size=50, revive_every=0)).revived == 0


def test_dead_latents_of_an_expert_start_at_rows_that_go_to_it():
    generator = torch.Generator().manual_seed(0)
    training = DictionaryTraining.start(SHAPES[4], OPTIONS, X, X, generator)
    x = training.scale.inputs(X)
    found = training.gradients(x, x)
    training.silent.fill_(10**6)
    dead, rows = training._pairs(found, generator)
    routed = route(x, training.weights.router.weight)
    assert len(dead) > 16
    assert torch.equal(dead // 16, routed.expert[routed.order][rows])


def test_revived_latents_do_not_leap():
    generator = torch.Generator().manual_seed(0)
    training = DictionaryTraining.start(SHAPES[4], OPTIONS, X, X, generator)
    for _ in range(5):
        training.advance(X, X, generator)
    x = training.scale.inputs(X)
    training.silent[:] = 0
    training.silent[::2] = 10**6
    training._revive(x, training.gradients(x, x), generator)
    square, revived = training.weights.encoder.square, training.silent[::2] == 0
    assert bool(revived.any())
    assert torch.allclose(square[::2][revived], square[1::2].mean(0).expand(int(revived.sum()), -1))


def test_patience_is_at_most_a_part_of_the_training():
    assert DictionaryOptions(steps=320, batch_size=10).patience == 100
    assert DictionaryOptions(steps=10**6).patience == 100_000
    assert DictionaryOptions(steps=80, batch_size=10, dead_after=7).patience == 7


def test_thresholds_begin_where_k_fire():
    found = trained(SHAPES[2], DictionaryOptions(steps=1, batch_size=500, learning_rate=1e-9))
    x = found.scale.inputs(X)
    assert float(found.gradients(x, x).fired.sum()) / 500 == pytest.approx(2, abs=0.1)


def test_checkpoint_of_something_else(tmp_path):
    trained(SHAPES[0], folder=tmp_path)
    with pytest.raises(ValueError, match="belongs to another job"):
        trained(SHAPES[4], folder=tmp_path)


def test_activations_of_another_width():
    with pytest.raises(ValueError, match="have width 10 and 10, the dictionary 12"):
        trained(DictionaryShape(12, 12, 64, 2))


def test_too_few_activations():
    with pytest.raises(ValueError, match="too few activations for one batch"):
        trained(SHAPES[0], passes=lambda generator: iter(()))


def test_all_the_same():
    with pytest.raises(ValueError, match="all activations are the same"):
        Scale.of(torch.ones(5, 3), torch.ones(5, 3))


def test_attention_sinks_do_not_count():
    rows = X.clone()
    rows[:5] = 1e4
    scale = Scale.of(rows, rows)
    assert torch.allclose(geometric_median(rows), X.median(0).values, atol=0.3)
    assert scale.usual(scale.inputs(rows)).tolist() == [False] * 5 + [True] * 495
    assert len(scale.normalised(rows, rows)[0]) == 495


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps=0 is too small"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0 is not usable"),
        ({"decoder_rate": 0.0}, "decoder_rate=0.0 is not usable"),
        ({"learning_rate": float("nan")}, "learning_rate=nan is not usable"),
        ({"warm_down": 2.0}, "are shares"),
    ],
)
def test_impossible_options(changes, message):
    with pytest.raises(ValueError, match=message):
        DictionaryOptions(**changes)


def test_latents_look_towards_rows():
    shape = DictionaryShape(10, 10, 64, 2)
    weights = initial_weights(shape, (X, X), torch.Generator().manual_seed(0), bfloat16=False, encoder_start=0.2)
    nearest = torch.nn.functional.cosine_similarity(weights.decoder.weight[:, None], X[None], dim=2).max(1).values
    drawn = torch.nn.functional.normalize(torch.randn(64, 10, generator=torch.Generator().manual_seed(1)))
    assert nearest.mean() > torch.nn.functional.cosine_similarity(drawn[:, None], X[None], dim=2).max(1).values.mean()
    assert torch.allclose(weights.encoder.weight, 0.2 * weights.decoder.weight)


def test_other_targets_begin_at_the_same_rows():
    shape = DictionaryShape(10, 4, 256, 2)
    y = X[:, :4] * 2
    weights = initial_weights(shape, (X, y), torch.Generator().manual_seed(0), bfloat16=False, encoder_start=0.2)
    assert weights.encoder.weight.shape == (256, 10)
    assert torch.allclose(weights.decoder.weight.norm(dim=1), torch.ones(256))
    read, written = weights.encoder.weight[:, :4], weights.decoder.weight
    assert float(torch.nn.functional.cosine_similarity(read, written).mean()) > 0.2


def test_few_latents_start_again_at_once():
    generator = torch.Generator().manual_seed(0)
    training = DictionaryTraining.start(SHAPES[0], OPTIONS, X, X, generator)
    x = training.scale.inputs(X)
    training.silent.fill_(10**6)
    dead, rows = training._pairs(training.gradients(x, x), generator)
    assert len(dead) == len(rows) == len(set(dead.tolist())) == 500 // 4
