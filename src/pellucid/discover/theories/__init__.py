"""Theories that share their parts: what several systems have in common."""
