"""Drawings of what is known of training."""
