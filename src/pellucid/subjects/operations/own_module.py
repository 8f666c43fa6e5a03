"""One's own torch module, from one's own code, with the weights of a file. The code is run."""

from __future__ import annotations

import runpy
from pathlib import Path

from torch import nn

from ..sequences.torch_recurrence import read_weights


def module_with_weights(path: Path, code: str) -> nn.Module:
    """What `code`, "file.py:name", names or makes, with the weights in `path`. Raises ValueError."""
    file, _, name = code.partition(":")
    if not name or not Path(file).is_file():
        raise ValueError(f"code={code!r} is no FILE.py:NAME; name a module there, or a function that makes one")
    made = runpy.run_path(file).get(name)
    module = made if isinstance(made, nn.Module) else made() if callable(made) else None
    if not isinstance(module, nn.Module):
        raise ValueError(f"{name} in {file} is {type(made).__name__}; it should be a torch module, or make one")
    weights = read_weights(path)
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"the weights do not fit {name}: {str(error).splitlines()[-1].strip()}") from None
    return module.eval()
