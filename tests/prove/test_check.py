"""Saved proofs are checked from their files alone; whatever is changed in them is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from pairs_of_programs import BITS, PAIRS, program

from pellucid.artifacts import Automaton
from pellucid.core import Finding, Proved, Provenance, Tested
from pellucid.prove import Theorem, certificate_files, check_folder, prove_equivalent, prove_theorem
from pellucid.prove.check import resting_on_trust
from pellucid.prove.programs.equivalence_certificate import AUTOMATON, SPECIFICATION

SMT = "proofs/equivalence.smt2"
REFERENCE = "proofs/equivalence.reference.py"


@pytest.fixture(scope="module")
def proof():
    return prove_equivalent(*PAIRS["adder in bits"])


@pytest.fixture
def folder(proof, tmp_path) -> Path:
    finding = Finding(PAIRS["adder in bits"][0], (proof.claim,), Provenance("test", {}, 0, ""))
    return finding.plus(proofs=certificate_files(PAIRS["adder in bits"][0], [proof])).save(tmp_path / "found")


def change(folder: Path, name: str, old: str, new: str, sign: bool = False) -> None:
    """Replace `old` by `new` in a file; with `sign`, correct its fingerprint in the manifest as well."""
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    if sign:
        manifest = json.loads((folder / "proofs/manifest.json").read_text())
        manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
        (folder / "proofs/manifest.json").write_text(json.dumps(manifest))


def failures(folder: Path) -> dict[str, str]:
    return {f"{c.path}: {c.statement}": c.detail for c in check_folder(folder) if not c.ok}


def test_an_untouched_folder_holds(folder: Path) -> None:
    checked = check_folder(folder)
    assert all(c.ok for c in checked), checked
    certificate = next(c for c in checked if c.statement == "program = reference")
    assert "unsat by z3" in certificate.detail
    assert "cvc5" in certificate.detail


@pytest.mark.parametrize("name", ["program.py", SMT, REFERENCE])
def test_a_changed_file_is_noticed(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text() + "\n")
    assert any("the file was changed" in detail for detail in failures(folder).values())


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("program.py", "a & b", "a | b"),  # another program
        (REFERENCE, "total // 2", "total // 3"),  # another reference
        (SMT, "(echo", "(assert false)(echo"),  # a query that cannot fail
        (SMT, "(check-sat)", ""),  # a query less
        (SMT, "(assert (not", "(assert (and false"),
        (SMT, "; what relates", "(assert false)\n; what relates"),
        (SMT, "left_c Int)\n", "left_c Int)\n(assert false)\n"),
        (SMT, "(define-fun invariant ", "(assert false)\n(define-fun invariant "),
        (SMT, "; program = reference", "; program = other"),  # another statement
    ],
)
def test_a_certificate_about_another_program_is_noticed_even_if_signed(
    folder: Path, name: str, old: str, new: str
) -> None:
    change(folder, name, old, new, sign=True)
    assert any("program = reference" in key for key in failures(folder))


def test_a_weaker_invariant_is_noticed(folder: Path) -> None:
    text = (folder / SMT).read_text()
    begin = text.index("(define-fun invariant")
    end = text.index("\n\n", begin)
    for body in ("true", "false"):
        changed = text[:begin] + f"(define-fun invariant ((left_c Int) (right_c Int)) Bool\n  {body})" + text[end:]
        (folder / SMT).write_text(changed)
        manifest = json.loads((folder / "proofs/manifest.json").read_text())
        manifest["files"][SMT] = hashlib.sha256(changed.encode()).hexdigest()
        (folder / "proofs/manifest.json").write_text(json.dumps(manifest))
        assert any("answers" in detail and "sat" in detail for detail in failures(folder).values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"high": 1', '"high": 0'),
        ("program = reference", "program = other"),
        ('"domain": "sequences', '"domain": "all sequences'),
        ("integers have any size", "integers have 64 bits"),
        ('"by": "z3+cvc5"', '"by": "z3+cvc5+Dafny"'),
        ('"kind": "equivalence"', '"kind": "theorem"'),
        ('"proofs/equivalence.smt2": "', '"proofs/equivalence.smt2": "0'),
        ('"format": 1', '"format": 2'),
        ('"certificates"', '"others"'),
        ('"path": "proofs/equivalence.reference.py"', '"path": "../equivalence.reference.py"'),
    ],
)
def test_a_changed_manifest_is_noticed(folder: Path, old: str, new: str) -> None:
    change(folder, "proofs/manifest.json", old, new)
    assert failures(folder)


FORGERIES = {
    "a decorator": (
        "def program(steps)",
        "@(lambda f: lambda steps: iter([7] * len(list(steps))))\ndef program(steps)",
    ),
    "a name bound again": ("def read(line)", "program = lambda steps: [0 for _ in steps]\n\n\ndef read(line)"),
    "another main": ("for output in program(steps):", "for output in reversed(list(program(steps))):"),
    "an early exit": ("def read(line)", 'if __name__ == "__main__":\n    sys.exit("0")\n\n\ndef read(line)'),
    "inputs read otherwise": ("return int(a), int(b)", "return int(b) & 1, int(a)"),
    "outputs shown otherwise": ("print(output)", "print(1 - output)"),
    "a comment": ("import sys", "import sys  # decides the halting problem"),
    "another docstring": ('"""program:', '"""program, which halts:'),
    "lines after it": ("    main()\n", '    main()\n    print("proved")\n'),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_script_that_computes_something_else_is_noticed_even_if_signed(folder: Path, what: str) -> None:
    """The proof is about the function; what runs is the script, which is compared byte for byte."""
    change(folder, "program.py", *FORGERIES[what], sign=True)
    assert any("program.py" in detail for detail in failures(folder).values())
    # and if the finding says so, too
    data = json.loads((folder / "finding.json").read_text())
    data["artifact"]["data"]["source"] = (folder / "program.py").read_text()
    (folder / "finding.json").write_text(json.dumps(data))
    assert failures(folder)


def restate(folder: Path, **changes: str) -> None:
    """The only claim and its entry say something else; the certificate's words are signed with it."""
    for name, find in (("finding.json", "claims"), ("proofs/manifest.json", "certificates")):
        data = json.loads((folder / name).read_text())
        data[find][0].update({k: v for k, v in changes.items() if k in data[find][0]})
        (folder / name).write_text(json.dumps(data))
    if "statement" in changes:
        change(folder, SMT, "; program = reference", f"; {changes['statement']}", sign=True)


@pytest.mark.parametrize(
    "statement",
    [
        "program = decision procedure for the halting problem",
        "program = reference, in constant time",
        "program = automaton (both made here), every input, every length",  # there is no automaton
    ],
)
def test_words_that_the_certificate_does_not_show_are_refused(folder: Path, statement: str) -> None:
    restate(folder, statement=statement)
    assert any(path.startswith(SMT) for path in failures(folder))
    with pytest.raises(ValueError, match="not what a proof of equivalence shows"):
        prove_equivalent(*PAIRS["parity"], statement="program = decision procedure for the halting problem")


@pytest.mark.parametrize("changes", [{"by": "z3+cvc5+Dafny"}, {"by": "cvc5"}, {"command": "true"}])
def test_who_proved_it_is_one_of_those_that_can(folder: Path, changes: dict[str, str]) -> None:
    restate(folder, **changes)
    assert failures(folder)


def test_the_automaton_must_be_the_finding_s(tmp_path) -> None:
    automaton = Automaton(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    machine = automaton.to_program(PAIRS["parity"][0].inputs)
    proof = prove_equivalent(PAIRS["parity"][0], machine, statement=AUTOMATON[0])
    other = Automaton(automaton.transitions, 1 - automaton.outputs, automaton.symbols)
    for part, problems in ((automaton, 0), (other, 1)):
        finding = Finding(PAIRS["parity"][0], (proof.claim,), Provenance("test", {}, 0, ""), {"automaton": part})
        files = certificate_files(PAIRS["parity"][0], [proof])
        folder = finding.plus(proofs=files).save(tmp_path / str(problems))
        assert len(failures(folder)) == problems


def test_a_claim_without_a_certificate_is_noticed(folder: Path) -> None:
    data = json.loads((folder / "finding.json").read_text())
    data["claims"].append(Proved("P = NP", "everything", "z3", "proofs/none.smt2", "z3 proofs/none.smt2").to_dict())
    (folder / "finding.json").write_text(json.dumps(data))
    assert "no certificate for the claim 'P = NP'" in " ".join(failures(folder).values())


def test_a_mutant_does_not_check(folder: Path, proof) -> None:
    mutant = program(BITS, "c = 0", "a, b", "yield a ^ b ^ c", "c = (a & b) | (a & c)")
    finding = Finding(mutant, (proof.claim,), Provenance("test", {}, 0, ""))
    finding.plus(proofs=certificate_files(mutant, [proof])).save(folder)
    assert failures(folder) == {
        f"{SMT}: program = reference": next(iter(failures(folder).values())),
    }


def test_a_missing_solver_leaves_it_unchecked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pellucid.prove.programs.equivalence_certificate as module

    monkeypatch.setattr(module, "installed", dict)
    assert [c.status for c in check_folder(folder) if c.statement == "program = reference"] == ["unchecked"]


def test_folders_without_a_finding_are_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"holds no finding\.json"):
        check_folder(tmp_path)
    for text, message in (("[]", "is no JSON object"), ("{", "is not JSON")):
        (tmp_path / "finding.json").write_text(text)
        with pytest.raises(ValueError, match=message):
            check_folder(tmp_path)
    (tmp_path / "finding.json").write_text("{}")
    assert [entry.status for entry in check_folder(tmp_path)] == ["fails"]


def test_a_folder_without_proofs_is_checked_for_what_it_is(tmp_path) -> None:
    claim = Tested("program = labels", 100, 0)
    folder = Finding(PAIRS["parity"][0], (claim,), Provenance("test", {}, 0, "")).save(tmp_path / "found")
    assert failures(folder) == {}
    assert "Tested: program = labels" in resting_on_trust(folder)
    text = (folder / "program.py").read_text()
    (folder / "program.py").write_text(text.replace("print(output)", "print(1 - output)"))
    assert "program.py" in next(iter(failures(folder).values()))
    (folder / "program.py").write_text(text)
    data = json.loads((folder / "finding.json").read_text())
    data["claims"].append(Proved("P = NP", "everything", "z3", "proofs/none.smt2", "z3 proofs/none.smt2").to_dict())
    (folder / "finding.json").write_text(json.dumps(data))
    assert "no certificate for the claim 'P = NP'" in next(iter(failures(folder).values()))


def test_what_rests_on_trust_is_named(tmp_path) -> None:
    proof = prove_equivalent(*PAIRS["parity"], statement=SPECIFICATION)
    finding = Finding(PAIRS["parity"][0], (proof.claim,), Provenance("test", {}, 0, ""))
    files = certificate_files(PAIRS["parity"][0], [proof])
    folder = finding.plus(proofs=files).save(tmp_path / "found", {"report.html": b"<p>"})
    assert resting_on_trust(folder)[:3] == [
        f"that {REFERENCE} is the specification that was meant",
        "what stands in report.html",
        "who wrote the folder: nothing in it is signed",
    ]


@pytest.mark.skipif(which("dafny") is None, reason="no dafny program")
def test_theorems_are_checked(tmp_path) -> None:
    left = program(BITS[:1], "n = 0", "x", "n = n + x", "yield n % 2")
    proof = prove_theorem(left, Theorem("sum_mod", 2))
    finding = Finding(left, (proof.claim,), Provenance("test", {}, 0, ""))
    folder = finding.plus(proofs=certificate_files(left, [proof])).save(tmp_path / "found")
    assert all(c.ok for c in check_folder(folder)), check_folder(folder)
    name = "proofs/program.dfy"
    for old, new in (
        ("(s.left_n + x.in_x)", "(s.left_n + 3 * x.in_x)"),
        ("ensures |out| == |steps|", "requires |steps| == 0\n  ensures |out| == |steps|"),
        ("lemma Same(", "lemma {:axiom} Same("),
        ("Related(s: Program, r: Reference) {\n  ", "Related(s: Program, r: Reference) {\n  true }\n"),
    ):
        before = (folder / name).read_text()
        change(folder, name, old, new, sign=True)
        assert failures(folder), new
        (folder / name).write_text(before)
