"""Suites of tables for formulas: textbook laws, the classics of symbolic regression, Feynman's equations in SI
units."""
