"""Programs, automata and the networks they come from."""
