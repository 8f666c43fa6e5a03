"""A page that asks a server on this machine, and the server."""
