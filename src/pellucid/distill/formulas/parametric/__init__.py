"""Formulas by complete enumeration of small forms with free constants inside, their constants fitted in batches."""
