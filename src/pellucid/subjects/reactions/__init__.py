"""Reaction networks: as they are written with arrows, in a file, or in SBML."""
