import subprocess
import sys
from pathlib import Path

import pytest

ALL = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
EXAMPLES = [path for path in ALL if not path.name.startswith(("look_", "learn_"))]
LONG = ("parts_of_a_network",)


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem, marks=[pytest.mark.slow] if p.stem in LONG else []) for p in EXAMPLES],
)
def test_the_example_runs_and_proves_what_it_says(path):
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert ("def program(steps):" in done.stdout) or done.stdout.startswith(
        ("period = ", "H1 = ", "clusters = ", "total = ", "P(", "u of x1, x3; v of x2, x4")
    )
    assert "Refuted" not in done.stdout
    assert "Undecided" not in done.stdout.replace("Undecided  period outside the box of the data", "")


def test_there_are_examples():
    assert EXAMPLES


CONTROLS = {
    "look_algorithm": "answers renamed",
    "look_attention_sinks": "the tenth token, a control",
    "look_dictionary": "principal components of the training part",
    "look_model_diff": "in random directions",
    "look_sentiment_direction": "random directions of its length",
    "look_successor_heads": "other heads of the same layers",
}
"""What each of them prints beside its figures."""


@pytest.mark.parametrize("name", ["learn_scaling"])
def test_the_example_of_learning_runs(name):
    path = Path(__file__).parent.parent / "examples" / f"{name}.py"
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "lie in the 90 % interval" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in ALL if path.name.startswith("look_")], ids=lambda path: path.stem)
def test_the_example_that_looks_into_a_model_runs(path):
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    if done.stdout.startswith("skipped: pip install"):
        pytest.skip(done.stdout.strip())
    assert CONTROLS[path.stem] in done.stdout
