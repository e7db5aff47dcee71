"""Rows that no night can use: a few in each register, so that quarantine has work to do."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.contract import immigration, prison
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import stream

_THOUSAND: Final = 1000
_NOWHERE: Final = "X9999999"


def break_rows(tables: dict[str, pa.Table], *, seed: int, noise: Noise) -> dict[str, pa.Table]:
    """Break a few rows of some tables: negative terms, orphans, repeated keys.

    Tables from which people and episodes are read lose no row: a broken row is added to them, so
    that quarantine hides nobody.
    """
    if not noise.broken_rows:
        return tables
    broken = dict(tables)
    for name, spoil in _SPOILED.items():
        table = broken[name]
        rng = stream(seed, "flaws", name)
        count = min(max(round(noise.broken_rows * table.num_rows / _THOUSAND), 1), table.num_rows)
        if not count:
            continue
        chosen = np.sort(rng.permutation(table.num_rows)[:count])
        extra = spoil(table.take(pa.array(chosen)))
        broken[name] = pa.concat_tables([table, extra.cast(table.schema)])
    return broken


def _negative_term(rows: pa.Table) -> pa.Table:
    """One more sentence of the same episode, with a term of minus two months."""
    sequence = pa.array(np.full(rows.num_rows, 9), pa.int64())
    rows = _put(rows, "sentence_sequence", sequence)
    return _put(rows, "term_months", pa.array(np.full(rows.num_rows, -2), pa.int64()))


def _orphan(column: str) -> Callable[[pa.Table], pa.Table]:
    """Rows that belong to an episode or a case that nobody has."""

    def spoil(rows: pa.Table) -> pa.Table:
        return _put(rows, column, pa.array([_NOWHERE] * rows.num_rows, pa.string()))

    return spoil


def _repeated(rows: pa.Table) -> pa.Table:
    """The same rows once more: a delivery that was written twice."""
    return rows


def _older(rows: pa.Table) -> pa.Table:
    """The same keys with an older, half-empty row, as a failed synchronisation leaves them."""
    older = pc.subtract(rows["recorded_at"], pa.scalar(90 * 86_400_000_000, pa.duration("us")))
    rows = _put(rows, "recorded_at", older)
    return _put(rows, "postcode", pa.nulls(rows.num_rows, pa.string()))


def _no_event_type(rows: pa.Table) -> pa.Table:
    """Events that belong to no case."""
    numbers = pa.array([f"F{n:010d}" for n in range(rows.num_rows)], pa.string())
    return _orphan("case_id")(_put(rows, "event_id", numbers))


def _put(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    position = rows.schema.get_field_index(column)
    return rows.set_column(position, rows.schema.field(position), values)


_SPOILED: Final[dict[str, Callable[[pa.Table], pa.Table]]] = {
    prison.PERSONS.full_name: _older,
    prison.SENTENCES.full_name: _negative_term,
    prison.MOVEMENTS.full_name: _orphan("episode_id"),
    prison.EPISODES.full_name: _repeated,
    immigration.PERSONS.full_name: _older,
    immigration.EVENTS.full_name: _no_event_type,
    immigration.BARRIERS.full_name: _orphan("case_id"),
    immigration.REMOVALS.full_name: _repeated,
}
