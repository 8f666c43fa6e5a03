"""Queries: what an automaton is learnt from by asking, and the tests that try to prove it wrong."""
