"""The Tomita benchmark: seven regular languages, networks trained on them, and the automaton read back from each.

    python benchmarks/languages.py           all of it; writes papers/tomita.toml
    python benchmarks/languages.py --quick   two languages, one network each, in half a minute

For each network, in the same run: MIPS (which sees hidden states), ActiveAutomaton (which only asks, never beyond the
trained length), and AALpy's L* and KV (which only ask, at any length; `pip install pellucid[bench]`). "proved" is
equality with the language's definition for words of all lengths. Networks: ours (the smallest ReLU network found),
torch's GRU and LSTM, and a small causal transformer that went through torch.export; each trained from scratch on
8,000 labelled words of 1 to 15 symbols.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.artifacts import Automaton, Program
from pellucid.core import Measured
from pellucid.datasets import SequenceTask, minimal_automaton, sample_varying, tomita_grammar
from pellucid.distill import MIPS, ActiveAutomaton, NothingFound
from pellucid.distill.programs.opened_network import recurrence_of
from pellucid.nets import smallest_network
from pellucid.prove import prove_equivalent
from pellucid.run import ProgressBars
from pellucid.run.sweep import sweep
from pellucid.run.threads import one_thread
from pellucid.subjects import BlackBox, Recurrence, Sequences, module_black_box, read_recurrence

PAPER = Path(__file__).parent.parent / "papers" / "tomita.toml"
SEQUENCES = 8_000
CONTEXT = 64
"""Positions that the transformer has; those beyond the trained length hold what they were drawn with."""
OTHERS = {"GRU": (1, 2, 3, 4, 5, 6, 7), "LSTM": (3, 5, 7), "transformer": (2, 4, 7)}
MOST_STEPS = 40_000
PROOF_SECONDS = 20.0

Way = Callable[[], tuple[Program | None, str, str]]
"""A method applied to a network: the program if one is found, how many queries were asked, the longest of them."""


@dataclass(frozen=True)
class Row:
    """What one method made of one network."""

    grammar: int
    network: str
    network_wrong: float
    network_seconds: float
    method: str
    states: str
    minimal: int
    proved: str
    queries: str
    longest: str
    seconds: float

    @property
    def solved(self) -> bool:
        """Whether it is the language's minimal automaton."""
        return self.proved == "Proved" and self.states == str(self.minimal)


@dataclass(frozen=True)
class Trained:
    """A network in the forms in which it is opened."""

    name: str
    recurrence: Recurrence | None
    box: BlackBox
    start: Callable[[], Callable[[int], int]]
    """Begin a word: a function that reads a symbol and gives the output."""


class Tagger(nn.Module):
    """GRU or LSTM over one-hot symbols, with a linear head."""

    def __init__(self, kind: str, hidden: int = 16) -> None:
        super().__init__()
        self.core = {"GRU": nn.GRU, "LSTM": nn.LSTM}[kind](2, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.core(nn.functional.one_hot(tokens, 2).float())[0])


class Transformer(nn.Module):
    """Two causal layers over token and position embeddings."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.token = nn.Embedding(2, width)
        self.position = nn.Parameter(0.1 * torch.randn(CONTEXT, width))
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.core = nn.TransformerEncoder(layer, 2, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, 1)

    def forward(self, tokens: Tensor) -> Tensor:
        steps = torch.arange(tokens.shape[1])
        x = self.token(tokens) + self.position[: tokens.shape[1]]
        return self.head(self.core(x, mask=steps[None] > steps[:, None], is_causal=True))


def fitted(module: nn.Module, data: Sequences, steps: int, seed: int) -> nn.Module:
    """`module` trained on the labelled steps of the data by Adam, the learning rate falling along a cosine."""
    tokens = torch.as_tensor(data.inputs[:, :, 0])
    labels, mask = torch.as_tensor(data.outputs).float(), torch.as_tensor(data.mask)
    draw = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(module.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        rows = torch.randint(len(tokens), (128,), generator=draw)
        loss = nn.functional.binary_cross_entropy_with_logits(
            module(tokens[rows])[mask[rows]], labels[rows][mask[rows]]
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return module.eval()


def trained(kind: str, task: SequenceTask, seed: int, budget: float) -> Trained:
    """A network of that kind, trained from scratch on random words of the language and others."""
    data = sample_varying(task, SEQUENCES, seed)
    torch.manual_seed(seed)
    if kind == "transformer":
        module = fitted(Transformer(), data, 1500, seed)
        batch, steps = torch.export.Dim("batch"), torch.export.Dim("steps", max=CONTEXT)
        shapes = {"tokens": {0: batch, 1: steps}}
        program = torch.export.export(module, (torch.zeros(2, 4, dtype=torch.long),), dynamic_shapes=shapes)
        ask = program.module()
        box = module_black_box(ask, task.alphabet, task.length, "threshold", source="an exported transformer")
        return Trained(kind, None, box, lambda: _by_prefix(ask))
    if kind == "ours":
        assert data.mask is not None
        searched = smallest_network(data.inputs, data.outputs, mask=data.mask, seed=seed, budget_seconds=budget)
        recurrence = recurrence_of(searched.network, task.alphabet, task.length)
        name = f"ReLU {searched.shape.hidden_size}x{searched.shape.update_width}"
    else:
        module = fitted(Tagger(kind), data, 1200, seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.pt"
            torch.save(module.state_dict(), path)
            options: dict[str, Any] = {"encoding": "one-hot", "decoding": "threshold", "horizon": task.length}
            recurrence = read_recurrence(path, alphabet=task.alphabet, **options)
        name = f"{kind} 16"
    box = BlackBox(recurrence.run, task.alphabet, task.length, kind, strict=False)
    return Trained(name, recurrence, box, lambda: _by_step(recurrence))


def _by_prefix(module: Any) -> Callable[[int], int]:
    word: list[int] = []

    def read(symbol: int) -> int:
        word.append(symbol)
        padded = torch.tensor([[*word, 0], [*word, 0]])  # exported for at least two words of two symbols
        with torch.no_grad():
            return int(module(padded)[0, len(word) - 1, 0] > 0)

    return read


def _by_step(recurrence: Recurrence) -> Callable[[int], int]:
    state = recurrence.start(1)

    def read(symbol: int) -> int:
        nonlocal state
        state, output = recurrence.advance(state, recurrence.alphabet.values[[symbol]])
        return int(output[0, 0])

    return read


def by_mips(network: Trained, seed: int) -> tuple[Program | None, str, str]:
    """From hidden states: program, queries, longest query."""
    assert network.recurrence is not None
    try:
        return MIPS().explain(network.recurrence, seed).artifact, "states", str(network.recurrence.horizon)
    except NothingFound:
        return None, "states", "-"


def by_asking(network: Trained, seed: int) -> tuple[Program | None, str, str]:
    """From queries within the horizon."""
    try:
        finding = ActiveAutomaton().explain(network.box, seed)
    except NothingFound:
        return None, "-", "-"
    learnt, asked = (claim.value for claim in finding.claims[:2] if isinstance(claim, Measured))
    return finding.artifact, f"{learnt:.0f} / {asked:.0f}", str(network.box.horizon)


class _TooLong(Exception):
    """AALpy asked for more steps than it was given."""


def by_aalpy(network: Trained, seed: int, algorithm: str, task: SequenceTask) -> tuple[Program | None, str, str]:
    """AALpy's L* or KV for Mealy machines, with counterexamples sought among 1,000 random words of trained lengths."""
    from aalpy.base import SUL
    from aalpy.learning_algs import run_KV, run_Lstar
    from aalpy.oracles import RandomWordEqOracle

    class Asked(SUL):
        longest = length = total = 0

        def pre(self) -> None:
            self.read, self.length = network.start(), 0

        def post(self) -> None:
            pass

        def step(self, letter: int) -> int:
            self.length, self.total = self.length + 1, self.total + 1
            self.longest = max(self.longest, self.length)
            if self.total > MOST_STEPS or (network.recurrence is None and self.length >= CONTEXT):
                raise _TooLong
            return self.read(letter)

    random.seed(seed)
    asked = Asked()
    oracle = RandomWordEqOracle([0, 1], asked, num_walks=1000, min_walk_len=1, max_walk_len=task.length)
    run = {"L*": run_Lstar, "KV": run_KV}[algorithm]
    try:
        machine, info = run([0, 1], asked, oracle, automaton_type="mealy", return_data=True, print_level=0)
    except _TooLong:
        return None, f"stopped after {asked.num_queries}", str(asked.longest)
    learnt = info["queries_learning"]
    first = [machine.initial_state, *(state for state in machine.states if state is not machine.initial_state)]
    states = {state: number for number, state in enumerate(first)}
    transitions = np.array([[states[state.transitions[a]] for a in (0, 1)] for state in first])
    outputs = np.array([[[int(state.output_fun[a])] for a in (0, 1)] for state in first])
    automaton = Automaton(transitions, outputs, task.alphabet.values)
    queries = f"{learnt} / {learnt + info['queries_eq_oracle']}"
    return automaton.to_program(task.reference.inputs), queries, str(asked.longest)


def solve(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Train one network, open it in every way, and judge each against the definition."""
    with one_thread():
        return [asdict(row) for row in _solve(case)]


def _solve(case: dict[str, Any]) -> list[Row]:
    task, seed = tomita_grammar(case["grammar"]), case["seed"]
    began = time.process_time()
    network = trained(case["network"], task, seed, case["budget"])
    training = time.process_time() - began
    every = np.indices((2,) * task.length).reshape(task.length, -1).T[:, :, None]
    right = task.label(every)
    wrong = float((network.box.ask(every, remember=False) != right).any((1, 2)).mean())
    ways: dict[str, Way] = {}
    if network.recurrence is not None:
        ways["MIPS"] = lambda: by_mips(network, seed)
    ways["ActiveAutomaton"] = lambda: by_asking(network, seed)
    if case["aalpy"]:
        ways["AALpy L*"] = lambda: by_aalpy(network, seed, "L*", task)
        ways["AALpy KV"] = lambda: by_aalpy(network, seed, "KV", task)
    minimal = minimal_automaton(task.reference).size
    head = (case["grammar"], network.name, wrong, training)
    return [_judged(head, method, way, minimal, task.reference) for method, way in ways.items()]


def _judged(head: tuple[int, str, float, float], method: str, way: Way, minimal: int, reference: Program) -> Row:
    """One method's outcome, timed, and compared with the language for words of all lengths."""
    began = time.process_time()
    program, queries, longest = way()
    seconds = time.process_time() - began
    proved = "-"
    if program is not None:
        proved = prove_equivalent(program, reference, timeout=PROOF_SECONDS).claim.strength
    return Row(*head, method, _states(program), minimal, proved, queries, longest, seconds)


def _states(program: Program | None) -> str:
    """How many states the program needs, as a machine."""
    if program is None:
        return "-"
    try:
        return str(minimal_automaton(program).size)
    except ValueError:
        return f"{len(program.registers)} registers"


def show(rows: list[Row]) -> None:
    """The table, and its sums."""
    from rich.console import Console
    from rich.table import Table

    columns = ("language", "network", "words wrong", "train s", "method", "states", "minimal", "= language", "queries")
    table = Table(*columns, "longest", "CPU s")
    before: tuple[int, str] | None = None
    for row in rows:
        head = ("", "", "", "")
        if before != (row.grammar, row.network):
            wrong = f"{100 * row.network_wrong:.3g} %"
            head = (f"Tomita {row.grammar}", row.network, wrong, f"{row.network_seconds:.1f}")
            if before is not None:
                table.add_section()
        before = (row.grammar, row.network)
        found = (row.states, str(row.minimal), row.proved, row.queries, row.longest)
        table.add_row(*head, row.method, *found, f"{row.seconds:.2f}")
    console = Console(width=150)
    console.print(table)
    for line in summary(rows):
        console.print(line)


def summary(rows: list[Row]) -> list[str]:
    lines = []
    for method in dict.fromkeys(row.method for row in rows):
        own = [row for row in rows if row.method == method]
        seconds = sum(row.seconds for row in own)
        solved = sum(row.solved for row in own)
        languages = len({row.grammar for row in own if row.solved})
        lines.append(
            f"{method}: minimal automaton, proved for all lengths, from {solved} of {len(own)} networks "
            f"({languages} languages); {seconds:.1f} CPU seconds"
        )
    return lines


def write(rows: list[Row], path: Path) -> None:
    """The question of the papers, and our figures."""
    ours = [row for row in rows if row.method in ("MIPS", "ActiveAutomaton")]
    lines = [
        "# The Tomita languages: our command and our figures. Written by `python benchmarks/languages.py`.",
        'title = "Extracting automata from recurrent neural networks using queries and counterexamples"',
        'arxiv = "1711.09576"',
        'command = "python benchmarks/languages.py"',
        "",
        "[ours]",
        "languages = 7",
    ]
    for method in ("MIPS", "ActiveAutomaton"):
        solved = {row.grammar for row in ours if row.method == method and row.solved}
        lines.append(f"languages_recovered_and_proved_by_{method} = {len(solved)}")
    for method in dict.fromkeys(row.method for row in rows):
        own = [row for row in rows if row.method == method]
        lines += ["", f'[method."{method}"]', f"networks = {len(own)}"]
        lines.append(f"minimal_and_proved = {sum(row.solved for row in own)}")
        lines.append(f"cpu_seconds = {sum(row.seconds for row in own):.1f}")
    for row in rows:
        values = {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(row).items()}
        lines += ["", "[[row]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two languages, our networks only; writes no file")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=60.0, help="CPU seconds of training for each of our networks")
    parser.add_argument("--store", type=Path, default=None, help="folder that keeps finished networks, to resume from")
    given = parser.parse_args()
    try:
        import aalpy  # noqa: F401

        peers = True
    except ImportError:
        peers = False
        print("AALpy is not installed, so it is left out: pip install pellucid[bench]", file=sys.stderr)
    pairs = [(g, "ours") for g in ((1, 6) if given.quick else range(1, 8))]
    pairs += [] if given.quick else [(g, kind) for kind, grammars in OTHERS.items() for g in grammars]
    options = {"seed": given.seed, "budget": given.budget, "aalpy": peers}
    cases = [{"grammar": grammar, "network": kind, **options} for grammar, kind in pairs]
    with ProgressBars() as reporter:
        outcomes = sweep(solve, cases, jobs=given.jobs, reporter=reporter, store=given.store, label="networks")
    rows = [Row(**row) for outcome in outcomes if not outcome.failed for row in outcome.result]
    show(rows)
    for outcome in outcomes:
        if outcome.failed:
            print(f"{outcome.case}: {outcome.error}", file=sys.stderr)
    if not given.quick:
        write(rows, PAPER)


if __name__ == "__main__":
    main()
