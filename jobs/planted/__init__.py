"""Planted cases: each night, invented people of every kind of failure, and who of them is found.

They are planted into a copy of a sample of the night's landings, in memory, which no publication
ever reads; what they are called no publication takes (`jobs.contract.proof.failure_kinds`).
"""

from jobs.planted.nightly import try_on, try_on_night

__all__ = ["try_on", "try_on_night"]
