"""Theories of several worlds: shared laws, forces, and where each holds."""
