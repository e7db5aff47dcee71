"""Damaged deliveries end in two ways: every true row is accounted for, or one line refuses."""

from benchmarks.samples.damaged import run


def test_no_damage_loses_a_row_or_ends_in_a_traceback() -> None:
    found = run(range(1, 41))
    assert {fate for _, fate in found} <= {"accounted", "refused"}, found
