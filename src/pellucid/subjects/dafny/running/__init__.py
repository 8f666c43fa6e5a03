"""Running Dafny: expressions, statements, and small inputs, so that what is false of a run need not be proved false."""
