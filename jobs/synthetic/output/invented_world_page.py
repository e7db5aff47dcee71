"""The invented world described for ``docs/``: its sizes, its unusual events, its errors."""

from dataclasses import fields
from typing import Final

from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.noise import NOISES, Noise
from jobs.synthetic.casework import second_looks
from jobs.synthetic.custody import unusual_events
from jobs.synthetic.people import world_size
from jobs.synthetic.people.world_size import Size

_SIZES: Final = (5_000, 40_000, 100_000, world_size.DEFAULT_PEOPLE, 1_000_000)
_EVENTS: Final = (
    ("a suspended sentence passed beside another, never activated", unusual_events.SUSPENDED_BESIDE,
     "of sentenced stays"),
    ("days in default of a fine beside a sentence", unusual_events.FINED_BESIDE,
     "of sentenced stays"),
    ("a stay in default of a fine alone", unusual_events.FINED_ALONE,
     "of terms of a month or less, of people received once"),
    ("a suspended sentence activated", unusual_events.ACTIVATED,
     "of terms under two years, of people received once"),
    ("an extended sentence", unusual_events.EXTENDED,
     "of violent and sexual offences with a year or more, from 30 September 1998"),
    ("a hospital order", unusual_events.HOSPITAL_ORDERS, "of moves from prison to hospital"),
    ("a recall from licence", unusual_events.RECALLED,
     "of last releases on licence with licence left to run"),
    ("a decision withdrawn before release, and taken anew", second_looks.WITHDRAWN_BEFORE,
     "of decided cases with room for it"),
    ("a decision not to pursue withdrawn after the release", second_looks.WITHDRAWN_AFTER,
     "of those of people who were released and not received again by then"),
    ("convicted again after a deferral and before the decision", second_looks.CONVICTED_AGAIN,
     "of decided cases of long stays with room for it"),
    ("lost after release", unusual_events.LOST, "of those to be deported, but released"),
    ("found again", unusual_events.FOUND_AGAIN, "of the lost"),
)  # fmt: skip


def invented_world_markdown() -> str:
    """The page ``docs/invented-world.md``."""
    lines = [
        "# The invented world",
        "",
        "Written by `python -m jobs docs`. Do not edit it.",
        "",
        "`python -m jobs world` invents people and what happens to them from 1996 to the end of",
        "2007, and shows how two badly connected registers had it on record on a night. All of it",
        "is invented; what the published tables of 2006 say of the 1,023 it keeps to the person",
        "(`jobs/synthetic/base/published_figures.py` names the sources).",
        "",
        "## How many people",
        "",
        "`--people` is the number of persons in each register on 25 April 2006. From",
        f"{world_size.TRUE_SCALE_PEOPLE:,} upwards every foreign prisoner there was is among them,",
        "and samples of British prisoners and of the immigration register's other people fill the",
        "rest. Below, foreign prisoners shrink as well, and so does every published figure but",
        f"those of the {published.COHORT:,}, who are always all there. Half of the prison register",
        "is in the immigration register too, or as many as can be: all foreign prisoners and few",
        "British ones.",
        "",
        "| `--people` | share of the foreign prisoners there were |",
        "|---:|---:|",
        *(f"| {size:,} | {Size(people=size).foreign_share:.0%} |" for size in _SIZES),
        "",
        f"The default is {world_size.DEFAULT_PEOPLE:,}. `--british-rate` and `--others-rate` take",
        f"a sample of that share of {world_size.BRITISH_PEOPLE:,} British prisoners and of",
        f"{world_size.OTHER_PEOPLE:,} other people (both are this project's estimates) in place of",
        "filling up. A register also holds the second records of people held twice.",
        "",
        "## What befalls few",
        "",
        "True events, whatever the noise. Where no source gives a number, the share is this",
        "project's; reasons: `jobs/synthetic/custody/unusual_events.py` and",
        "`jobs/synthetic/casework/second_looks.py`. Of the 1,023, whose stories are those of the",
        f"published tables, {unusual_events.COHORT_RECALLED} are recalled in the same booking in",
        "March and April 2006 and stay until they were decided on: their first release stays",
        "missed, their second is not.",
        "",
        "| event | share | of what |",
        "|---|---:|---|",
        *(f"| {name} | {share:g} | {of.removeprefix('of ')} |" for name, share, of in _EVENTS),
        "",
        "## How wrong the registers are",
        "",
        "Shares of the persons (or rows) of one register unless the reason says otherwise.",
        "`--noise` takes `none`, `default`, `harsh`, or a TOML file of rates that may begin with",
        '`from = "default"`. No error changes what happened.',
        "",
        "| rate | default | harsh | reason |",
        "|---|---:|---:|---|",
    ]
    for rate in fields(Noise):
        default, harsh = (getattr(NOISES[name], rate.name) for name in ("default", "harsh"))
        reason = rate.metadata["reason"]
        lines.append(f"| `{rate.name}` | {default:g} | {harsh:g} | {reason} |")
    return "\n".join([*lines, "", "`broken_rows` is in thousandths of a table's rows.", ""])
