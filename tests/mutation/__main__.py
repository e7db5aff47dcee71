"""Which faults in ``jobs/assess`` the tests would catch: writes ``docs/mutation.md``.

::

    python -m tests.mutation run [--files read/sentences.py] [--sample 400] [--minutes 8]
    python -m tests.mutation run --first 3         the first three seconds of tests, not more
    python -m tests.mutation write [--sample 400]  write the document from what is on record

Each mutant is one small fault: a comparison off by one, a sign, a swapped condition, a changed
constant, a lost statement; ``mutants.py`` makes them, ``mutation_trials.py`` tries them. Results
are kept in ``var/mutation.jsonl``; a run goes on where the last one stopped, and tries a file again
once its code has changed, the survivors once a test has. What ``--first`` does not catch is told
and stays to be tried.
"""

import argparse
import math
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.mutation_record import (
    CODE,
    ROOT,
    TESTS,
    Tried,
    digest,
    file_of,
    is_settled,
    lines,
    on_record,
)
from tests.mutation.mutation_trials import fork, prepare, say, try_anew, try_in_place

DOCUMENT: Final = ROOT / "docs" / "mutation.md"
REASONS: Final = Path(__file__).with_name("survivors.toml")


def run(*, files: Sequence[str], sample: int | None, minutes: float, first: float | None) -> None:
    """Try mutants that are not on record, until the time is up."""
    chosen = [
        mutant for mutant in _everything(sample) if not files or file_of(mutant.path) in files
    ]
    before = len(lines())
    known = {tried.key for tried in on_record() if is_settled(tried)}
    todo = [mutant for mutant in chosen if mutant.key not in known]
    say(f"{len(chosen)} mutants, {len(todo)} to try")
    ends = time.monotonic() + 60 * minutes
    prepare()
    in_place = [mutant for mutant in todo if mutant.function]
    status, _ = fork(lambda _: try_in_place(in_place, ends, first))
    if status:
        sys.exit("the trials in place came to an unexpected end")
    if not first:
        done = {tried.key for tried in lines()[before:]}
        try_anew([mutant for mutant in todo if mutant.key not in done], ends)


def _everything(sample: int | None) -> list[Mutant]:
    """Every mutant in an order drawn once; a larger sample holds the smaller ones."""
    everything = [mutant for path in sorted(CODE.glob("**/*.py")) for mutant in mutants_of(path)]
    random.Random(1).shuffle(everything)
    return everything[:sample]


def write(*, sample: int | None) -> None:
    """Write the document: the share that was caught, and every survivor with its reason."""
    drawn = {mutant.key: mutant for mutant in _everything(sample)}
    tried = [each for each in on_record() if each.key in drawn]
    if not tried:
        sys.exit("nothing is on record of the code as it stands; run first: -m tests.mutation run")
    waiting = [drawn[key] for key in drawn.keys() - {each.key for each in tried}]
    survivors = sorted(
        (each for each in tried if not each.caught_by), key=lambda each: (each.file, each.line)
    )
    everything = len(_everything(None))
    caught = len(tried) - len(survivors)
    minutes = sum(each.seconds for each in tried) / 60
    share = f"{caught} caught, {100 * caught / len(tried):.1f} %; {len(survivors)} survive."
    text = [
        "# Mutation testing of the assessment",
        "",
        "Written by `python -m tests.mutation write`; its module says how it is done.",
        "",
        _extent(len(tried), everything, caught),
        "",
        f"**{share}**",
        "",
        _passed(survivors),
        *_older(tried, waiting),
        f"The trials took {minutes:.0f} minutes of one core.",
        "",
        *_by_file(tried),
        "",
        "## Survivors",
        "",
        *_listed(survivors),
    ]
    DOCUMENT.write_text("\n".join(text) + "\n", encoding="utf-8")
    say(f"{caught} of {len(tried)} caught; {DOCUMENT.name} written")


def _passed(survivors: Sequence[Tried]) -> str:
    open_ = sum(not is_settled(each) for each in survivors)
    text = "A survivor has passed every test under `tests/assess`"
    return f"{text}, but for {open_} that were not tried with the newest." if open_ else f"{text}."


def _older(tried: Sequence[Tried], waiting: Sequence[Mutant]) -> Iterator[str]:
    """What the figures do not hold: caught by tests of before, or not tried since the change."""
    before = sum(bool(each.caught_by) and each.tests != digest(*TESTS) for each in tried)
    if before:
        yield f"{before} were caught by the tests as they stood before the last change of a test."
    if waiting:
        anew = sum(not mutant.function for mutant in waiting)
        by_file = sorted(Counter(file_of(mutant.path) for mutant in waiting).items())
        files = ", ".join(f"{name} {count}" for name, count in by_file)
        yield (
            f"{len(waiting)} of the sample have not been tried since their file changed, {anew} of "
            f"them in code that runs at import, and are left out of the figures: {files}."
        )


def _extent(tried: int, everything: int, caught: int) -> str:
    if tried == everything:
        return f"`jobs/assess` has {everything} mutants; all of them were tried."
    low, high = _interval(caught, tried)
    return (
        f"`jobs/assess` has {everything} mutants, of which {tried} drawn at random were tried: of "
        f"all, {100 * low:.1f} to {100 * high:.1f} % would be caught (95 % interval)."
    )


def _by_file(tried: Sequence[Tried]) -> list[str]:
    rows = ["| file | tried | caught |", "|---|---|---|"]
    for name in sorted({each.file for each in tried}):
        mine = [bool(each.caught_by) for each in tried if each.file == name]
        rows.append(f"| {name} | {len(mine)} | {sum(mine)} |")
    return rows


def _listed(survivors: Sequence[Tried]) -> list[str]:
    told = tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"]
    reasons = {entry["key"]: entry["why"] for entry in told}
    return [
        "| where | was | becomes | why it survives |",
        "|---|---|---|---|",
        *(
            f"| {each.file}:{each.line} | `{_cell(each.was)}` | `{_cell(each.becomes)}` "
            f"| {reasons.get(each.key, 'not explained')} |"
            for each in survivors
        ),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _interval(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 per cent."""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return middle - half, min(middle + half, 1.0)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["run", "write"])
    parser.add_argument("--files", nargs="+", default=[], help="only these files of jobs/assess")
    parser.add_argument("--sample", type=int, help="so many mutants at random, not all")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--first", type=float, help="only the first so many seconds of tests")
    given = parser.parse_args()
    if given.command == "write":
        write(sample=given.sample)
        return
    run(
        files=given.files,
        sample=given.sample,
        minutes=given.minutes,
        first=given.first,
    )


if __name__ == "__main__":
    main()
