"""`python -m pellucid.cli`."""

from . import main

main()
