"""The command `narrow`: a network, a table of its skills, and the one that is kept."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import check, narrow  # noqa: F401  (they add themselves to the app)
from pellucid.core import load_finding
from pellucid.look import SkillPruning
from pellucid.nets import ClassifierOptions, train_classifier

ROWS = torch.cartesian_prod(*[torch.arange(2)] * 5).float()
FIRST = ROWS[:, 0] == 1
LABELS = torch.where(FIRST, (ROWS[:, 1] + ROWS[:, 2]) % 2, ROWS[:, 3]).long()


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        found = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
    options = ClassifierOptions(1500, 1e-2, 0.0, (0.9, 0.999), record=100, after_exact=100)
    train_classifier(found, ROWS, LABELS, (ROWS, LABELS), options)
    return found


@pytest.fixture
def run(monkeypatch, tmp_path, network):
    monkeypatch.chdir(tmp_path)
    quick = {"steps": 300, "refit": 100, "random": 1, "relearn": 40, "rate": 1e-2}
    for name, value in quick.items():
        monkeypatch.setattr(SkillPruning.__init__, "__defaults__", _with(name, value))
    lines = [",".join(map(str, [*row, int(row[0]), label])) for row, label in
             zip(ROWS.int().tolist(), LABELS.tolist(), strict=True)]  # fmt: skip
    (tmp_path / "rows.csv").write_text("which,a,b,c,d,task,y\n" + "\n".join(lines))
    save_file(network.state_dict(), tmp_path / "net.safetensors")
    (tmp_path / "own.py").write_text(
        "from torch import nn\n\n\ndef make():\n"
        "    return nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))\n"
    )
    return lambda *words: CliRunner().invoke(app, list(words))


def _with(name, value):
    """The defaults of the method, one of them changed."""
    names = list(SkillPruning.__dataclass_fields__)
    defaults = list(SkillPruning.__init__.__defaults__ or ())
    defaults[names.index(name)] = value
    return tuple(defaults)


def test_keeps_one_skill_and_can_be_measured_again(run, tmp_path):
    told = run("narrow", "net.safetensors", "rows.csv", "--skill", "task", "--keep", "0", "--whole", "--no-open")
    assert told.exit_code == 0, told.output
    found = load_finding(tmp_path / "net_narrow")
    assert found.artifact.neurons < 16
    assert found.claim("kept").strength == "Exhausted"
    assert found.artifact.accuracy("group lasso", "1") < 1
    again = run("check", "net_narrow", "--data", "rows.csv", "--model", "net.safetensors")
    assert again.exit_code == 0, again.output
    assert "measured  jobs.narrow" in again.output


def test_the_smaller_weights_do_what_is_claimed(run, tmp_path):
    told = run("narrow", "net.safetensors", "rows.csv", "--skill", "task", "--keep", "0", "--whole", "--code",
               "own.py:make", "--no-open")  # fmt: skip
    assert told.exit_code == 0, told.output
    weights = load_file(tmp_path / "net_narrow" / "narrow-network.safetensors")
    hidden = torch.relu(ROWS[~FIRST] @ weights["0.weight"].T + weights["0.bias"])
    answers = (hidden @ weights["2.weight"].T + weights["2.bias"]).argmax(1)
    assert torch.equal(answers, LABELS[~FIRST])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--skill", "task", "--keep", "5"), "no skill in the table"),
        (("--skill", "none", "--keep", "0"), "no column"),
        (("--skill", "task", "--keep", "0", "--forget", "0,1"), "name it once"),
        (("--keep", "0", "--target", "a", "--code", "own.py:none"), "should be a torch module"),
        (("--keep", "0", "--activation", "cube"), "is unknown"),
        (("--keep", "0"), "no chain of linear layers on"),
    ],
)
def test_refuses_in_a_line(run, words, said):
    told = run("narrow", "net.safetensors", "rows.csv", *words, "--no-open")
    assert told.exit_code == 2, told.output
    assert said in told.output
    assert len(told.output.strip().splitlines()) == 1
