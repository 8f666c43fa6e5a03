"""What rows say of a form with free constants: their values and errors, the noise, and the length of it all
together."""
