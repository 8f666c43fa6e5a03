"""Models from files: the loader, and what a .gguf file became, kept for the next time."""
