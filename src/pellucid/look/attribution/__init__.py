"""What features of transcoders make of a prompt: attribution graphs."""
