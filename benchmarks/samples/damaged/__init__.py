"""Damaged deliveries by seed: each lands with all true rows accounted for, or one line refuses it.

``python -m benchmarks.samples.damaged --deliveries 10000 --seed 1`` makes the long run. The true
number of rows is that of the writer, before the damage; never what was parsed.
"""
