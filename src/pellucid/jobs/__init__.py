"""What a person asks for, as one function each: methods, proofs and claims, put together."""
