"""Tables of three runs of one spring, written in the ways that people's files are; what each says is the same.

`seen` parts them by a hash of their names: those that are not seen were read once, after the reader was done.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TIMES = np.arange(30) / 10
RUNS = [np.stack([a * np.cos(1.4 * TIMES + p), -1.4 * a * np.sin(1.4 * TIMES + p)], 1)
        for a, p in ((1.0, 0.2), (0.6, 1.1), (1.5, 2.7))]  # fmt: skip
ROWS = [(run, i, *row) for run, states in enumerate(RUNS) for i, row in enumerate(states.tolist())]
START = datetime.datetime(2024, 3, 1, 12)


def _text(head: str, line: Callable[[int, float, float, float], str], end: str = "\n") -> str:
    """A header, and a line for each row from its run, time, and state."""
    rows = [line(run, TIMES[i], x, v) for run, i, x, v in ROWS]
    return end.join([head, *rows]) + end


def _comma(*values: float) -> list[str]:
    return [f"{value:.6f}".replace(".", ",") for value in values]


def _numbered(head: str, first: int) -> str:
    rows = [f"{first + k},{run},{TIMES[i]:.1f},{x:.6f},{v:.6f}" for k, (run, i, x, v) in enumerate(ROWS)]
    return "\n".join([head, *rows]) + "\n"


def _moment(run: int, t: float) -> datetime.datetime:
    return START + datetime.timedelta(hours=run, seconds=t)


def _shuffled() -> str:
    rows = [f"{run},{TIMES[i]:.1f},{x:.6f},{v:.6f}" for run, i, x, v in ROWS]
    order = np.random.default_rng(5).permutation(len(rows)).tolist()
    return "\n".join(["run,t,x,v", *(rows[k] for k in (*order, *order[:4]))]) + "\n"


def _missing(word: str) -> str:
    rows = [f"{run},{TIMES[i]:.1f},{x:.6f},{word if i == 7 * run + 3 else f'{v:.6f}'}" for run, i, x, v in ROWS]
    return "\n".join(["run,t,x,v", *rows]) + "\n"


def tables() -> dict[str, str]:
    """By the name of the file, its text."""
    plain = "{},{:.1f},{:.6f},{:.6f}".format
    once = "{1:.1f},{2:.6f},{3:.6f}".format
    columns = "{:<8}{:>10.1f}{:>14.6f}{:>14.6f}".format
    return {
        "index_without_name.csv": _numbered(",run,t,x,v", 0),
        "index_by_name.csv": _numbered("index,run,t,x,v", 0),
        "row_numbers.csv": _numbered("#,run,t,x,v", 1),
        "row_id_from_database.csv": _numbered("row_id,run,t,x,v", 4711),
        "units_in_brackets.csv": _text("Run;Time [s];x [m];v [m/s]", lambda *r: plain(*r).replace(",", ";")),
        "milliseconds_in_parentheses.csv": _text("run,time (ms),x,v", lambda n, t, *x: plain(n, 1000 * t, *x)),
        "decimal_commas_and_mark.csv": "\ufeff" + _text("run;t;x;v", lambda n, *r: ";".join([str(n), *_comma(*r)])),
        "decimal_commas_tabs.tsv": _text("run\tt\tx\tv", lambda n, *r: "\t".join([str(n), *_comma(*r)])),
        "delimiter_at_the_end.csv": _text("run;t;x;v;", lambda *r: plain(*r).replace(",", ";") + ";"),
        "experiment_in_words.csv": _text("experiment,t,x,v", lambda n, *r: plain("ABC"[n], *r)),
        "replicates.csv": _text("replicate,t,x,v", lambda n, *r: plain(n + 1, *r)),
        "subjects.csv": _text("subject,time,x,v", lambda n, *r: plain(f"mouse {n + 1}", *r)),
        "blank_lines_between_runs.csv": _text("t,x,v", lambda *r: ("\n" if r[0] and r[1] == 0 else "") + once(*r)),
        "runs_below_each_other.csv": _text("t,x,v", once),
        "units_in_second_line.csv": _text("run,t,x,v\n,s,m,m/s", plain),
        "comments_first.csv": "# logger 2.1\n# spring, three runs\n" + _text("run,t,x,v", plain),
        "not_available.csv": _missing("NA"),
        "dashes.csv": _missing("-"),
        "empty_cells.csv": _missing(""),
        "iso_dates.csv": _text("run,timestamp,x,v", lambda n, t, *x: f"{n},{_moment(n, t).isoformat()},{x[0]},{x[1]}"),
        "iso_dates_utc.csv": _text("run,time,x,v", lambda n, t, *x: f"{n},{_moment(n, t).isoformat()}Z,{x[0]},{x[1]}"),
        "time_of_day.csv": _text("run,time,x,v", lambda n, t, *x: f"{n},{_moment(n, t):%H:%M:%S.%f},{x[0]},{x[1]}"),
        "dotted_dates.csv": _text(
            "run;date;x;v", lambda n, t, *x: f"{n};{_moment(n, t):%d.%m.%Y %H:%M:%S.%f};{x[0]};{x[1]}"
        ),
        "month_first.csv": _text(
            "run,logged,x,v", lambda n, t, *x: f"{n},{_moment(480 + n, t):%m/%d/%Y %H:%M:%S.%f},{x[0]},{x[1]}"
        ),
        "day_first.csv": _text(
            "run,date,x,v", lambda n, t, *x: f"{n},{_moment(480 + n, t):%d/%m/%Y %H:%M:%S.%f},{x[0]},{x[1]}"
        ),
        "day_or_month.csv": _text(
            "run,date,x,v", lambda n, t, *x: f"{n},{_moment(n, t):%m/%d/%Y %H:%M:%S.%f},{x[0]},{x[1]}"
        ),
        "year_first.csv": _text(
            "run,date,x,v", lambda n, t, *x: f"{n},{_moment(n, t):%Y/%m/%d %H:%M:%S.%f},{x[0]},{x[1]}"
        ),
        "unit_alone.csv": _text("run,Hours,x,v", plain),
        "unit_in_brackets.csv": _text("run,Time [min],x,v", plain),
        "seconds_since_1970.csv": _text("run,timestamp,x,v", lambda n, t, *x: plain(n, 1709294400 + 3600 * n + t, *x)),
        "shuffled_and_twice.csv": _shuffled(),
        "aligned_by_spaces.txt": _text(f"{'run':<8}{'t':>10}{'x':>14}{'v':>14}", columns),
        "all_quoted.csv": _text('"run","t","x","v"', lambda *r: ",".join(f'"{c}"' for c in r), end="\r\n"),
        "words_and_constants.csv": _text(
            "operator,mass,run,t,x,v", lambda *r: f"Ana,0.25,{plain(*r)}"
        ),
        "capitals_and_spaces.csv": _text("Run , Time , X , V", lambda *r: plain(*r).replace(",", " , ")),
    }  # fmt: skip


def seen(name: str) -> bool:
    """Whether a file is of the half that was looked at."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0
