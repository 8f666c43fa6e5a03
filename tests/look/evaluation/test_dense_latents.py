"""What features say: context, classes of words and tokens, on features whose meaning is known, and on noise."""

import torch

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.evaluation.context import persistence, shuffled_in_sequences
from pellucid.look.evaluation.dense_latents import KINDS, Unembedding, measure_dense_latents
from pellucid.look.evaluation.sample import Text, take_sample
from pellucid.look.evaluation.word_meaning import CLASSES, best_class, identity_share, random_classes, word_classes
from pellucid.subjects.models.activations import Activations

ROWS, LENGTH = 40, 64
PLACES = torch.arange(LENGTH).repeat(ROWS)
SEQUENCES = torch.arange(ROWS).repeat_interleave(LENGTH)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def stretches(seed=0):
    """On or off for 16 tokens in a row."""
    return torch.randint(0, 2, (ROWS * LENGTH // 16,), generator=generator(seed)).repeat_interleave(16).float()


def test_a_context_persists_and_what_is_shuffled_does_not():
    noise = torch.rand(ROWS * LENGTH, generator=generator(1))
    follows_position = PLACES.float()
    of_sequence = torch.rand(ROWS, generator=generator(2)).repeat_interleave(LENGTH)
    active = torch.stack([stretches(), noise, follows_position, of_sequence], 1)
    found = persistence(active, SEQUENCES, PLACES)
    assert found[0] > 0.95
    assert found[[1, 2]].abs().max() < 0.1
    within = shuffled_in_sequences(SEQUENCES, generator())
    assert torch.equal(SEQUENCES[within], SEQUENCES)
    assert sorted(within.tolist()) == list(range(len(within)))
    mixed = persistence(active[within], SEQUENCES, PLACES)
    assert mixed[0] < 0.4 < 0.9 < mixed[3]  # how much of a text it is on for is left


WORDS = (" the", " of", " ship", " whale", " Ahab", "ing", "7", ".", "\n", " and", " sea", " it")
IDS = torch.randint(0, len(WORDS), (ROWS * LENGTH,), generator=generator(3))
FITTED = SEQUENCES % 2 == 0


def test_a_class_of_words_is_found_on_tokens_held_out():
    classes = word_classes(WORDS)
    noise = torch.rand(ROWS * LENGTH, 2, generator=generator(4)).double()
    function = classes[IDS, CLASSES.index("function word")].double()
    active = torch.stack([function + noise[:, 0], 1 - function + noise[:, 0], noise[:, 1]], 1)
    areas, which = best_class(active, classes[IDS], FITTED)
    assert [CLASSES[i] for i in which[:2].tolist()] == ["function word"] * 2
    assert areas[:2].min() > 0.9
    assert abs(float(areas[2]) - 0.5) < 0.1


def test_random_classes_are_as_large():
    classes = word_classes(WORDS)
    drawn = random_classes(classes, IDS, generator())
    sizes, others = (one[IDS].float().mean(0) for one in (classes, drawn))
    assert (others <= sizes + 1e-6).all()
    assert float(others[CLASSES.index("function word")]) > 0
    assert not torch.equal(classes, drawn)


def test_the_token_accounts_for_what_it_sets_and_not_for_noise():
    values = torch.rand(len(WORDS), generator=generator(5))
    active = torch.stack([values[IDS], torch.rand(len(IDS), generator=generator(6))], 1)
    share = identity_share(active, IDS, FITTED)
    assert share[0] > 0.999
    assert share[1] < 0.01


def dense_features():
    """Five dimensions that are always on: a context, function words, one word, the token to come, and noise."""
    noise = 0.05 * torch.rand(ROWS * LENGTH, 5, generator=generator(7))
    following = torch.cat([IDS[1:], IDS[:1]]).where(PLACES < LENGTH - 1, torch.tensor(-1))
    classes = word_classes(WORDS).float()
    columns = [
        stretches(), classes[IDS, CLASSES.index("function word")], (IDS == 3).float(),
        classes[following.clamp_min(0), CLASSES.index("content word")], torch.zeros(len(IDS)),
    ]  # fmt: skip
    return torch.stack(columns, 1) + noise + 0.01, Text(IDS, following, WORDS)


def test_each_kind_is_told_and_none_of_what_is_shuffled():
    values, text = dense_features()
    eye = torch.eye(5)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(5), torch.zeros(5), k=5)
    sample = take_sample(dictionary, Activations(values, positions=PLACES))
    words = Unembedding(torch.zeros(len(WORDS), 5), ())
    claims, data = measure_dense_latents(sample, eye, eye, words, None, text, generator())
    kinds = [row["kind"] for row in data["features"]]
    assert kinds[:4] == ["context", "word class", "token", "next word class"]
    assert data["features"][1]["class"] == "function word"
    assert data["features"][3]["next_class"] == "content word"
    assert set(kinds) <= set(KINDS)
    shuffled = {kind for kind, count in data["kinds_shuffled"].items() if count}
    assert shuffled <= {"null space", "principal component", "none of these"}  # what a feature writes is not shuffled
    assert any("shuffled over the tokens" in claim.statement for claim in claims)


def test_what_the_unembedding_does_not_read_is_the_null_space():
    width = 10
    values = torch.rand(ROWS * LENGTH, width, generator=generator(8)) + 0.01
    eye = torch.eye(width)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(width), torch.zeros(width), k=width)
    sample = take_sample(dictionary, Activations(values, positions=PLACES))
    read = torch.diag(torch.cat([torch.zeros(1), torch.ones(width - 1)]))
    rows = measure_dense_latents(sample, eye, eye, Unembedding(read))[1]["features"]
    assert [row["feature"] for row in rows if row["kind"] == "null space"] == [0]
