"""Recurrent networks and black boxes to programs."""
