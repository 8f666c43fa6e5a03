"""Wiring: networks whose neurons have places, and pay for the length of their wires."""
