"""Layers of a network with labelled inputs: what probes read."""
