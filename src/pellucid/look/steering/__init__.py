"""Steering: features are added, set or taken out while a model writes, and what that does is measured."""
