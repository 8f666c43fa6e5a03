"""Training runs: their final losses by size, and their logs."""
