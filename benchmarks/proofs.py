"""Whether the proofs of a night hold, over invented worlds.

::

    python -m benchmarks.proofs [--seeds 10] [--first 901] [--people 6000] [--nights 30] [--write]
    python -m benchmarks.proofs estimate [--keep FOLDER] [--write]

``estimate`` holds the most likely number against the truth (`benchmarks.estimates`). Without it: on
each world planted people are looked for under the rules and the model of the release, and thirty
publications draw their samples, which are checked with the truth: the share that was wrongly
cleared is held against the bound. ``--write`` writes what was found into its section of
``docs/proofs.md``. The seeds are used by nothing else.
"""

import argparse
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.estimates import TITLE, estimate_section, worlds
from benchmarks.ranges import accepted
from jobs.assess import assess, load_policy
from jobs.contract import results
from jobs.contract.proof.assurance_strata import SampleChecks
from jobs.link import current_model, link_registers
from jobs.planted.self_test import try_planted
from jobs.report.assurance.bound import bounds, share_of_all
from jobs.report.assurance.strata import STRATUM, draw, stratum_of
from jobs.runtime.settings import ROOT
from jobs.synthetic.world import build_world

NIGHT: Final = date(2006, 4, 25)
PAGE: Final = ROOT / "docs" / "proofs.md"


def tried(*, seed: int, people: int, nights: int, noise: str) -> dict[str, Any]:
    """One world: planted cases found, and the bound beside the true share of wrongly cleared."""
    world = build_world(seed=seed, people=people, as_of=NIGHT, noise=noise)
    tables = dict(world.tables)
    checked = accepted(tables)
    linked = link_registers(
        tables=checked.accepted,
        decisions=results.DECISIONS.empty(),
        previous_identities=results.IDENTITIES.empty(),
    )
    assessments = assess(
        tables=checked.accepted,
        links=linked.links,
        identities=linked.identities,
        as_of=NIGHT,
        policy=load_policy(),
        quarantine=checked.quarantine,
    ).assessments
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.parquet" for name in tables}
        for name, path in files.items():
            pq.write_table(tables[name], path)
        planted = try_planted(
            files=files, links=linked.links, as_of=NIGHT, seed=str(seed),
            model=current_model(), policy=load_policy(),
        )  # fmt: skip
    is_wrong = wrongly_cleared(assessments, world.truth["episodes"].to_pandas())
    draws = [draw(assessments, publication_id=f"{seed} {night}") for night in range(nights)]
    sample = pd.concat(draws).drop_duplicates("episode_id")
    bad = sample[sample["episode_id"].map(is_wrong).astype("bool")]
    stratum = stratum_of(assessments)
    checks = SampleChecks(
        checked={str(k): int(v) for k, v in sample[STRATUM].value_counts().items()},
        bad={str(k): int(v) for k, v in bad[STRATUM].value_counts().items()},
        people=1,
    )
    cleared = stratum.notna()
    true = assessments.loc[cleared, "episode_id"].map(is_wrong).astype("bool").mean()
    return {
        "noise": noise,
        "seed": seed,
        "planted": sum(planted.planted.values()),
        "found": sum(planted.found.values()),
        "missed": ", ".join(planted.missed),
        "blamed": planted.blamed,
        "seconds": planted.seconds,
        "cleared": int(cleared.sum()),
        "checked": len(sample),
        "bad": len(bad),
        "true_share": 100 * float(true),
        "bound": 100 * (share_of_all(bounds(stratum, checks)) or 0.0),
    }


def wrongly_cleared(assessments: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """By episode, whether somebody who is on no list ought to be on one, by the truth."""
    known = truth.set_index("episode_id")
    listed = known["is_missed"].astype("bool") | known["status"].eq("DUE")
    return assessments.set_index("episode_id").index.to_series().map(listed).fillna(False)


PAGE_HEAD: Final = """# Proofs

What the proofs of a night are worth, measured on invented worlds on which nothing was tuned. Each
section is written by the command that it names; do not edit it by hand.
"""
SAMPLE_TITLE: Final = "Planted cases and the assurance sample"
_HEAD: Final = """
Written by `{command}`: worlds of {people:,} people in each register on the
night of {night:%-d %B %Y}.

**Planted cases.** Found of those planted, under the rules and the model of this release; beside
them, people decided on in time who stood on a list (*blamed*).

**The assurance sample.** What {nights} publications drew of one night, checked with the truth:
those wrongly cleared, as a share of all cleared, beside the bound. Wrong is whoever by the truth is
missed or due and is on no list. Of a person of whom nothing was delivered no sample can tell.

| noise | seed | planted | found | blamed | seconds | cleared | checked | bad | true, % | bound, % |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def with_section(page: str, title: str, text: str) -> str:
    """A page with this text as the section of that title, in place of the one it had."""
    before, mark, rest = (page or PAGE_HEAD).partition(f"\n## {title}\n")
    _, next_mark, after = rest.partition("\n## ") if mark else ("", "", "")
    return f"{before.rstrip()}\n\n## {title}\n{text.rstrip()}\n" + (
        f"{next_mark}{after}" if next_mark else ""
    )


def sample_section(rows: pd.DataFrame, *, command: str, people: int, nights: int) -> str:
    """What was found, as a section of a page."""
    lines = [_HEAD.format(command=command, people=people, nights=nights, night=NIGHT)]
    lines += [
        f"| {r.noise} | {r.seed} | {r.planted} | {r.found} | {r.blamed} | {r.seconds:.1f} | "
        f"{r.cleared:,} | {r.checked} | {r.bad} | {r.true_share:.2f} | {r.bound:.2f} |"
        for r in rows.itertuples()
    ]
    held = int((rows["true_share"] <= rows["bound"]).sum())
    lines.append("")
    lines.append(
        f"All {len(rows)} worlds together: {rows['found'].sum()} of {rows['planted'].sum()} "
        f"planted cases found, {rows['blamed'].sum()} blamed, at most "
        f"{rows['seconds'].max():.1f} s; the true share lay below the bound in {held} of "
        f"{len(rows)}."
    )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the command line, try the worlds and print or write the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("estimate", "sample"), default="sample")
    parser.add_argument("--first", type=int, default=901)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--people", type=int, default=6_000)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--keep", type=Path, default=Path("var") / "proofs")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    title, text = _estimate(given) if given.what == "estimate" else _sample(given)
    if given.write:
        known = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
        PAGE.write_text(with_section(known, title, text), encoding="utf-8")
    print(text)  # noqa: T201 - a command


def _estimate(given: argparse.Namespace) -> tuple[str, str]:
    command = "python -m benchmarks.proofs estimate --write"
    return TITLE, estimate_section(worlds(given.keep), command=command)


def _sample(given: argparse.Namespace) -> tuple[str, str]:
    rows = pd.DataFrame(
        [
            tried(seed=seed, people=given.people, nights=given.nights, noise=noise)
            for noise in ("default", "harsh")
            for seed in range(given.first, given.first + given.seeds)
        ]
    )
    command = f"python -m benchmarks.proofs --seeds {given.seeds} --write"
    text = sample_section(rows, command=command, people=given.people, nights=given.nights)
    return SAMPLE_TITLE, text


if __name__ == "__main__":
    main()
