"""Recurrent networks, their training and the search for the smallest one."""
