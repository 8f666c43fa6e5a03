"""What adding costs, counted: two toys are put into a copy of the house, in which nothing else is changed.

Each toy is a folder of files at their places (`toys/`), as a newcomer would write them after CONTRIBUTING.md. In the
copy, the contract suite, the certificates' suite and the toy's own tests run on it; it is saved, loaded, drawn, put on
a page and checked. As no file of the house is touched, the files of the toy are all that adding one takes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

DICTIONARY = """
import torch
from small_subjects import trial_of

from pellucid import look
from pellucid.artifacts.features.dictionary_files import read_dictionary, write_sae_lens
from pellucid.cli.commands.list_methods import methods
from pellucid.core import load_finding
from pellucid.look import DictionaryAtSite, DictionaryEvaluation
from pellucid.report import report_html
from pellucid.subjects import Activations

assert "look.ReLUSAE" in dict(methods())
method, subject = trial_of(look.ReLUSAE)
finding = method.explain(subject(), 1)
finding.save("found")
assert load_finding("found").artifact == finding.artifact
again = read_dictionary(write_sae_lens(finding.artifact, "lens"))
x = subject().values
assert torch.allclose(again.reconstruct(x), finding.artifact.reconstruct(x), atol=1e-4)
place = DictionaryAtSite(finding.artifact, Activations(x))
assert DictionaryEvaluation(measures=("reconstruction",)).explain(place).measured("fvu") > 0
assert "ReLU dictionary" in report_html(finding)
"""

FINDER = """
from small_subjects import trial_of

from pellucid.cli.commands.list_methods import methods
from pellucid.core import Proved, load_finding
from pellucid.discover import IntegerFixedPoints
from pellucid.plot import draw, has_drawing
from pellucid.prove import certificate_files, check_folder
from pellucid.prove.laws.fixed_points import prove_fixed
from pellucid.report import report_html

assert "discover.IntegerFixedPoints" in dict(methods())
method, subject = trial_of(IntegerFixedPoints)
finding = method.explain(subject(), 1)
proofs = prove_fixed(finding.artifact)
files = certificate_files(finding.artifact, proofs)
finding = finding.plus(*(proof.claim for proof in proofs), proofs=files)
assert isinstance(finding.claims[0], Proved)
finding.save("found")
assert load_finding("found").artifact == finding.artifact
checked = check_folder("found")
assert len(checked) == 5 and all(entry.ok for entry in checked), checked
assert has_drawing(finding.artifact) and draw(finding.artifact).axes
page = report_html(finding)
assert "Where nothing moves" in page and "A dot is a point" in page
"""

COSTS = {
    # toy: (the name that its tests are chosen by, how it is used, files, files at most)
    "dictionary_type": ("ReLU", DICTIONARY, 3, 3),
    "finder": ("fixed", FINDER, 7, 7),
}


def files_of(toy: str) -> list[str]:
    """The files that adding `toy` takes, by their paths in the project."""
    folder = HERE / "toys" / toy
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if "__pycache__" not in path.parts)


@pytest.mark.parametrize("toy", COSTS)
def test_adding_costs_no_more_than_its_own_files(toy, tmp_path):
    word, used, files, most = COSTS[toy]
    added = files_of(toy)
    assert len(added) == files <= most
    assert not [path for path in added if (ROOT / path).exists()]  # new ones, all of them
    _copy_house(tmp_path)
    shutil.copytree(HERE / "toys" / toy, tmp_path, dirs_exist_ok=True)
    suites = ["tests/contract/test_methods.py", "tests/prove/test_certificates.py"]
    own = [path for path in added if Path(path).name.startswith("test_")]
    doctests = [path for path in added if path.startswith("src/")]
    runs = f"""
import pytest

assert pytest.main(["-q", "-p", "no:cacheprovider", "-k", {word!r}, *{suites}]) == 0
assert pytest.main(["-q", "-p", "no:cacheprovider", *{[*own, *doctests]}]) == 0
"""
    _run(tmp_path, runs + used)


def _copy_house(folder: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for part in ("src/pellucid", "tests/contract", "tests/prove"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "toys"))


def _run(folder: Path, program: str) -> None:
    paths = (folder / "src", folder / "tests/contract", folder / "tests/prove")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
