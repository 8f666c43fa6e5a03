"""Formulas by exact algebra: null spaces, dimensional analysis, solving relations for the target."""
