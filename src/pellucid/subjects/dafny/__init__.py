"""Dafny files: words, expressions, statements, and the file as a subject."""
