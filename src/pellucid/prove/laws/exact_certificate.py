"""Certificates in exact arithmetic: a JSON text that is made again from what was found, and verified again.

`verify` raises Wrong where the certificate does not hold, and otherwise says in a few words what it saw.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from ...core.claim import Claim, Proved, Refuted
from ..networks.enclosure_certificate import Verdict
from ..networks.enclosure_integers import Wrong
from ..programs.equivalence import Proof


def prove_exactly(
    kind: str, path: str, certificate: Callable[[], dict[str, Any]], verify: Callable[[dict[str, Any]], str]
) -> Proof:
    """The proof of the certificate's statement, to be kept at `path`; refuted where it does not hold."""
    start, data = time.monotonic(), certificate()
    try:
        verify(data)
        claim: Claim = Proved(data["statement"], data["domain"], "FLINT", path, "pellucid check")
        files = {path: json.dumps(data, indent=1) + "\n"}
    except Wrong as error:
        claim, files = Refuted(data["statement"], str(error)), {}
    return Proof(claim, files, seconds=time.monotonic() - start, about={"kind": kind})


def check_exactly(
    text: str,
    what: str,
    again: Callable[[dict[str, Any]], dict[str, Any]],
    verify: Callable[[dict[str, Any]], str],
) -> Verdict:
    """Whether `text` is the certificate that `again` makes of `what` was found, and holds."""
    try:
        data = json.loads(text)
        if data != again(data):
            raise Wrong(f"it is not the certificate that the {what} and its statement give")
        return Verdict("", verify(data))
    except Wrong as error:
        return Verdict(str(error))
    except (KeyError, TypeError, ValueError, ArithmeticError, IndexError) as error:
        return Verdict(f"it cannot be read ({type(error).__name__}: {error})")
