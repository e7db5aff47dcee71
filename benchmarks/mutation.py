"""Which faults in ``jobs/assess`` the tests would catch: writes ``docs/mutation.md``.

::

    python -m benchmarks.mutation run [--files sentences.py status.py] [--sample 400] [--minutes 8]
    python -m benchmarks.mutation run --first 3         the first three seconds of tests, not more
    python -m benchmarks.mutation again [--files ...]   try survivors again, after tests were added
    python -m benchmarks.mutation write                 write the document from what is on record

Each mutant is one small fault: a comparison off by one, a sign, a swapped condition, a changed
constant, a lost statement. Results are kept in ``var/mutation.jsonl``; a run goes on where the
last one stopped, and tries a file again once its code has changed. What ``--first`` does not catch
is told and stays to be tried.

Starting Python and pandas takes longer than the tests, so everything happens in forks of one
process that holds them, the invented worlds and what the slow reference says of these. A fault in
a function is tried *in place*: the tests are collected once, and each fork puts the changed code
into the function. A fault in code that has run by then, at import, is tried *anew*: the fork
imports the changed module and collects the tests itself. A survivor has passed every test under
``tests/assess``. The tests that caught most faults of a file come first, then the cheap ones.
"""

import argparse
import ast
import gc
import hashlib
import itertools
import json
import math
import os
import random
import resource
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final

from benchmarks.mutants import Mutant, mutants_of

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ROOT / "jobs" / "assess"
RECORD: Final = ROOT / "var" / "mutation.jsonl"
DOCUMENT: Final = ROOT / "docs" / "mutation.md"
REASONS: Final = Path(__file__).with_name("survivors.toml")
LONGEST: Final = 60
"""CPU seconds after which a mutant counts as caught: it does not end."""
OPTIONS: Final = (
    "-x", "-s", "-o", "addopts=", "--import-mode=importlib", "-p", "no:terminal",
    "-p", "no:cacheprovider", "-W", "ignore",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One mutant, and the test that caught it, empty for a survivor.

    ``code`` is a digest of the file's code, ``seconds`` the CPU time that the mutant took.
    """

    key: str
    file: str
    code: str
    line: int
    was: str
    becomes: str
    caught_by: str
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


class _Stop:
    """Ends a fork at the first failure, telling which test it was."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be collected catches the fault."""
        self.pytest_runtest_logreport(report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test that fails catches it."""
        if report.failed:
            os.write(self._pipe, (report.nodeid or "import").encode())
            os._exit(1)


class _Clock:
    """Notes how long each test takes."""

    def __init__(self) -> None:
        self.cost: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Setting up and tearing down count too."""
        self.cost[report.nodeid] += report.duration
        if report.failed:
            os._exit(1)


class _InPlace:
    """Tries mutants in forks of a pytest session that has collected the tests."""

    def __init__(self, todo: Sequence[Mutant], ends: float, first: float | None) -> None:
        self._todo, self._ends, self._first = todo, ends, first
        self._has_run: set[tuple[str, str]] = set()

    def see(self, frame: FrameType, event: str, _: Any) -> None:
        """Remember which functions run while the tests are collected."""
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.parent == CODE:
            self._has_run.add((path.name, frame.f_code.co_qualname.partition(".<locals>")[0]))

    def pytest_runtestloop(self, session: Any) -> bool:
        """Take the place of running the tests once."""
        sys.setprofile(None)
        functions = _functions()
        catches, anywhere = _catches()
        cost = json.loads(_fork(lambda pipe: _run_all(session, pipe))[1])
        gc.collect()
        gc.freeze()
        for number, mutant in enumerate(self._todo, start=1):
            if time.monotonic() > self._ends:
                break
            best = catches.setdefault(mutant.path.name, Counter())

            def rank(item: Any, best: Counter[str] = best) -> tuple[float, float]:
                """Those that caught most faults of the file, then the cheapest for what they do."""
                name = item.nodeid
                return -best[name], cost[name] / (1 + anywhere[name])

            items = sorted(session.items, key=rank)
            spent = itertools.accumulate(cost[item.nodeid] for item in items)
            if self._first:
                items = [item for item, so_far in zip(items, spent) if so_far <= self._first]  # noqa: B905
            tried = _try(mutant, lambda pipe: _run_items(session, items, mutant, functions, pipe))  # noqa: B023
            if tried.caught_by:
                best[tried.caught_by] += 1
                anywhere[tried.caught_by] += 1
            ran_before = (mutant.path.name, mutant.function) in self._has_run
            if tried.caught_by or not (ran_before or self._first):
                _keep(tried)
            if not tried.caught_by or number % 100 == 0:
                _say(f"in place {number}/{len(self._todo)} {_told(tried)}")
        return True


def run(
    *,
    files: Sequence[str],
    sample: int | None,
    seed: int,
    minutes: float,
    again: bool,
    first: float | None,
) -> None:
    """Try mutants that are not on record, or the survivors again, until the time is up."""
    chosen = [
        mutant for path in sorted(CODE.glob("*.py")) if not files or path.name in files
        for mutant in mutants_of(path)
    ]  # fmt: skip
    count = len(chosen)
    if sample is not None:
        chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
        chosen = chance.sample(chosen, min(sample, count))
    before = len(_lines())
    known = {tried.key: tried for tried in _record()}
    if again:
        todo = [each for each in chosen if each.key in known and not known[each.key].caught_by]
    else:
        todo = [each for each in chosen if each.key not in known]
    _say(f"{count} mutants, {len(chosen)} chosen, {len(todo)} to try")
    ends = time.monotonic() + 60 * minutes
    _prepare()
    _fork(lambda _: _try_in_place([mutant for mutant in todo if mutant.function], ends, first))
    if first:
        return
    done = {tried.key for tried in _lines()[before:]}
    _try_anew([mutant for mutant in todo if mutant.key not in done], ends)


def _prepare() -> None:
    """Load what every fork needs, but nothing of the code that is changed."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import holidays  # noqa: F401 - loaded for the forks
    import pytest  # noqa: F401

    import jobs.check  # noqa: F401
    import tests.conftest  # noqa: F401
    from tests.assess.worlds import EXAMPLES, NIGHTS, cohort, invent, judged

    cohort()
    for world in invent(start=0, count=EXAMPLES):
        for night in NIGHTS:
            judged(world, night=night)
    loaded = [name for name in sys.modules if name.startswith("jobs.assess")]
    if loaded:
        sys.exit(f"loaded before it is changed: {loaded[0]}")


def _try_in_place(todo: Sequence[Mutant], ends: float, first: float | None) -> int:
    import pytest

    loop = _InPlace(todo, ends, first)
    sys.setprofile(loop.see)
    return int(pytest.main([*OPTIONS, *(str(path) for path in _tests())], plugins=[loop]))


def _try_anew(todo: Sequence[Mutant], ends: float) -> None:
    catches: dict[str, Counter[str]] = {}
    for number, mutant in enumerate(todo, start=1):
        if time.monotonic() > ends:
            _say(f"time is up, {len(todo) - number + 1} left")
            return
        best = catches.setdefault(mutant.path.name, Counter())
        files = sorted(_tests(), key=lambda path: -best[path.name])
        tried = _try(mutant, lambda pipe: _run_files(files, mutant, pipe))  # noqa: B023
        best[Path(tried.caught_by.partition("::")[0]).name] += 1
        _keep(tried)
        if not tried.caught_by or number % 25 == 0:
            _say(f"anew {number}/{len(todo)} {_told(tried)}")


def _catches() -> tuple[dict[str, Counter[str]], Counter[str]]:
    """How often each test has caught something: for each changed file, and anywhere."""
    by_file: dict[str, Counter[str]] = {}
    for tried in _lines():
        if tried.caught_by:
            by_file.setdefault(tried.file, Counter())[tried.caught_by] += 1
    return by_file, sum(by_file.values(), Counter())


def _try(mutant: Mutant, tests: Callable[[int], int]) -> Tried:
    """Run tests in a fork of their own."""
    before = _spent()
    status, told = _fork(tests)
    return Tried(
        key=mutant.key,
        file=mutant.path.name,
        code=_digest(mutant.path),
        line=mutant.line,
        was=mutant.was,
        becomes=mutant.becomes,
        caught_by=told or ("the interpreter" if status else ""),
        seconds=round(_spent() - before, 2),
    )


def _fork(work: Callable[[int], int]) -> tuple[int, str]:
    """Do something in a fork: its exit status, and what it wrote to its pipe."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os._exit(work(writing))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    return os.waitpid(child, 0)[1], told


def _run_all(session: Any, pipe: int) -> int:
    """Run every test and tell what each costs; the code is as it should be, so none may fail."""
    _hush()
    clock = _Clock()
    session.config.pluginmanager.register(clock)
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    with os.fdopen(pipe, "w") as file:
        json.dump(clock.cost, file)
    return 0


def _run_items(
    session: Any, items: list[Any], mutant: Mutant, functions: dict[Any, Any], pipe: int
) -> int:
    _hush()
    gc.disable()
    code = _part(mutant.code(), mutant.function)
    for function in functions[mutant.path.name, mutant.function]:
        function.__code__ = code
    session.config.pluginmanager.register(_Stop(pipe))
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return 0


def _run_files(files: Sequence[Path], mutant: Mutant, pipe: int) -> int:
    import pytest

    _hush()
    sys.meta_path.insert(0, _Mutated(f"jobs.assess.{mutant.path.stem}", mutant.code()))
    for path in files:
        if status := pytest.main([*OPTIONS, str(path)], plugins=[_Stop(pipe)]):
            return int(status)
    return 0


def _hush() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _functions() -> dict[tuple[str, str], list[FunctionType]]:
    """The functions of the assessment that live in this process, by file and name."""
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            path = Path(function.__code__.co_filename)
            if path.parent == CODE:
                name = (path.name, function.__code__.co_qualname)
                found.setdefault(name, []).append(function)
    return found


def _part(code: CodeType, name: str) -> CodeType:
    """The code of a function of a module, by its name."""
    for part in name.split("."):
        parts = (inner for inner in code.co_consts if isinstance(inner, CodeType))
        code = next(inner for inner in parts if inner.co_name == part)
    return code


def _tests() -> list[Path]:
    return sorted((ROOT / "tests" / "assess").glob("test_*.py"))


def _told(tried: Tried) -> str:
    word = "caught" if tried.caught_by else "SURVIVED"
    return f"{word} {tried.file}:{tried.line} {tried.was} -> {tried.becomes}"


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@cache
def _digest(path: Path) -> str:
    """A digest of a file's code, the same whatever its comments."""
    return hashlib.sha256(ast.dump(ast.parse(path.read_bytes())).encode()).hexdigest()[:16]


def _record() -> list[Tried]:
    """What is known of the code as it stands; the last word on each mutant."""
    last = {tried.key: tried for tried in _lines()}
    codes = {path.name: _digest(path) for path in CODE.glob("*.py")}
    return [tried for tried in last.values() if codes.get(tried.file) == tried.code]


def _lines() -> list[Tried]:
    text = RECORD.read_text() if RECORD.exists() else ""
    return [Tried(**json.loads(line)) for line in text.splitlines()]


def _keep(tried: Tried) -> None:
    RECORD.parent.mkdir(exist_ok=True)
    with RECORD.open("a") as file:
        file.write(json.dumps(asdict(tried)) + "\n")


def write() -> None:
    """Write the document: the share that was caught, and every survivor with its reason."""
    tried = _record()
    reasons = {entry["key"]: entry["why"] for entry in _reasons()}
    everything = sum(len(list(mutants_of(path))) for path in CODE.glob("*.py"))
    caught = sum(bool(each.caught_by) for each in tried)
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
        lines.append(f"| {name} | {len(mine)} | {sum(bool(each.caught_by) for each in mine)} |")
    lines += [
        "",
        "## Survivors",
        "",
        "| where | was | becomes | why it survives |",
        "|---|---|---|---|",
    ]
    survivors = [each for each in tried if not each.caught_by]
    survivors.sort(key=lambda each: (each.file, each.line))
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
    parser.add_argument("--files", nargs="+", default=[], help="only these files of jobs/assess")
    parser.add_argument("--sample", type=int, help="so many mutants at random, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--first", type=float, help="only the first so many seconds of tests")
    given = parser.parse_args()
    if given.command == "write":
        write()
        return
    run(
        files=given.files,
        sample=given.sample,
        seed=given.seed,
        minutes=given.minutes,
        again=given.command == "again",
        first=given.first,
    )


if __name__ == "__main__":
    main()
