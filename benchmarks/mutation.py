"""Which faults in ``jobs/assess`` the tests would catch: writes ``docs/mutation.md``.

::

    python -m benchmarks.mutation run [--sample 400] [--seed 1] [--minutes 8]
    python -m benchmarks.mutation again     try the survivors again, after tests were added
    python -m benchmarks.mutation write     write the document from what is on record

Each mutant is one small fault: a comparison off by one, a sign, a swapped condition, a changed
constant, a lost statement. It is tried in a fork of a process that has already loaded pandas and
the invented worlds, and the tests stop at the first failure, so that one costs a second or two and
not the ten of a fresh interpreter; that is why no library does it. Results are kept in
``var/mutation.jsonl``; a run goes on where the last one stopped.
"""

import argparse
import json
import math
import os
import random
import resource
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from benchmarks.mutants import Mutant, mutants_of

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ROOT / "jobs" / "assess"
RECORD: Final = ROOT / "var" / "mutation.jsonl"
DOCUMENT: Final = ROOT / "docs" / "mutation.md"
REASONS: Final = Path(__file__).with_name("survivors.toml")
TESTS: Final = (
    "rule_tables", "status", "scope", "release", "flags", "agreement", "reasons", "discrepancies",
    "identity", "priority", "bad_registers", "policy", "monotone",
)  # fmt: skip
"""The quick tests of the assessment, those that catch most first."""
LONGEST: Final = 90
"""CPU seconds after which a mutant counts as caught: it does not end."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One mutant and whether the tests caught it."""

    key: str
    file: str
    line: int
    was: str
    becomes: str
    caught: bool
    seconds: float


class _Mutated(MetaPathFinder, Loader):
    """Imports one module from changed code."""

    def __init__(self, name: str, code: Any) -> None:
        self._name, self._code = name, code

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        """The module, if it is the changed one."""
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def create_module(self, _: ModuleSpec) -> None:
        """The usual module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code in it."""
        module.__file__ = str(CODE / f"{self._name.rpartition('.')[2]}.py")
        exec(self._code, module.__dict__)  # noqa: S102 - our own code, changed by us


def run(*, sample: int, seed: int, minutes: float) -> None:
    """Try a random sample of all mutants, until it is done or the time is up."""
    everything = [mutant for path in sorted(CODE.glob("*.py")) for mutant in mutants_of(path)]
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    chosen = chance.sample(everything, min(sample, len(everything)))
    known = {tried.key for tried in _record()}
    todo = [mutant for mutant in chosen if mutant.key not in known]
    _say(f"{len(everything)} mutants, {len(chosen)} chosen, {len(todo)} to try")
    _try(todo, minutes=minutes)


def again(*, minutes: float) -> None:
    """Try the survivors on record again."""
    tried = _record()
    survivors = {each.key for each in tried if not each.caught}
    _keep([each for each in tried if each.caught])
    everything = [mutant for path in sorted(CODE.glob("*.py")) for mutant in mutants_of(path)]
    _try([mutant for mutant in everything if mutant.key in survivors], minutes=minutes)


def _try(todo: Sequence[Mutant], *, minutes: float) -> None:
    _prepare()
    ends = time.monotonic() + 60 * minutes
    for number, mutant in enumerate(todo, start=1):
        if time.monotonic() > ends:
            _say(f"time is up, {len(todo) - number + 1} left")
            return
        began = time.monotonic()
        caught = _is_caught(mutant)
        tried = Tried(
            key=mutant.key,
            file=mutant.path.name,
            line=mutant.line,
            was=mutant.was,
            becomes=mutant.becomes,
            caught=caught,
            seconds=round(time.monotonic() - began, 1),
        )
        _keep([tried], add=True)
        if not caught or number % 25 == 0:
            word = "caught" if caught else "SURVIVED"
            _say(f"{number}/{len(todo)} {word} {mutant.path.name}:{mutant.line} {mutant.becomes}")


def _prepare() -> None:
    """Load what every fork needs, but nothing of the code that is changed."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import holidays  # noqa: F401 - loaded for the forks
    import pytest  # noqa: F401

    import jobs.demo  # noqa: F401
    import tests.conftest  # noqa: F401
    from tests.assess.worlds import EXAMPLES, invent

    invent(start=0, count=EXAMPLES)
    loaded = [name for name in sys.modules if name.startswith("jobs.assess")]
    if loaded:
        sys.exit(f"loaded before it is changed: {loaded[0]}")


def _is_caught(mutant: Mutant) -> bool:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os._exit(_run_tests(mutant))
    _, status = os.waitpid(child, 0)
    return status != 0


def _run_tests(mutant: Mutant) -> int:
    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.meta_path.insert(0, _Mutated(f"jobs.assess.{mutant.path.stem}", mutant.code()))
    files = [ROOT / "tests" / "assess" / f"test_{name}.py" for name in TESTS]
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", "-W", "ignore"]
    return int(pytest.main([*options, *(str(path) for path in files if path.exists())]))


def _record() -> list[Tried]:
    if not RECORD.exists():
        return []
    return [Tried(**json.loads(line)) for line in RECORD.read_text().splitlines()]


def _keep(tried: Sequence[Tried], *, add: bool = False) -> None:
    RECORD.parent.mkdir(exist_ok=True)
    with RECORD.open("a" if add else "w") as file:
        file.writelines(json.dumps(asdict(each)) + "\n" for each in tried)


def write() -> None:
    """Write the document: the share that was caught, and every survivor with its reason."""
    tried = _record()
    reasons = {entry["key"]: entry["why"] for entry in _reasons()}
    everything = sum(len(list(mutants_of(path))) for path in CODE.glob("*.py"))
    caught = sum(each.caught for each in tried)
    low, high = _interval(caught, len(tried))
    share = f"{caught} caught, {100 * caught / len(tried):.1f} %"
    lines = [
        "# Mutation testing of the assessment",
        "",
        "Written by `python -m benchmarks.mutation write`; its module says how.",
        "",
        f"`jobs/assess` has {everything} mutants. A random sample of {len(tried)} was tried:",
        f"**{share}** (95 % interval of the whole: {100 * low:.1f} to {100 * high:.1f} %).",
        "",
        "| file | tried | caught |",
        "|---|---|---|",
    ]
    for name in sorted({each.file for each in tried}):
        mine = [each for each in tried if each.file == name]
        lines.append(f"| {name} | {len(mine)} | {sum(each.caught for each in mine)} |")
    lines += [
        "",
        "## Survivors",
        "",
        "| where | was | becomes | why it survives |",
        "|---|---|---|---|",
    ]
    survivors = sorted((each for each in tried if not each.caught), key=lambda e: (e.file, e.line))
    lines += [
        f"| {each.file}:{each.line} | `{_cell(each.was)}` | `{_cell(each.becomes)}` "
        f"| {reasons.get(each.key, 'not explained')} |"
        for each in survivors
    ]
    DOCUMENT.write_text("\n".join(lines) + "\n")
    _say(f"{caught} of {len(tried)} caught; {DOCUMENT.name} written")


def _reasons() -> Iterator[dict[str, str]]:
    if REASONS.exists():
        yield from tomllib.loads(REASONS.read_text()).get("survivor", [])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _interval(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 per cent."""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return middle - half, min(middle + half, 1.0)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["run", "again", "write"])
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=8)
    given = parser.parse_args()
    if given.command == "run":
        run(sample=given.sample, seed=given.seed, minutes=given.minutes)
    elif given.command == "again":
        again(minutes=given.minutes)
    else:
        write()


if __name__ == "__main__":
    main()
