"""Monitors: features that raise an alarm about what a model reads or writes."""
