"""Partitions of a finite set whose two costs are sums over blocks: which of them no other beats in both."""
