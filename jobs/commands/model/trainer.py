"""Train a linkage model, measure it beside the one in use, and put it to use by a person's word."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from expectations import suite
from jobs.check import check_night
from jobs.commands.model.model_page import quality_page
from jobs.contract.registers import REGISTERS
from jobs.contract.results import DECISIONS, IDENTITIES
from jobs.link import Model, link_registers, train_model
from jobs.link.train.model_quality import PAIR, Quality, Trial, quality
from jobs.night import Night
from jobs.operate.databases import page_warehouse, warehouse
from jobs.operate.model_registry import PAGE, approve_candidate, model_in_use, store_candidate
from jobs.operate.site_rules.exceptions_of_night import site_exceptions
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest
from jobs.runtime.progress import steps
from jobs.runtime.settings import Settings
from jobs.synthetic import build_world
from jobs.warehouse import publications

FIRST_SEED: Final = 9001
"""Of the worlds that models are measured on: no model is trained and nothing tuned on them."""
NOISES: Final = ("default", "harsh")
WORLD_NIGHT: Final = date(2006, 4, 25)
LABEL: Final = "training"

Tables = dict[str, pa.Table]


@dataclass(frozen=True, kw_only=True)
class CheckedWorld:
    """An invented world as it passes the check, and its true pairs."""

    name: str
    tables: Tables
    truth: pd.DataFrame


def last_night(settings: Settings) -> date:
    """The last night that was published.

    Raises:
        BadInput: nothing is published yet.
    """
    with warehouse(settings) as engine:
        nights = [publication.as_of for publication in publications(engine)]
    if not nights:
        raise BadInput("training", "no night is published yet", "run a night, or name one")
    return max(nights)


def approve(
    settings: Settings, version: str, by: str, why: str, *, actor: str | None = None
) -> str:
    """Approve a model that was trained here; give its name.

    Args:
        settings: of this installation.
        version: the model's.
        by: who approves it, as it was typed.
        why: the reason.
        actor: whom Airflow's login vouches for; None at a terminal.

    Raises:
        BadInput: no such model was trained here, or the name or the reason is missing.
    """
    opened = warehouse(settings) if actor is None else page_warehouse(settings)
    with opened as engine:
        return approve_candidate(
            settings, engine, version=version, by=by, reason=why, actor=actor
        ).name


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A stored candidate: its version, where its report is, and what to read first.

    ``lines`` are for a terminal; ``evidence``, blocks of Markdown, for whoever decides.
    """

    version: str
    page: Path
    lines: tuple[str, ...]
    evidence: tuple[str, ...]
    in_use: str


def train_candidate(
    settings: Settings,
    *,
    as_of: date,
    version: str | None = None,
    worlds: int = 2,
    people: int = 6_000,
) -> Trained:
    """Learn a model from a night's registers, measure it beside the one in use, and store it.

    Nothing that nights use changes. The same landings give the same model.

    Args:
        settings: where the registers and the data are.
        as_of: the night to learn from; it is landed if it is not yet.
        version: the model's name; by default the night and the start of the data's digest.
        worlds: invented worlds of each noise to measure on.
        people: people of each of these worlds.

    Raises:
        BadInput: something delivered is wrong, or a critical check failed.
    """
    with steps("training", 4) as progress:
        progress.start("read the registers")
        tables, digests = _landed(settings, as_of)
        progress.start("learn")
        model = train_model(
            worlds=[tables],
            version=version or f"{as_of}-{_short(digests)}",
            trained_on={
                "night": as_of.isoformat(),
                "landings": digests,
                "persons": _persons(tables),
            },
        )
        with warehouse(settings) as engine:
            current = model_in_use(engine)
        progress.start("measure")
        known = [
            _world(seed, people, noise)
            for noise in NOISES
            for seed in range(FIRST_SEED, FIRST_SEED + worlds)
        ]
        measured = {one.digest: _measured(one, known) for one in (model, current)}
        progress.start("store")
        new, old = measured[model.digest], measured[current.digest]
        folder = store_candidate(
            settings,
            model=model,
            quality={"candidate": new.as_json(), "in_use": old.as_json()},
            page=quality_page(candidate=new, current=old),
        )
    page = folder / PAGE
    return Trained(
        version=model.version,
        page=page,
        lines=_lines(new, old, page),
        evidence=_evidence(new, old),
        in_use=current.name,
    )


def _lines(new: Quality, old: Quality, page: Path) -> tuple[str, ...]:
    """The means over all worlds, candidate and model in use, for a terminal."""
    names = [name for name in new.accuracy.columns if name != "world"]
    return (
        f"model {new.model.version}, digest {new.model.digest[:12]}; in use: {old.model.name}",
        *(
            f"  {name}: {new.accuracy[name].mean():.5f} (in use {old.accuracy[name].mean():.5f})"
            for name in names
        ),
        f"report: {page}",
        f"to use it: python -m jobs train approve {new.model.version} --by NAME --why TEXT",
    )


def _evidence(new: Quality, old: Quality) -> tuple[str, ...]:
    """Both models beside each other, as the page of the question shows them."""
    learned = new.model.trained_on
    persons = " and ".join(f"{count:,} of {name}" for name, count in learned["persons"].items())
    measures = [name for name in new.accuracy.columns if name != "world"]
    rows = [
        f"| {name} | {new.accuracy[name].mean():.5f} | {old.accuracy[name].mean():.5f} |"
        for name in measures
    ]
    origin = (
        f"The new model learned from the night of {learned['night']} (persons: {persons}). Both "
        f"were measured on {len(new.accuracy)} invented worlds whose true pairs are known; the "
        "means:"
    )
    table = "\n".join(["| measure | new model | model in use |", "|---|--:|--:|", *rows])
    consequence = (
        "With the new model, nights link from the next run on, and their movement names the "
        "change. It can be withdrawn at any time."
    )
    return origin, table, consequence


def _landed(settings: Settings, as_of: date) -> tuple[Tables, dict[str, str]]:
    """The accepted tables of a night, landed if they are not yet, and the landings' digests."""
    night = Night.open(as_of=as_of, label=LABEL, settings=settings)
    tables: Tables = {}
    digests = {}
    for register in REGISTERS:
        night.extract(register)
        landing = night.landing(register)
        tables |= landing.tables()
        digests[register] = str(landing.summary()["content_digest"])
    with warehouse(settings) as engine:
        asked = site_exceptions(engine, suite=suite(), as_of=as_of).on(suite())
    checked = check_night(tables=tables, as_of=as_of, suite=asked)
    checked.stop_if_critical()
    return dict(checked.tables), digests


def _persons(tables: Tables) -> dict[str, int]:
    return {name: tables[f"{name}.persons"].num_rows for name in REGISTERS}


def _short(digests: dict[str, str]) -> str:
    return text_digest(canonical_json(digests))[:6]


def _world(seed: int, people: int, noise: str) -> CheckedWorld:
    built = build_world(seed=seed, people=people, as_of=WORLD_NIGHT, noise=noise)
    checked = check_night(tables=built.tables, as_of=WORLD_NIGHT, suite=suite())
    truth: pd.DataFrame = built.truth["people"].to_pandas()
    return CheckedWorld(
        name=f"seed {seed}, {noise} noise",
        tables=dict(checked.tables),
        truth=truth.dropna(subset=list(PAIR)),
    )


def _measured(model: Model, worlds: list[CheckedWorld]) -> Quality:
    trials = []
    for world in worlds:
        linked = link_registers(
            tables=world.tables,
            decisions=DECISIONS.empty(),
            previous_identities=IDENTITIES.empty(),
            model=model,
        )
        trials.append(
            Trial(
                world=world.name,
                persons=sum(_persons(world.tables).values()),
                truth=world.truth,
                links=linked.links,
                blocking=linked.blocking,
            )
        )
    return quality(model, trials)
