"""Small registers and nights made by hand or drawn at random, for tests and benchmarks alike.

Nothing under ``jobs`` imports this room, so that it may use what only developers install.
"""
