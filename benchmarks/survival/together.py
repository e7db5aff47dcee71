"""Many at work in one warehouse at once: small transactions, no deadlock, nothing half."""

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    Decision,
    EmbeddedServer,
    audit_written,
    current_publication,
    open_warehouse,
    publish,
    read_table,
    record_decisions,
    remove_old,
    upgrade,
)
from jobs.warehouse.ddl.views import VIEWS
from jobs.warehouse.store.publishing import publication
from jobs.warehouse.store.verification import verify_chain, verify_rows

READERS: Final = 20
PEOPLE: Final = 4
SECONDS: Final = 120
"""How long anybody may take before it counts as a deadlock that the server did not see."""
FIRST: Final = date(2006, 1, 1)
DAYS: Final = 120
KEEP_DAYS: Final = 45
Work = Callable[[], object]


@dataclass(kw_only=True)
class Found:
    """Trials by who was at work, lines with which somebody was refused, and what went wrong."""

    trials: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Warehouse:
    """A warehouse in which a night is published, and what people do in it."""

    def __init__(self, engine: sa.Engine, *, seed: int) -> None:
        self.engine, self.chance = engine, Random(seed)  # noqa: S311 - no secret is drawn
        self.numbers = itertools.count(1)
        self.people = nights.members(
            prison=[f"A{n:04d}AA" for n in range(400)], immigration=[f"C{n}" for n in range(400)]
        )
        self.publish(FIRST)()

    def publish(self, as_of: date) -> Work:
        """Publish a night that nobody has published before."""
        number = next(self.numbers)
        facts = nights.facts(people=PEOPLE, seed=number) | {
            results.IDENTITIES.full_name: self.people
        }
        manifest = nights.manifest(as_of=as_of, policy=str(number))

        def audit(connection: sa.Connection) -> None:
            audit_written(connection, publication(connection, manifest.publication_id))

        return lambda: publish(self.engine, manifest=manifest, tables=facts, audit=audit)

    def review(self) -> Work:
        """Enter twenty decisions as an import does: all or none."""
        first = self.chance.randrange(380)
        entered = {
            f"row {n}": Decision(
                prisoner_number=f"A{n:04d}AA",
                cid_person_id=f"C{n}",
                judgement=self.chance.choice(("must_link", "must_not_link")),
                reviewer="a reviewer",
                reason=f"trial {next(self.numbers)}",
            )
            for n in range(first, first + 20)
        }

        def enter() -> None:
            before = self._decided(entered)
            try:
                record_decisions(self.engine, entered)
            finally:
                now = self._decided(entered) - before
                if now not in (0, len(entered)):
                    raise AssertionError(f"{now} of {len(entered)} decisions were entered")

        return enter

    def _decided(self, entered: Mapping[str, Decision]) -> int:
        reasons = list({decision.reason for decision in entered.values()})
        query = sa.text("SELECT count(*) FROM review.decisions WHERE reason = ANY(:reasons)")
        with self.engine.connect() as connection:
            return int(connection.scalar(query, {"reasons": reasons}) or 0)

    def migrate(self) -> Work:
        """Bring the warehouse up to this code, as the first run after an upgrade does."""

        def bring_up() -> None:
            with self.engine.begin() as connection:
                connection.execute(sa.text("COMMENT ON SCHEMA report IS 'an older one'"))
            upgrade(self.engine)

        return bring_up

    def retain(self) -> Work:
        """Remove what is past its time."""
        return lambda: remove_old(self.engine, keep_days=KEEP_DAYS)

    def read(self) -> Work:
        """Read a table of the last night and a view, as the pages and other tools do."""
        table = self.chance.choice(sorted(results.NIGHTLY))
        view = self.chance.choice([view for view in VIEWS if view.schema == "report"])
        day = self.day()

        def look() -> None:
            found = current_publication(self.engine, as_of=day)
            if found is not None:
                read_table(self.engine, found.publication_id, table)
            with self.engine.connect() as connection:
                connection.execute(sa.text(f"SELECT count(*) FROM report.{view.name}"))  # noqa: S608 - a view of our own

        return look

    def day(self) -> date:
        """One of a few days, so that nights meet on one."""
        return FIRST + timedelta(days=self.chance.choice((0, 1, 40, DAYS)))

    def trials(self) -> Iterator[tuple[str, list[Work]]]:
        """Who is at work at once, kind after kind, without end."""
        while True:
            day = self.day()
            yield "two nights of one date", [self.publish(day), self.publish(day)]
            yield "two nights", [self.publish(self.day()), self.publish(self.day())]
            yield "a night and a review import", [self.publish(self.day()), self.review()]
            yield "two review imports", [self.review(), self.review()]
            yield "a night and a migration", [self.publish(self.day()), self.migrate()]
            yield "two migrations", [self.migrate(), self.migrate()]
            yield "a night and retention", [self.publish(self.day()), self.retain()]
            yield (
                "twenty readers, a night and a migration",
                [*(self.read() for _ in range(READERS)), self.publish(self.day()), self.migrate()],
            )

    def half(self) -> list[str]:
        """What of the last publication of each day is not whole."""
        found = verify_chain(self.engine)
        for day in (0, 1, 40, DAYS):
            current = current_publication(self.engine, as_of=FIRST + timedelta(days=day))
            if current is not None:
                found += verify_rows(self.engine, current)
        return [str(each) for each in found]


@contextmanager
def warehouse_on(server: EmbeddedServer, *, seed: int, name: str) -> Iterator[Warehouse]:
    """A warehouse of one's own on a server; gone afterwards."""
    engine = open_warehouse(server.create_database(name))
    engine = sa.create_engine(
        engine.url, hide_parameters=True, pool_size=READERS + 4, max_overflow=4
    )
    upgrade(engine)
    try:
        yield Warehouse(engine, seed=seed)
    finally:
        engine.dispose()
        server.drop_database(name)


def together(
    server: EmbeddedServer,
    *,
    trials: int,
    seed: int,
    tell: Callable[[str], None] | None = None,
    until: float = math.inf,
) -> Found:
    """Make so many trials of people at work at once; say what went wrong.

    Everybody begins at the same moment and ends well, or is refused in one line. A deadlock, a
    fault of the software and whoever does not end are wrong, and so is a publication not whole. No
    trial is begun after ``until``, by the monotonic clock.
    """
    found = Found()
    with warehouse_on(server, seed=seed, name=f"together_{seed}") as own:
        for number, (who, works) in enumerate(itertools.islice(own.trials(), trials), start=1):
            if time.monotonic() > until:
                break
            found.trials[who] += 1
            for error in at_once(works):
                if isinstance(error, BadInput):
                    found.refused[f"{error.where}: {error.what}"] += 1
                else:
                    found.wrong.append(f"trial {number}: {who}: {type(error).__name__}: {error}")
            found.wrong += [f"trial {number}: {who}: {each}" for each in own.half()]
            if tell is not None and number % 50 == 0:
                tell(f"{number} trials; wrong: {len(found.wrong)}")
    return found


def at_once(works: list[Work]) -> list[BaseException]:
    """Begin everything at one moment; give the errors with which something ended."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def do(work: Work) -> None:
        gate.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is what is looked for
            errors.append(error)

    threads = [threading.Thread(target=do, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        if thread.is_alive():
            errors.append(TimeoutError(f"did not end within {SECONDS} seconds"))
    return errors
