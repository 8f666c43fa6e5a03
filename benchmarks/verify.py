"""Hints without a language model on DafnyBench (2406.08467), whose folder is given: its data are not in the repository.

    python benchmarks/verify.py --dafnybench FOLDER --truth          which ground truths this Dafny verifies
    python benchmarks/verify.py --dafnybench FOLDER --half first     files whose loops lack their hints
    python benchmarks/verify.py --dafnybench FOLDER --most 60        sixty of all files

A file counts as verified where Dafny verifies it with hints that were found, and the audit finds nothing but hints. The
floor is what verifies with no hint at all. Only files are run whose ground truth this Dafny verifies, which is asked
first. Files are parted by a hash of their names, and taken in its order; what was run is kept in --store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from pellucid.core.claim import Proved, Undecided
from pellucid.jobs.verify import open_dafny
from pellucid.prove.hints.dafny_hints import DafnyHints
from pellucid.prove.programs.dafny_run import dafny_version, verified
from pellucid.subjects.dafny.dafny_program import read_dafny
from pellucid.subjects.dafny.tokens import UnreadableDafny
from suites.halves import half_of


def read_store(path: Path) -> dict[str, dict]:
    """What was run before."""
    return {row["name"]: row for row in map(json.loads, path.read_text().splitlines())} if path.exists() else {}


def truth(file: Path, effort: float) -> dict:
    """Whether this Dafny verifies a ground truth."""
    start = time.process_time()
    verdict = verified(file.read_text(encoding="utf-8", errors="replace"), effort)
    return {"verified": verdict.holds, "said": verdict.problem, "seconds": round(time.process_time() - start, 2)}


def solve(file: Path, effort: float) -> dict:
    """What `pellucid verify` makes of a file without hints."""
    start = time.monotonic()
    try:
        subject = read_dafny(file)
        loops = len(subject.loops)
        finding = open_dafny(subject, method=DafnyHints(effort_seconds=effort, thin=False), effort_seconds=effort)
    except UnreadableDafny as error:
        return {"verified": False, "said": str(error), "loops": 0, "hints": 0}
    proved = any(isinstance(claim, Proved) for claim in finding.claims)
    said = "" if proved else next((c.reason for c in finding.claims if isinstance(c, Undecided)), "")
    hints, calls = len(finding.artifact.hints), finding.provenance.settings.get("dafny_calls")
    seconds = round(time.monotonic() - start, 1)
    return {"verified": proved, "loops": loops, "hints": hints, "calls": calls, "said": said, "seconds": seconds}


LOOKED_AT = (
    "formal_verication_dafny_tmp_tmpwgl2qz28_Challenges_ex1",
    "Dafny_tmp_tmp0wu8wmfr_tests_SumIntsLoop",
    "DafnyProjects_tmp_tmp2acw_s4s_longestPrefix",
    "Dafny-experiences_tmp_tmp150sm9qy_dafny_started_tutorial_dafny_tutorial_array",
    "Dafny_Learning_Experience_tmp_tmpuxvcet_u_week8_12_a3 copy 2",
    "DafnyPrograms_tmp_tmp74_f9k_c_prime-database",
    "summer-school-2020_tmp_tmpn8nf7zf0_chapter02_solutions_exercise03_solution",
    "software_analysis_tmp_tmpmt6bo9sf_ss",
    "Dafny_tmp_tmp0wu8wmfr_Heimaverkefni 2_BinarySearchDec",
    "Dafny_Verify_tmp_tmphq7j0row_Generated_Code_15",
    "dafny-synthesis_task_id_627",
    "laboratory_tmp_tmps8ws6mu2_dafny-tutorial_exercise12",
)
"""Of the second half, the first twelve files with one or two loops in the order of an earlier run, which ended after
five of them whose ground truth verifies: they are not counted as unseen."""


def main() -> None:
    """Runs what is missing in the store, and prints the counts."""
    arguments = _arguments()
    dataset = arguments.dafnybench / "dataset"
    arguments.store.mkdir(parents=True, exist_ok=True)
    truths, hints = arguments.store / "truth.jsonl", arguments.store / "hints.jsonl"
    rows: list[dict] = []
    started = time.monotonic()
    for truth_file in sorted((dataset / "ground_truth").glob("*.dfy"), key=lambda file: _hash(file.stem)):
        if len(rows) >= arguments.most or time.monotonic() - started > 60 * arguments.minutes:
            break
        name = truth_file.stem
        file = dataset / "hints_removed" / f"{name}_no_hints.dfy"
        if name in LOOKED_AT or not file.exists() or not _wanted(file, name, arguments):
            continue
        row = _known(truths, name, lambda given=truth_file: truth(given, arguments.effort))
        if not arguments.truth:
            if not row["verified"]:
                continue
            row = _known(hints, name, lambda given=file: solve(given, arguments.effort))
        rows.append(row)
        word = "yes" if row["verified"] else "no"
        print(f"{word:<4} {row.get('hints', 0):>3} {name[:60]:<60} {row['said'][:90]}", flush=True)
    count = sum(row["verified"] for row in rows)
    floor = sum(row["verified"] and not row.get("hints", 0) for row in rows)
    print(f"Dafny {dafny_version()}: {count} of {len(rows)} verified; {floor} of them with no hint at all")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--dafnybench", type=Path, required=True, help="folder with dataset/ground_truth and hints_removed"
    )
    parser.add_argument("--store", type=Path, default=Path("verify_runs"))
    parser.add_argument("--half", choices=("first", "second"))
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--loops", type=int, nargs=2, metavar=("FROM", "TO"), help="only files with so many loops")
    parser.add_argument("--most", type=int, default=10**6, help="stop after so many files")
    parser.add_argument("--minutes", type=float, default=10**6, help="begin no file after so many minutes")
    parser.add_argument("--effort", type=float, default=10.0)
    return parser.parse_args()


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _known(store: Path, name: str, run: Callable[[], dict]) -> dict:
    """What the store says of a file; run and kept where it says nothing."""
    row = read_store(store).get(name)
    if row is None:
        row = {"name": name, **run()}
        with store.open("a") as lines:
            lines.write(json.dumps(row) + "\n")
    return row


def _wanted(file: Path, name: str, arguments: argparse.Namespace) -> bool:
    """Whether a file is of the half and has as many loops as asked for."""
    if arguments.half and half_of(name) != arguments.half:
        return False
    if arguments.loops is None:
        return True
    try:
        return arguments.loops[0] <= len(read_dafny(file).loops) <= arguments.loops[1]
    except ValueError:
        return False


if __name__ == "__main__":
    main()
