"""Finite groups, from their tables of products: whether a table is one, its classes, its characters, its name."""
