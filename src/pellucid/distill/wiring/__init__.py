"""Wiring: networks trained to fall into parts, and the parts handed on."""
