"""Geometry: representations of more than one dimension (circles, helices, clusters), and what would show one."""
