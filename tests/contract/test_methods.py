"""Every method of every family against the rules of the house.

A new method needs a subject below, and nothing else; a new type of dictionary not even that.
"""

import contextlib
import dataclasses
import importlib
import inspect
import io
import pickle
import pkgutil
import random

import numpy as np
import pytest
import torch

import pellucid
from pellucid.artifacts import Dictionary
from pellucid.core import Artifact, Finding, Measured, Method, Tested, import_all, load_finding
from pellucid.discover import (
    MASS,
    AIPhysicist,
    AIPoincare,
    Densities,
    HiddenSymmetries,
    Invariants,
    LieSymmetries,
    NNPhD,
    OptPDE,
    SINDy,
    SpecialCases,
)
from pellucid.distill import MIPS, ActiveAutomaton, Algebraic, GivenForm, KANFormula, Search
from pellucid.look import (
    AttributionPatching,
    CircleProbe,
    Crosscoder,
    DictionaryAtSite,
    DictionaryEvaluation,
    DifferenceOfMeans,
    FeatureGroups,
    FeatureSurvey,
    HelixProbe,
    Intermediate,
    LayerDeletion,
    LayerStages,
    LayerSwap,
    LogisticProbe,
    LowRankAdaptation,
    MultinomialProbe,
    NearestMeans,
    ProbeTransfer,
    RidgeProbe,
    SparseProbe,
    Transcoder,
)
from pellucid.look.dictionaries.dictionary_method import DictionaryMethod
from pellucid.subjects import (
    Activations,
    Alphabet,
    Behaviour,
    BlackBox,
    Coded,
    Contrast,
    Dynamics,
    Evolution,
    Labelled,
    LabelledSets,
    Motion,
    Motions,
    PdeFamily,
    Samples,
    Sequences,
    Site,
    Trajectories,
)

FAMILIES = ("distill", "discover", "look", "learn", "generate", "oversee")


def parity():
    bits = np.random.default_rng(0).integers(0, 2, (3000, 6, 1))
    return Sequences(bits, bits.cumsum(1) % 2)


def parity_box():
    return BlackBox(lambda inputs: inputs.cumsum(1) % 2, Alphabet((0,), (1,)), horizon=8)


def product():
    X = np.random.default_rng(0).uniform(1, 3, (120, 2))
    return Samples(X, 2 * X[:, 0] * X[:, 1] ** 2, ("m", "v"), "E")


def spring():
    return Dynamics.parse("x' = v; v' = -k*x", parameters="k")


def korteweg_de_vries():
    return Evolution.parse("u_t = 6*u*u_x - u_xxx")


def spring_motion():
    x, v = np.random.default_rng(0).uniform(-1, 1, (2, 120, 1))
    return Motion(x, v, -x - 0.2 * v)


def springs():
    t = np.linspace(0, 13, 80)
    states = [np.stack([r * np.cos(t + r), -r * np.sin(t + r)], 1) for r in (0.5, 1.0, 1.5, 2.0, 2.5)]
    return Trajectories(t, states, ("x", "v"))


def dictionary_at_site():
    eye = torch.cat([torch.eye(8), -torch.eye(8)])
    with torch.random.fork_rng():  # modules draw their first weights from the global state
        net = torch.nn.Sequential(torch.nn.Embedding(12, 8), torch.nn.Linear(8, 12))
    for number, weight in enumerate(net.parameters()):
        weight.data = torch.randn(weight.shape, generator=torch.Generator().manual_seed(number))
    tokens = torch.arange(400).reshape(20, 20) * 7 % 12
    return DictionaryAtSite(
        Dictionary("TopK", eye.T, eye, torch.zeros(16), torch.zeros(8), k=3), Site(net, "0", tokens)
    )


def labelled(seed=0):
    x, y = np.random.default_rng(seed).normal(size=(60, 4)), np.arange(60) % 2
    x[:, 1] += 4 * y
    yes = Behaviour(lambda values, rows: np.stack([0 * values[:, 0], values[:, 1]], 1), ("no", "yes"))
    codes = np.maximum(x, 0)
    return Labelled(x, y, names=("false", "true"), codes=codes, behaviour=yes)


def three_classes():
    x, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3
    x[np.arange(60), y] += 5
    return Labelled(x, y, names=("a", "b", "c"))


def numbers():
    a = np.arange(40.0)
    t = 2 * np.pi * a / 10
    return Labelled(np.stack([a / 40, np.cos(t), np.sin(t)], 1), a, names=("number",))


def days():
    t = 2 * np.pi * np.arange(35) / 7
    return Labelled(np.stack([np.cos(t), np.sin(t), 0 * t], 1), np.arange(35) % 7, names=tuple("abcdefg"))


def coded():
    t = np.random.default_rng(0).uniform(0, 2 * np.pi, 300)
    corners = np.pi / 2 * np.arange(4)
    fires = np.maximum(0, np.cos(t[:, None] - corners))
    decoder = np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1)
    return Coded(fires, np.tile(np.arange(4), (300, 1)), decoder)


def activations(targets=False):
    values = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    return Activations(values, targets=values[:, :4].relu()) if targets else Activations(values)


TINY = {"width": 32, "k": 2, "steps": 20, "batch_size": 64}


class Block(torch.nn.Module):
    """A layer that reads the stream through norms, as transformers do."""

    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.mix, self.mlp = torch.nn.Linear(width, width), torch.nn.Linear(width, width)

    def forward(self, x):
        x = x + self.mix(self.norm1(x).cumsum(1))
        return x + self.mlp(self.norm2(x))


class Stack(torch.nn.Module):
    def __init__(self, vocabulary=20, width=8):
        super().__init__()
        self.table = torch.nn.Embedding(vocabulary, width)
        self.blocks = torch.nn.ModuleList(Block(width) for _ in range(3))
        self.final_norm = torch.nn.LayerNorm(width)
        self.head = torch.nn.Linear(width, vocabulary)

    def forward(self, ids):
        x = self.table(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(self.final_norm(x))


def stack():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Stack().eval().requires_grad_(False)


def site():
    return Site(stack(), "blocks.0", torch.arange(24).reshape(4, 6) % 20)


def pairs():
    clean = torch.arange(24).reshape(4, 6) % 20
    corrupted = clean.clone()
    corrupted[:, 2] = (corrupted[:, 2] + 5) % 20
    return Contrast(stack(), clean, corrupted, torch.tensor([1, 2, 3, 4]), torch.tensor([5, 6, 7, 8]))


SUBJECTS = {
    "LayerDeletion": (LayerDeletion(), site),
    "LayerSwap": (LayerSwap(), site),
    "LayerStages": (LayerStages(), site),
    "AttributionPatching": (AttributionPatching(checked=6), pairs),
    "DifferenceOfMeans": (DifferenceOfMeans(), labelled),
    "LogisticProbe": (LogisticProbe(penalties=(0.03,)), labelled),
    "RidgeProbe": (RidgeProbe(), numbers),
    "SparseProbe": (SparseProbe(counts=(1, 2), penalties=(0.03,)), labelled),
    "MultinomialProbe": (MultinomialProbe(penalties=(0.03,)), three_classes),
    "NearestMeans": (NearestMeans(), three_classes),
    "ProbeTransfer": (ProbeTransfer(), lambda: LabelledSets({"a": labelled(), "b": labelled(1)})),
    "CircleProbe": (CircleProbe(orders=10), days),
    "HelixProbe": (HelixProbe(periods=(10.0,)), numbers),
    "Intermediate": (Intermediate(), numbers),
    "FeatureGroups": (FeatureGroups(smallest=2, shown=1), coded),
    "Transcoder": (Transcoder(**TINY), lambda: activations(targets=True)),
    "Crosscoder": (Crosscoder(**TINY), lambda: activations(targets=True)),
    "DictionaryEvaluation": (DictionaryEvaluation(sequences=4), dictionary_at_site),
    "FeatureSurvey": (FeatureSurvey(effect_sequences=4), dictionary_at_site),
    "LowRankAdaptation": (LowRankAdaptation(rank=1, steps=3, judged=4), dictionary_at_site),
    "SpecialCases": (
        SpecialCases(degree=2),
        lambda: Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b"),
    ),
    "SINDy": (SINDy(degree=2), springs),
    "AIPoincare": (AIPoincare(degree=2, steps=20), springs),
    "MASS": (MASS(seeds=2, steps=3, width=4), lambda: Motions((spring_motion(),))),
    "NNPhD": (NNPhD(steps=20, width=8), spring_motion),
    "AIPhysicist": (AIPhysicist(), spring_motion),
    "MIPS": (MIPS(budget_seconds=20), parity),
    "ActiveAutomaton": (ActiveAutomaton(), parity_box),
    "Algebraic": (Algebraic(), product),
    "GivenForm": (GivenForm("c*m^a*v^b"), product),
    "KANFormula": (KANFormula(restarts=2, refits=2), product),
    "Search": (Search(rounds=1), product),
    "Invariants": (Invariants(degree=2), spring),
    "LieSymmetries": (LieSymmetries(), korteweg_de_vries),
    "HiddenSymmetries": (
        HiddenSymmetries(steps=5, polish=0, points=32, width=8),
        lambda: Dynamics.parse("x' = exp(-x)"),
    ),
    "OptPDE": (
        OptPDE(order=1, degree=3, starts=8, steps=20, terms=2),
        lambda: PdeFamily.parse("u_xxx, u*u_x, u_x**3"),
    ),
    "Densities": (Densities(order=1, degree=3), korteweg_de_vries),
}


def dictionary_methods(base=DictionaryMethod):
    """Every type of dictionary: whatever file of the room defines one."""
    import_all("pellucid.look.dictionaries")
    found = {kind.__name__: kind for one in base.__subclasses__() for kind in dictionary_methods(one).values()}
    return found or {base.__name__: base}


SUBJECTS |= {name: (kind(**TINY), activations) for name, kind in dictionary_methods().items() if name not in SUBJECTS}


def all_methods():
    found = dictionary_methods()
    for module in pkgutil.iter_modules(pellucid.__path__):
        if module.name in FAMILIES:
            family = importlib.import_module(f"pellucid.{module.name}")
            members = (getattr(family, name) for name in family.__all__)
            found |= {m.__name__: m for m in members if isinstance(m, type) and issubclass(m, Method)}
    return found


METHODS = all_methods()


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """Each method's finding, and what running it did to the world outside."""
    made = {}
    for name, (method, subject) in SUBJECTS.items():
        folder = tmp_path_factory.mktemp(name)
        before = (pickle.dumps(random.getstate()), pickle.dumps(np.random.get_state()), torch.get_rng_state().tolist())
        output = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            finding = method.explain(subject(), 1)
        after = (pickle.dumps(random.getstate()), pickle.dumps(np.random.get_state()), torch.get_rng_state().tolist())
        made[name] = (finding, before == after, output.getvalue(), list(folder.iterdir()))
    return made


def test_every_method_has_a_subject():
    assert set(METHODS) == set(SUBJECTS)


@pytest.mark.parametrize("name", METHODS)
class TestMethod:
    def test_is_a_frozen_dataclass_with_defaults(self, name):
        kind = METHODS[name]
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert kind() == kind()  # every field has a default

    def test_leaves_the_way_in_to_its_base(self, name):
        assert METHODS[name].explain is Method.explain
        assert METHODS[name].opens is not object

    def test_says_what_it_does(self, name):
        text = inspect.getdoc(METHODS[name]) or ""
        assert text.splitlines()[0].endswith(".")
        assert ">>>" in text
        source = inspect.getdoc(inspect.getmodule(METHODS[name]))
        assert source
        assert "arXiv" in source

    def test_returns_an_artifact_with_claims(self, name, findings):
        finding = findings[name][0]
        assert isinstance(finding, Finding)
        assert isinstance(finding.artifact, Artifact)
        assert finding.artifact.describe()
        assert any(isinstance(claim, Tested | Measured) for claim in finding.claims)

    def test_is_pure(self, name, findings):
        _, same_random_state, printed, files = findings[name]
        assert same_random_state
        assert printed == ""
        assert files == []

    def test_same_seed_same_finding(self, name, findings):
        method, subject = SUBJECTS[name]
        again = method.explain(subject(), 1)
        first = findings[name][0]
        assert again.artifact == first.artifact
        assert again.claims == first.claims
        assert again.provenance == first.provenance

    def test_survives_saving(self, name, findings, tmp_path):
        finding = findings[name][0]
        finding.save(tmp_path / "out")
        loaded = load_finding(tmp_path / "out")
        assert loaded.artifact == finding.artifact
        assert loaded.claims == finding.claims
        assert set(loaded.parts) == set(finding.parts)
        written = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
        assert all(p.suffix in (".json", ".safetensors", ".py", ".smt2", ".dfy") for p in written)

    def test_settings_are_in_the_provenance(self, name, findings):
        method, _ = SUBJECTS[name]
        provenance = findings[name][0].provenance
        assert set(provenance.settings) == {f.name for f in dataclasses.fields(method)}
        assert provenance.seed == 1
        assert len(provenance.subject) == 64
