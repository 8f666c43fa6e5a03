"""Small subjects, by what a method opens, and the settings with which the slower methods are quick on them.

A new method is run with its own defaults on the subject of the type that it opens, and so needs no line here. A line is
for what takes longer than a second or so, or asks for a subject of its own. Types of dictionary share one line.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, get_args

import numpy as np
import torch

from pellucid.artifacts import Dictionary, ReplacementModel
from pellucid.compress import BinaryBins
from pellucid.core import Method
from pellucid.discover import (
    MASS,
    AIPoincare,
    Densities,
    HiddenSymmetries,
    Invariants,
    LieSymmetries,
    NNPhD,
    OptPDE,
    SINDy,
    SpecialCases,
    SpecialSymmetries,
)
from pellucid.discover.integrable.special_densities import SpecialDensities
from pellucid.distill import MIPS, Algebraic, GivenForm, KANFormula, ModularNetwork, Search
from pellucid.distill.formulas.jumps.jumps import Jumps
from pellucid.generate import PoissonFlow
from pellucid.learn import CheckpointComplexity, ScalingFit
from pellucid.look import (
    AttributionPatching,
    CircleProbe,
    CircuitDiscovery,
    Crosscoder,
    DictionaryAtSite,
    DictionaryEvaluation,
    FeatureGroups,
    FeatureLabels,
    FeatureSteering,
    FeatureStep,
    FeatureSurvey,
    HarmonicProbe,
    HeadPatching,
    HelixProbe,
    Intermediate,
    LayerTranscoders,
    LogisticProbe,
    LowRankAdaptation,
    ModelDiffing,
    ModelPair,
    MultinomialProbe,
    NearestMeans,
    ReplacedPrompt,
    RidgeProbe,
    ScoredTexts,
    SeenFeatures,
    SkillPruning,
    SparseProbe,
    SteeredModel,
    Steering,
    Transcoder,
    TurningPlanes,
)
from pellucid.look.dictionaries.activation_pairs import ActivationPairs
from pellucid.look.dictionaries.dictionary_method import DictionaryMethod
from pellucid.oversee import OversightLaw
from pellucid.subjects import (
    Activations,
    Alphabet,
    Behaviour,
    BlackBox,
    Checkpoints,
    Coded,
    Contrast,
    Corpus,
    Curve,
    Dynamics,
    Evolution,
    FieldGrid,
    FiniteFunction,
    Games,
    Joint,
    Labelled,
    LabelledSets,
    LanguageModel,
    MixedTable,
    Modelled,
    Motion,
    Motions,
    Operation,
    PdeFamily,
    ReactionNetwork,
    Responses,
    Samples,
    ScalingRuns,
    Sequences,
    Signals,
    Site,
    Skill,
    SkillCurves,
    Skills,
    TrainingRun,
    TrainingRuns,
    Trajectories,
)
from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.equations.discrete_map import DiscreteMap
from pellucid.subjects.equations.field_equations import FieldEquations
from pellucid.subjects.python.python_program import PythonProgram
from pellucid.subjects.worlds.world_model import WorldModel


def parity():
    bits = np.random.default_rng(0).integers(0, 2, (3000, 6, 1))
    return Sequences(bits, bits.cumsum(1) % 2)


def parity_box():
    return BlackBox(lambda inputs: inputs.cumsum(1) % 2, Alphabet((0,), (1,)), horizon=8)


def product():
    X = np.random.default_rng(0).uniform(1, 3, (120, 2))
    return Samples(X, 2 * X[:, 0] * X[:, 1] ** 2, ("m", "v"), "E")


def staircase():
    x = np.random.default_rng(0).uniform(0, 9, 40)
    y: Any = 2.0 + 3 * (x >= 4)
    return Samples(x, y, ("x",))


def spring():
    return Dynamics.parse("x' = v; v' = -k*x", parameters="k")


def korteweg_de_vries():
    return Evolution.parse("u_t = 6*u*u_x - u_xxx")


def spring_motion():
    x, v = np.random.default_rng(0).uniform(-1, 1, (2, 120, 1))
    return Motion(x, v, -x - 0.2 * v)


def oversight_games():
    elo = np.linspace(1000, 1300, 6)
    chance = 1 / (1 + 10 ** ((elo[None] - elo[:, None]) / 400))
    return Games(tuple("abcdef"), tuple("ghijkl"), (30 * chance).round(), np.full((6, 6), 30), elo, elo)


def risk():
    score = np.random.default_rng(0).uniform(0, 1, 90)
    ill: Any = score + np.random.default_rng(1).normal(0, 0.2, 90) > 0.6
    return Samples(score, ill, ("score",), "ill")


SMOOTHING = import_module("pellucid.generate").SmoothingPDE


def mixed_table():
    g = np.random.default_rng(0)
    return MixedTable.from_columns({"x": g.normal(size=80), "n": g.poisson(9, 80), "c": list("abcd") * 20})


def two_papers():
    said = ("the rain falls on the hills", "the snow lies in the fields")
    return Corpus(said * 20, ("north", "south") * 20)


def messages():
    bits = np.random.default_rng(0).integers(0, 2, (200, 2)).tolist()
    return Signals(tuple("ab"[m ^ k] for m, k in bits), tuple(str(m) for m, _ in bits), tuple(str(k) for _, k in bits))


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


def seen_features():
    return SeenFeatures.of(FeatureSurvey(effect_sequences=1, exact_effects=0).explain(dictionary_at_site()))


def successor():
    return FiniteFunction(np.arange(7)[:, None], (np.arange(7) + 1) % 7, ("n",))


def labelled(seed=0):
    x: Any = np.random.default_rng(seed).normal(size=(60, 4))
    y: Any = np.arange(60) % 2
    x[:, 1] += 4 * y
    yes = Behaviour(lambda values, rows: np.stack([0 * values[:, 0], values[:, 1]], 1), ("no", "yes"))
    codes = np.maximum(x, 0)
    return Labelled(x, y, names=("false", "true"), codes=codes, behaviour=yes)


def three_classes():
    x: Any = np.random.default_rng(0).normal(size=(60, 4))
    y: Any = np.arange(60) % 3
    x[np.arange(60), y] += 5
    return Labelled(x, y, names=("a", "b", "c"))


def numbers():
    a = np.arange(40.0)
    t = 2 * np.pi * a / 10
    return Labelled(np.stack([a / 40, np.cos(t), np.sin(t)], 1), a, names=("number",))


def days():
    t = 2 * np.pi * np.arange(35) / 7
    y: Any = np.arange(35) % 7
    return Labelled(np.stack([np.cos(t), np.sin(t), 0 * t], 1), y, names=tuple("abcdefg"))


def coded():
    t = np.random.default_rng(0).uniform(0, 2 * np.pi, 300)
    corners = np.pi / 2 * np.arange(4)
    fires = np.maximum(0, np.cos(t[:, None] - corners))
    decoder: Any = np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1)
    return Coded(fires, np.tile(np.arange(4), (300, 1)), decoder)


def activations(targets=False):
    values = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    return Activations(values, targets=values[:, :4].relu()) if targets else Activations(values)


TINY: Any = {"width": 32, "k": 2, "steps": 20, "batch_size": 64}


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


class Letters:
    """A tokenizer of twenty letters."""

    bos_token_id = eos_token_id = None

    def __call__(self, texts, **given):
        return {"input_ids": [[ord(letter) % 20 for letter in text] for text in texts]}

    def batch_decode(self, ids):
        return [chr(97 + i[0]) for i in ids]


class NamedStack(Stack):
    def forward(self, input_ids):
        return super().forward(input_ids)


def scored_texts():
    numbers = np.random.default_rng(0)
    strongest, alarm = numbers.exponential(size=(120, 4)), np.arange(120) % 3 == 0
    return ScoredTexts(strongest, alarm, tuple(map(str, range(120))), numbers.integers(3, 9, 120))


def model_pair():
    first = torch.randn(800, 8, generator=torch.Generator().manual_seed(0))
    return ModelPair(first, first + torch.eye(8)[0] * (first[:, :1] > 1), torch.arange(800) // 20)


def small_model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LanguageModel(NamedStack().eval().requires_grad_(False), Letters(), "small")


def steered_model():
    eye = torch.cat([torch.eye(8), -torch.eye(8)])
    dictionary = Dictionary("TopK", eye.T, eye, torch.zeros(16), torch.zeros(8), k=3)
    return SteeredModel(small_model(), dictionary, "blocks.1", ("a text",), (FeatureStep(3, 4.0),))


def replaced_prompt():
    generator = torch.Generator().manual_seed(0)
    one = Dictionary(
        "Transcoder", torch.randn(8, 24, generator=generator), torch.randn(24, 8, generator=generator), torch.zeros(24),
        torch.zeros(8), k=3,
    )  # fmt: skip
    reads, writes = (tuple(f"blocks.{layer}.{name}" for layer in range(3)) for name in ("norm2", "mlp"))
    return ReplacedPrompt(small_model(), ReplacementModel((one,) * 3, reads, writes, (0.5,) * 3), "a text")


def dictionary_in_a_model():
    tokens = torch.arange(240).reshape(12, 20) * 7 % 20
    return DictionaryAtSite(steered_model().dictionary, Site(small_model(), "blocks.1", tokens))


def site():
    return Site(stack(), "blocks.0", torch.arange(24).reshape(4, 6) % 20)


def pairs():
    clean = torch.arange(24).reshape(4, 6) % 20
    corrupted = clean.clone()
    corrupted[:, 2] = (corrupted[:, 2] + 5) % 20
    return Contrast(stack(), clean, corrupted, torch.tensor([1, 2, 3, 4]), torch.tensor([5, 6, 7, 8]))


def additions():
    a, b, c = np.ogrid[:7, :7, :7]
    logits: Any = sum(np.cos(2 * np.pi * f * (a + b - c) / 7) for f in (1, 3))
    return Operation(logits)


def cancelled_noise():
    z, noise = np.random.default_rng(0).normal(size=(2, 200))
    samples = Samples(np.stack([z + noise, noise], 1), z, ("x1", "x2"))
    return Modelled(samples, lambda X: X[:, 0] - X[:, 1], np.ones(200, bool))


def two_targets():
    X = np.random.default_rng(0).uniform(1, 3, (80, 2))
    return Responses(X, np.stack([2 * X[:, 0], X[:, 1] ** 2], 1))


def two_skills():
    rows = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))
    skills = [Skill(name, rows, rows[:, i].long(), whole=True) for i, name in enumerate("ab")]
    return Skills(net, skills[0], skills[1:])


def oscillators():
    return Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b")


def heat():
    t, x = np.linspace(0, 2, 50), np.linspace(0, 9, 60)
    return FieldGrid(t, x, [sum(np.exp(-k * k * t[:, None]) * np.cos(k * x + k) for k in (0.5, 1.0, 1.6))])


def up():
    return DafnyProgram("method Up(n: nat) returns (i: nat) ensures i == n { i := 0; while i < n { i := i + 1; } }")


def dispersive():
    return Evolution.parse("u_t = u_xxx + a*u*u_x + b*u_xx", "a, b")


def scaling_runs():
    n, d = (grid.ravel() for grid in np.meshgrid([1e6, 1e7, 1e8, 1e9], [1e8, 1e9, 1e10, 1e11]))
    noise = np.random.default_rng(0).normal(0, 0.003, 16)
    return ScalingRuns(np.stack([n, d], 1), (2 + 90 * n**-0.3 + 900 * d**-0.4) * np.exp(noise))


def grokking():
    steps = np.arange(0.0, 2000.0, 50.0)
    test = np.where(steps < 1200, 0.1, 0.97)
    return TrainingRun(Curve(steps, np.minimum(1, 0.1 + steps / 200)), Curve(steps, test), chance=0.1)


def checkpoints():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
        x = torch.randn(40, 3)
    return Checkpoints(module, (0, 5), (module.state_dict, module.state_dict), x, (x[:, 0] > 0).long())


def skills():
    p, steps = np.array([0.6, 0.3, 0.1]), np.arange(30.0)
    noise = np.random.default_rng(0).normal(0, 0.002, (30, 3))
    return SkillCurves(steps, np.maximum(np.exp(-p * steps[:, None] / 4) + noise, 0), frequencies=p)


def slippery():
    rows = {"a": {"go": {"b": 0.9, "bad": 0.1}, "wait": {"a": 1}}, "b": {"a": "1/3", "good": "2/3"}}
    return WorldModel.from_dict({"start": "a", "transitions": rows})


SMALL: dict[Any, Callable[[], Any]] = {
    ActivationPairs: activations,
    BlackBox: parity_box,
    Checkpoints: checkpoints,
    Coded: coded,
    Contrast: pairs,
    Corpus: two_papers,
    DafnyProgram: up,
    PythonProgram: lambda: PythonProgram("def f(n: int) -> int:\n  # ensures: result > n\n  return n + 1"),
    DiscreteMap: lambda: DiscreteMap.parse("x[n+1] = 2x[n] + y[n]; y[n+1] = x[n] + y[n]"),
    DictionaryAtSite: dictionary_at_site,
    Dynamics: spring,
    Evolution: korteweg_de_vries,
    FieldEquations: lambda: FieldEquations.parse("u_t + u_x + u u_x = u_xxt"),
    FieldGrid: heat,
    Games: oversight_games,
    Joint: lambda: Joint(((30, 2), (25, 3), (4, 40), (9, 11))),
    FiniteFunction: successor,
    Labelled: labelled,
    LabelledSets: lambda: LabelledSets({"a": labelled(), "b": labelled(1)}),
    MixedTable: mixed_table,
    ModelPair: model_pair,
    Modelled: cancelled_noise,
    Motion: spring_motion,
    Motions: lambda: Motions((spring_motion(),)),
    Operation: additions,
    PdeFamily: lambda: PdeFamily.parse("u_xxx, u*u_x, u_x**3"),
    ReactionNetwork: lambda: ReactionNetwork.from_text("E + S <-> C; C -> E + P"),
    Responses: two_targets,
    Samples: product,
    ScalingRuns: scaling_runs,
    ScoredTexts: scored_texts,
    SeenFeatures: seen_features,
    Sequences: parity,
    Site: site,
    SkillCurves: skills,
    Skills: two_skills,
    ReplacedPrompt: replaced_prompt,
    SteeredModel: steered_model,
    TrainingRun: grokking,
    TrainingRuns: lambda: TrainingRuns((grokking(),) * 3, [[0.1], [0.2], [0.4]], ("decay",)),
    Trajectories: springs,
    Signals: messages,
    WorldModel: slippery,
}
"""A small subject of each type."""

OWN: dict[type[Method[Any, Any]], tuple[Method[Any, Any], Callable[[], Any] | None]] = {
    AIPoincare: (AIPoincare(degree=2, steps=20), None),
    AttributionPatching: (AttributionPatching(checked=6), None),
    BinaryBins: (BinaryBins(), risk),
    CheckpointComplexity: (CheckpointComplexity(samples=6, draws=10, warm=10), None),
    CircleProbe: (CircleProbe(orders=10), days),
    CircuitDiscovery: (CircuitDiscovery(steps=1, drawn=2, checked=4), None),
    Crosscoder: (Crosscoder(**TINY), lambda: activations(targets=True)),
    Densities: (Densities(order=1, degree=3), None),
    DictionaryEvaluation: (DictionaryEvaluation(sequences=4), None),
    FeatureGroups: (FeatureGroups(smallest=2, shown=1), None),
    FeatureLabels: (FeatureLabels(length=8), None),
    FeatureSteering: (FeatureSteering(features=3), dictionary_in_a_model),
    FeatureSurvey: (FeatureSurvey(effect_sequences=4), None),
    GivenForm: (GivenForm("c*m^a*v^b"), None),
    HeadPatching: (HeadPatching(heads=2), None),
    LayerTranscoders: (
        LayerTranscoders(Transcoder(width=24, k=2, steps=5, batch_size=8), judged=2),
        lambda: Site(stack(), "blocks.0", torch.arange(96).reshape(16, 6) * 7 % 20),
    ),
    HarmonicProbe: (HarmonicProbe(steps=20), None),
    HelixProbe: (HelixProbe(periods=(10.0,)), numbers),
    TurningPlanes: (TurningPlanes(shuffles=20, significance=0.05), numbers),
    HiddenSymmetries: (
        HiddenSymmetries(steps=5, polish=0, points=32, width=8),
        lambda: Dynamics.parse("x' = exp(-x)"),
    ),
    Intermediate: (Intermediate(), numbers),
    Invariants: (Invariants(degree=2), None),
    Jumps: (Jumps(), staircase),
    KANFormula: (KANFormula(restarts=2, refits=2), None),
    LieSymmetries: (LieSymmetries(), korteweg_de_vries),
    LogisticProbe: (LogisticProbe(penalties=(0.03,)), None),
    LowRankAdaptation: (LowRankAdaptation(rank=1, steps=3, judged=4), None),
    MASS: (MASS(seeds=2, steps=3, width=4), None),
    MIPS: (MIPS(budget_seconds=20), None),
    ModelDiffing: (ModelDiffing(width=32, k=2, steps=20, batch_size=64), None),
    ModularNetwork: (ModularNetwork((4,), Algebraic(), 1, 60), None),
    MultinomialProbe: (MultinomialProbe(penalties=(0.03,)), three_classes),
    NearestMeans: (NearestMeans(), three_classes),
    NNPhD: (NNPhD(steps=20, width=8), None),
    OptPDE: (OptPDE(order=1, degree=3, starts=8, steps=20, terms=2), None),
    OversightLaw: (OversightLaw(draws=10, max_levels=4), None),
    PoissonFlow: (PoissonFlow(training_steps=50, hidden=16), None),
    RidgeProbe: (RidgeProbe(), numbers),
    SMOOTHING: (SMOOTHING(), lambda: FieldEquations.parse("u_t = u_xx")),
    SINDy: (SINDy(degree=2), None),
    SkillPruning: (SkillPruning(steps=60, refit=20, random=1, relearn=20), None),
    ScalingFit: (ScalingFit(starts=10, bootstraps=10, backtests=2), None),
    Search: (Search(rounds=1), None),
    SparseProbe: (SparseProbe(counts=(1, 2), penalties=(0.03,)), None),
    SpecialDensities: (SpecialDensities(), dispersive),
    Steering: (Steering(tokens=3), None),
    SpecialCases: (SpecialCases(degree=2), oscillators),
    SpecialSymmetries: (SpecialSymmetries(degree=1), dispersive),
    Transcoder: (Transcoder(**TINY), lambda: activations(targets=True)),
}
"""Quick settings, and a subject where the small one of the type will not do."""


def trial_of(kind: type[Method[Any, Any]]) -> tuple[Method[Any, Any], Callable[[], Any]]:
    """The method with quick settings, and what makes a subject for it."""
    quick = kind(**TINY) if issubclass(kind, DictionaryMethod) else kind()
    method, subject = OWN.get(kind, (quick, None))
    opened = next((one for one in get_args(kind.opens) or (kind.opens,) if one in SMALL), None)
    if subject is None and opened is None:
        raise ValueError(f"there is no small subject of {kind.opens}, which {kind.__name__} opens; add one to SMALL")
    return method, subject or SMALL[opened]
