"""What adding a type of dictionary costs: one source file. (And one test, and one file in papers/.)"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pellucid

USES_EVERYTHING = """
import sys

import torch
from contract import test_methods
from pellucid import look
from pellucid.artifacts.features.dictionary_files import read_dictionary, write_sae_lens
from pellucid.core import load_finding
from pellucid.look import DictionaryAtSite, DictionaryEvaluation
from pellucid.report import report_html
from pellucid.subjects import Activations

folder = sys.argv[1]
assert "ReLUSAE" in test_methods.METHODS  # the contract suite runs it
assert "ReLUSAE" in test_methods.SUBJECTS
method, subject = test_methods.SUBJECTS["ReLUSAE"]
assert type(method) is look.ReLUSAE  # the door finds it
finding = method.explain(subject(), 1)
assert finding.measured("fvu") < 1
assert finding.provenance.method == "look.ReLUSAE"
finding.save(folder + "/found")
loaded = load_finding(folder + "/found")
assert loaded.artifact == finding.artifact
assert loaded.claims == finding.claims
again = read_dictionary(write_sae_lens(finding.artifact, folder + "/lens"))
x = subject().values
assert torch.allclose(again.reconstruct(x), finding.artifact.reconstruct(x), atol=1e-4)
place = DictionaryAtSite(finding.artifact, Activations(x))
assert DictionaryEvaluation(measures=("reconstruction",)).explain(place).measured("fvu") > 0
assert "ReLU dictionary" in report_html(finding)
print(finding.artifact.describe())
"""


def test_one_source_file_is_enough(tmp_path):
    source = Path(pellucid.__file__).parent
    shutil.copytree(source, tmp_path / "src/pellucid", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(__file__).parents[2] / "contract", tmp_path / "tests/contract")
    shutil.copy(Path(__file__).parent / "toy/relu_sae.py", tmp_path / "src/pellucid/look/dictionaries")
    path = os.pathsep.join([str(tmp_path / "src"), str(tmp_path / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", USES_EVERYTHING, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ReLU dictionary: 32 latents for width 8")
