"""Formulas while they are being found: expressions as tapes, constants fitted and snapped, candidates ranked."""
