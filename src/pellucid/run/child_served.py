"""Run by `child_function` as a script of its own, without the package: a stranger's function, asked by lines of JSON.

The first line names the file and the function; each line after it holds arguments, and is answered by one of
{"value": ...}, {"loaded": true}, {"raised": "ZeroDivisionError: ..."}. What the function prints goes nowhere.
"""

import json
import os


def limited(limits):
    """Set limits on CPU seconds, memory and the size of written files, where the system has them."""
    try:
        import resource
    except ImportError:
        return
    for name, value in limits.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, hard))


def plain(value):
    """What JSON cannot write, as what it can: numbers and arrays of numpy, and anything that can be gone through."""
    for name in ("tolist", "item"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        return {"unknown": repr(value)[:200]}
    return list(value)


def steps(argument):
    """A sequence as it is given: steps of several parts are tuples."""
    return [tuple(step) if isinstance(step, list) else step for step in argument]


def told(error):
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def main():
    requests, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what the function reads and prints is none of the lines
        os.dup2(nothing, stream)
    first = json.loads(requests.readline())
    limited(first["limits"])

    def reply(answer):
        try:
            line = json.dumps(answer, default=plain)
        except (ValueError, TypeError, RecursionError) as error:
            line = json.dumps({"raised": told(error)})
        replies.write(line + "\n")
        replies.flush()

    space = {"__name__": "specification", "__file__": first["file"]}
    try:
        exec(compile(first["source"], first["file"], "exec"), space)
        function = space[first["function"]]
    except BaseException as error:  # SystemExit and MemoryError too: the file is a stranger's
        reply({"raised": told(error)})
        return
    reply({"loaded": True})
    for line in requests:
        try:
            value = function(*[steps(argument) for argument in json.loads(line)])
            reply({"value": list(value) if hasattr(value, "__next__") else value})
        except BaseException as error:
            reply({"raised": told(error)})


if __name__ == "__main__":
    main()
