"""Wording: names for registers, and one line about a program."""
