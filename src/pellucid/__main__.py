"""`python -m pellucid`: the same as the command `pellucid`."""

from .cli import main

main()
