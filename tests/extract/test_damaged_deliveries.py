"""Damaged deliveries end in two ways: every true row is accounted for, or one line refuses."""

import pytest

from benchmarks.samples.damaged.running import run


def test_no_damage_of_a_file_loses_a_row_or_ends_in_a_traceback() -> None:
    assert run(range(1, 61), with_servers=False).wrong == []


@pytest.mark.slow
def test_no_damage_of_a_database_does_either() -> None:
    # A whole night among them: seed 1000.
    assert run(range(994, 1006)).wrong == []


@pytest.mark.long
def test_no_damage_of_many_does() -> None:
    assert run(range(61, 161), with_servers=False).wrong == []
    assert run(range(1006, 1024)).wrong == []
