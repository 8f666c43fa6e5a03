"""Hints for a verifier, found without a language model: proposed by families, weeded out by Dafny (Houdini)."""
