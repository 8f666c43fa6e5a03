"""Hints without a language model on DafnyBench (2406.08467), whose folder is given: its data are not in the repository.

    python benchmarks/verify.py --dafnybench FOLDER --truth          which ground truths this Dafny verifies
    python benchmarks/verify.py --dafnybench FOLDER --half first     files whose loops lack their hints
    python benchmarks/verify.py --dafnybench FOLDER                  all files

A file counts as verified where Dafny verifies it with hints that were found, and the audit finds nothing but hints. The
floor is what verifies with no hint at all. Files are parted by a hash of their names; what was run is kept in --store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
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


def main() -> None:
    """Runs what is missing in the store, and prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--dafnybench", type=Path, required=True, help="folder with dataset/ground_truth and hints_removed"
    )
    parser.add_argument("--store", type=Path, default=Path("verify_runs"))
    parser.add_argument("--half", choices=("first", "second"))
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--loops", type=int, nargs=2, metavar=("FROM", "TO"), help="only files with so many loops")
    parser.add_argument(
        "--most", type=int, default=10**6, help="stop after so many files, taken in the order of the hash"
    )
    parser.add_argument("--effort", type=float, default=10.0)
    arguments = parser.parse_args()
    folder = arguments.dafnybench / "dataset" / ("ground_truth" if arguments.truth else "hints_removed")
    arguments.store.mkdir(parents=True, exist_ok=True)
    path = arguments.store / ("truth.jsonl" if arguments.truth else "hints.jsonl")
    known = read_store(path)
    files = sorted(folder.glob("*.dfy"), key=lambda file: hashlib.sha256(file.stem.encode()).hexdigest())
    good = {name for name, row in read_store(arguments.store / "truth.jsonl").items() if row["verified"]}
    rows = []
    for file in files:
        name = file.stem.removesuffix("_no_hints")
        if arguments.half and half_of(name) != arguments.half:
            continue
        if not arguments.truth and (arguments.loops or good) and not _wanted(file, name, arguments.loops, good):
            continue
        if len(rows) >= arguments.most:
            break
        row = known.get(name)
        if row is None:
            row = {"name": name, **(truth if arguments.truth else solve)(file, arguments.effort)}
            with path.open("a") as store:
                store.write(json.dumps(row) + "\n")
        rows.append(row)
        word = "yes" if row["verified"] else "no"
        print(f"{word:<4} {row.get('hints', 0):>3} {name[:60]:<60} {row['said'][:90]}", flush=True)
    count = sum(row["verified"] for row in rows)
    floor = sum(row["verified"] and not row.get("hints", 0) for row in rows)
    print(f"Dafny {dafny_version()}: {count} of {len(rows)} verified; {floor} of them with no hint at all")


def _wanted(file: Path, name: str, loops: list[int] | None, good: set[str]) -> bool:
    """Whether a file's ground truth is verified by this Dafny, and it has as many loops as asked for."""
    if good and name not in good:
        return False
    if loops is None:
        return True
    try:
        return loops[0] <= len(read_dafny(file).loops) <= loops[1]
    except ValueError:
        return False


if __name__ == "__main__":
    main()
