"""The command line: what it prints and writes, and how it fails. The job behind it is a stand-in."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import pellucid
from pellucid.artifacts import Automaton, Network, read_program
from pellucid.cli import app
from pellucid.cli.commands.list_methods import methods
from pellucid.core import Finding, Proved, Provenance, Refuted
from pellucid.core import Tested as SampledClaim
from pellucid.subjects import Alphabet

SOURCE = "def parity(steps):\n  s = 0\n  for x in steps:\n    s = s ^ x\n    yield s"


def found(*claims) -> Finding:
    automaton = Automaton(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    proof = Proved("program = automaton", "every input, every length", "z3", "proofs/e.smt2", "z3 proofs/e.smt2")
    return Finding(
        read_program(SOURCE, [(0, 1)]),
        (proof, SampledClaim("network = program", 1000, 0), *claims),
        Provenance("MIPS", {}, 0, "ab"),
        {"network": Network({"w": np.ones((2, 2))}, {"hidden_size": 2}), "automaton": automaton},
        {"proofs/e.smt2": "(check-sat)\n"},
    )


@pytest.fixture
def job(monkeypatch, tmp_path):
    """Stands in for `pellucid.jobs.program`, in an empty working folder; `job.open` is what it does."""
    stub = ModuleType("pellucid.jobs.program")
    state = SimpleNamespace(calls=[], options={}, open=lambda **_: found())

    def find_subject(text, **options):
        state.options = options
        return SimpleNamespace(alphabet=Alphabet((0,), (1,))), Path(text).stem, "the task"

    def open_program(subject, **given):
        state.calls.append(given)
        given["reporter"].start("training", 2)
        given["reporter"].advance(1, "loss 0.1")
        return state.open(**given)

    stub.find_subject, stub.open_program = find_subject, open_program
    stub.list_tasks = lambda: [("parity", "whether the ones so far are odd"), ("sum_last2", "sum of the last two")]
    import pellucid.jobs

    monkeypatch.setitem(sys.modules, "pellucid.jobs.program", stub)
    monkeypatch.setattr(pellucid.jobs, "program", stub, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    return state


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_a_program_is_printed_and_everything_is_written(job, capsys):
    assert run("program", "parity", "--seed", "3", "--budget", "60") == 0
    out, err = capsys.readouterr()
    assert "network    hidden size 2, 4 parameters\nautomaton  2 states, 2 symbols\n" in out
    assert "def parity(steps):\n    s = 0\n" in out
    assert "Proved  program = automaton  z3    proofs/e.smt2\n" in out
    assert "Tested  network = program    1,000 cases, 0 failures" in out
    assert "parity/  program.py  report.html  " in out
    assert not any(line != line.rstrip() for line in out.splitlines())
    assert "training" in err
    names = {path.relative_to("parity").as_posix() for path in Path("parity").rglob("*") if path.is_file()}
    assert names == {"program.py", "report.html", "finding.json", "network.safetensors", "proofs/e.smt2"}
    (call,) = job.calls
    assert (call["name"], call["task"], call["seed"], call["budget_seconds"]) == ("parity", "the task", 3, 60)
    assert pellucid.load("parity").claims == found().claims
    assert [path.name for path in Path().iterdir()] == ["parity"]


def test_options_reach_the_job(job):
    options = ["--alphabet", "0..1,0..2", "--encoding", "one-hot", "--decoding", "argmax", "--horizon", "7"]
    assert run("program", "w.pt", *options, "--activation", "relu", "--output", "deep/er", "--quiet") == 0
    assert str(job.options.pop("alphabet")) == "0..1 x 0..2"
    assert job.options == {"encoding": "one-hot", "decoding": "argmax", "horizon": 7, "activation": "relu", "seed": 0}
    assert Path("deep/er/program.py").exists()


def test_quiet_prints_the_folder_only(job, capsys):
    assert run("program", "parity", "-q") == 0
    assert capsys.readouterr() == ("parity\n", "")


def test_lists(job, capsys):
    assert run("program", "--list") == 0
    assert capsys.readouterr().out == "parity     whether the ones so far are odd\nsum_last2  sum of the last two\n"
    assert run("list") == 0
    assert all(name.count(".") == 1 and line for name, line in methods())
    assert run("--version") == 0
    assert capsys.readouterr().out.endswith(f"pellucid {pellucid.__version__}\n")


def test_the_program_that_is_written_runs_by_itself(job):
    run("program", "parity", "-q")
    ran = subprocess.run([sys.executable, "parity/program.py"], input="1\n0\n1\n", capture_output=True, text=True)
    assert ran.stdout == "1\n1\n0\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no SUBJECT given; name a task (see --list)"),
        (("parity", "--alphabet", "0.."), "alphabet='0..' is none; give a range 0..1"),
        (("parity", "--spec", "none.py"), "spec 'none.py' is no file"),
        (("parity", "--output", "taken"), "output 'taken' holds other files; choose another --output"),
        (("parity", "--output", "taken/note.txt"), "note.txt' is a file; choose another --output"),
        (("parity", "--output", "taken/note.txt/x"), "note.txt' is a file; choose another --output"),
    ],
)
def test_bad_arguments_are_told_in_one_line(job, capsys, arguments, message):
    Path("taken").mkdir()
    Path("taken/note.txt").write_text("mine")
    assert run("program", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pellucid: ")
    assert message in err
    assert err.count("\n") == 1
    assert job.calls == []
    assert sorted(path.name for path in Path().rglob("*")) == ["note.txt", "taken"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("data.csv, line 3: ragged;\n give more"), "pellucid: data.csv, line 3: ragged; give more\n"),
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            "pellucid: x.csv: No such file or directory; check",
        ),
        (PermissionError(13, "Permission denied", "x.csv"), "pellucid: x.csv: Permission denied; choose a place"),
        (MemoryError(), "pellucid: out of memory; give fewer"),
    ],
)
def test_errors_of_the_job_are_told_in_one_line(job, capsys, error, message):
    def fail(**_):
        raise error

    job.open = fail
    assert run("program", "data.csv", "-q") == 2
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written_and_what_was_there(job, capsys, monkeypatch):
    assert run("program", "parity", "-q") == 0
    before = {path: path.read_bytes() for path in Path("parity").rglob("*") if path.is_file()}

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert run("program", "parity", "-q") == 2
    assert run("program", "other", "-q") == 2
    err = capsys.readouterr().err.splitlines()
    assert err == ["pellucid: No space left on device; free some space, or choose another --output; "
                   "then run again with --resume"] * 2  # fmt: skip
    assert {path: path.read_bytes() for path in Path("parity").rglob("*") if path.is_file()} == before
    assert [path.name for path in Path().iterdir()] == ["parity"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_standard_output_is_told():
    script = "import sys; from pellucid.cli import main; sys.argv = ['pellucid', sys.argv[1]]; main()"
    for command in ("list", "--help"):
        with Path("/dev/full").open("w") as full:
            ran = subprocess.run(
                [sys.executable, "-c", script, command], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert ran.returncode == 2
        assert ran.stderr.startswith("pellucid: ")
        assert "No space left on device" in ran.stderr
        assert ran.stderr.count("\n") == 1


def test_an_interrupt_is_resumed(job, capsys):
    def interrupted(checkpoint, **_):
        checkpoint.mkdir(exist_ok=True)
        (checkpoint / "training.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    job.open = interrupted
    assert run("program", "parity", "-q") == 130
    assert capsys.readouterr().err == "pellucid: interrupted; run the same command with --resume to go on\n"
    assert [path.name for path in Path().iterdir()] == [".parity.checkpoint"]

    def resumed(checkpoint, **_):
        assert (checkpoint / "training.safetensors").read_bytes() == b"half"
        return found()

    job.open = resumed
    assert run("program", "parity", "-q", "--resume") == 0
    assert [path.name for path in Path().iterdir()] == ["parity"]
    job.open = lambda **_: found()
    assert run("program", "parity", "-q", "--resume") == 0
    assert capsys.readouterr().err == "pellucid: nothing to resume; starting afresh\n"


def test_without_resume_an_old_checkpoint_is_dropped(job):
    Path(".parity.checkpoint").mkdir()
    Path(".parity.checkpoint/x").write_text("old")

    def fresh(checkpoint, **_):
        assert not list(checkpoint.iterdir())
        return found()

    job.open = fresh
    assert run("program", "parity", "-q") == 0


def test_two_runs_at_once_do_not_write_to_one_folder(job, capsys):
    def while_another_begins(checkpoint, **_):
        (checkpoint / "x").write_text("mine")
        job.open = lambda **_: found()
        assert run("program", "parity", "-q") == 2
        assert "'parity' is being written by another run" in capsys.readouterr().err
        assert (checkpoint / "x").read_text() == "mine"
        return found()

    pytest.importorskip("fcntl")
    job.open = while_another_begins
    assert run("program", "parity", "-q") == 0
    assert [path.name for path in Path().iterdir()] == ["parity"]
    assert run("program", "parity", "-q") == 0  # an earlier result of ours is replaced


def test_what_a_run_left_that_was_killed_while_writing_is_cleared(job):
    Path(".parity.staged-abc").mkdir()
    Path("parity").mkdir()
    Path("parity/program.py").write_text("half of a result, without its finding.json")
    Path(".parity.checkpoint").mkdir()
    assert run("program", "parity", "-q", "--resume") == 0
    assert [path.name for path in Path().iterdir()] == ["parity"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out of memory; give fewer rows"),
        (MemoryError("out of memory at 'x'; lower y"), "out of memory at 'x'; lower y"),
        (MemoryError(), "out of memory; give fewer rows"),
    ],
)
def test_out_of_memory_is_one_line(job, capsys, error, told):
    def full(**_):
        raise error

    job.open = full
    assert run("program", "parity", "-q") == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_other_runtime_errors_keep_their_traceback(job):
    def broken(**_):
        raise RuntimeError("a defect")

    job.open = broken
    with pytest.raises(RuntimeError, match="a defect"):
        run("program", "parity", "-q")


def test_a_real_interrupt_ends_with_130(tmp_path):
    script = textwrap.dedent("""
        import signal, sys, time, types
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have been started without it
        import pellucid.jobs
        stub = types.ModuleType("pellucid.jobs.program")
        stub.find_subject = lambda text, **options: (None, text, None)
        def open_program(subject, **given):
            print("working", flush=True)
            time.sleep(30)
        stub.open_program = open_program
        sys.modules["pellucid.jobs.program"] = pellucid.jobs.program = stub
        from pellucid.cli import main
        sys.argv = ["pellucid", "program", "parity"]
        main()
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "pellucid: interrupted; run the same command with --resume to go on" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_refuted_specification_ends_with_1(job, monkeypatch):
    Path("spec.py").write_text(SOURCE)
    monkeypatch.setattr("pellucid.cli.commands.program._specification", lambda path, alphabet: path.name)
    job.open = lambda **_: found(Refuted("program satisfies spec.py", "x = 1 1"))
    assert run("program", "parity", "-q", "--spec", "spec.py") == 1
    assert job.calls[0]["spec"] == "spec.py"
    assert Path("parity/finding.json").exists()


def test_a_program_that_misses_held_out_sequences_ends_with_1(job, capsys):
    job.open = lambda **_: found(
        SampledClaim("program = labels on held-out sequences of length 9", 50, 24, key="program_held_out")
    )
    assert run("program", "parity", "-q") == 1
    out, err = capsys.readouterr()
    assert out == "parity\n"
    assert err.startswith(
        "pellucid: not exact: program = labels on held-out sequences of length 9: 50 cases, 24 failures"
    )
    assert "check that labels follow from the inputs" in err
    assert err.count("\n") == 1
    assert Path("parity/finding.json").exists()


@pytest.mark.parametrize("arguments", [["-m", "pellucid.cli", "--help"], ["-c", "import pellucid"]])
def test_nothing_heavy_is_imported_before_it_is_needed(arguments):
    """What makes it answer in a tenth of a second."""
    ran = subprocess.run([sys.executable, "-X", "importtime", *arguments], check=True, capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "pellucid" in imported
    assert not imported & {"torch", "numpy", "scipy", "sympy", "sklearn", "matplotlib", "jinja2", "z3", "transformers"}


def test_the_package_is_lazy_and_complete():
    code = "import sys, pellucid; assert 'numpy' not in sys.modules; pellucid.subjects.Sequences; print(dir(pellucid))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'subjects'" in ran.stdout
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = pellucid.nonsense
    with pytest.raises(ValueError, match=r"holds no finding\.json"):
        pellucid.load("nowhere")
