import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_and_proves_what_it_says(path):
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert ("def program(steps):" in done.stdout) or done.stdout.startswith(("period = ", "H1 = "))
    assert "Refuted" not in done.stdout
    assert "Undecided" not in done.stdout.replace("Undecided  period outside the box of the data", "")


def test_there_are_examples():
    assert EXAMPLES
