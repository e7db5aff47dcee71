"""Probabilities of what is uncertain, learned from both registers of the night, without answers."""
