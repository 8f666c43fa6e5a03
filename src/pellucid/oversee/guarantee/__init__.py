"""Guarantees: what a policy does at worst in a known world, bounded from both sides."""
