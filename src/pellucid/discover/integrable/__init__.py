"""Integrable equations found by searching over families."""
