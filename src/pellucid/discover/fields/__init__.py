"""Partial differential equations from fields that were seen on a grid."""
