"""Trying a mutant: the tests in a fork that holds its code, until one fails.

Starting Python and pandas takes longer than the tests, so everything happens in forks of one
process that holds them, the invented worlds and what the slow reference says of these. A fault in
a function is tried *in place*: the tests are collected once, and each fork puts the changed code
into the function. A fault in code that has run by then, at import, is tried *anew*: the fork
imports the changed module and collects the tests itself. A survivor has passed every test under
``tests/assess``. The tests that caught most faults of a file come first, then the cheap ones.
"""

import gc
import itertools
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final

from tests.mutation.mutants import Mutant
from tests.mutation.mutation_record import CODE, TESTS, Tried, digest, file_of, keep
from tests.mutation.mutation_record import catches as how_often

LONGEST: Final = 180
"""CPU seconds after which a mutant counts as caught: it does not end. All tests take thirty."""
MOST_MEMORY: Final = 16 << 30
OPTIONS: Final = (
    "-x", "-s", "-o", "addopts=", "--import-mode=importlib", "-p", "no:terminal",
    "-p", "no:cacheprovider", "-W", "ignore",
)  # fmt: skip
_FAULT: Final = 3
"""The exit code of a fork in which not a test failed but the trial itself."""


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
        module.__file__ = f"{CODE.parents[1] / self._name.replace('.', '/')}.py"
        exec(self._code, module.__dict__)


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
            os._exit(_FAULT)


class _InPlace:
    """Tries mutants in forks of a pytest session that has collected the tests."""

    def __init__(self, todo: Sequence[Mutant], ends: float, first: float | None) -> None:
        self._todo, self._ends, self._first = todo, ends, first
        self._has_run: set[tuple[str, str]] = set()

    def see(self, frame: FrameType, event: str, _: Any) -> None:
        """Remember which functions run while the tests are collected."""
        path = Path(frame.f_code.co_filename)
        if event == "call" and CODE in path.parents:
            self._has_run.add((file_of(path), frame.f_code.co_qualname.partition(".<locals>")[0]))

    def pytest_runtestloop(self, session: Any) -> bool:
        """Take the place of running the tests once."""
        sys.setprofile(None)
        functions = _functions()
        catches, anywhere = how_often()
        cost = json.loads(fork(lambda pipe: _run_all(session, pipe))[1])
        gc.collect()
        gc.freeze()
        for number, mutant in enumerate(self._todo, start=1):
            if time.monotonic() > self._ends:
                break
            best = catches.setdefault(file_of(mutant.path), Counter())

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
            ran_before = (file_of(mutant.path), mutant.function) in self._has_run
            if tried.caught_by or not (ran_before or self._first):
                keep(tried)
            if not tried.caught_by or number % 100 == 0:
                say(f"in place {number}/{len(self._todo)} {_told(tried)}")
        return True


def prepare() -> None:
    """Load what every fork needs, but nothing of the code that is changed."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import holidays  # noqa: F401 - loaded for the forks
    import pytest  # noqa: F401

    import jobs.check  # noqa: F401
    import tests.conftest  # noqa: F401
    from benchmarks.samples.odd_worlds import EXAMPLES, NIGHTS, cohort, invent
    from tests.assess.slow import judged

    cohort()
    for world in invent(start=0, count=EXAMPLES):
        for night in NIGHTS:
            judged(world, night=night)
    loaded = [name for name in sys.modules if name.startswith("jobs.assess")]
    if loaded:
        sys.exit(f"loaded before it is changed: {loaded[0]}")


def try_in_place(todo: Sequence[Mutant], ends: float, first: float | None) -> int:
    """Try faults in functions; in a fork, because it loads the code that is changed."""
    import pytest

    loop = _InPlace(todo, ends, first)
    sys.setprofile(loop.see)
    return int(pytest.main([*OPTIONS, *(str(path) for path in _tests())], plugins=[loop]))


def try_anew(todo: Sequence[Mutant], ends: float) -> None:
    """Try faults with the changed module imported; in a process that has not loaded any of it."""
    catches: dict[str, Counter[str]] = {}
    for changed, by_test in how_often()[0].items():
        by_file = catches.setdefault(changed, Counter())
        for test, count in by_test.items():
            by_file[_file(test)] += count
    for number, mutant in enumerate(todo, start=1):
        if time.monotonic() > ends:
            say(f"time is up, {len(todo) - number + 1} left")
            return
        best = catches.setdefault(file_of(mutant.path), Counter())
        files = sorted(_tests(), key=lambda path: -best[path.name])
        tried = _try(mutant, lambda pipe: _run_files(files, mutant, pipe))  # noqa: B023
        best[_file(tried.caught_by)] += 1
        keep(tried)
        if not tried.caught_by or number % 25 == 0:
            say(f"anew {number}/{len(todo)} {_told(tried)}")


def _try(mutant: Mutant, tests: Callable[[int], int]) -> Tried:
    """Run tests in a fork of their own."""
    before = _spent()
    status, told = fork(tests)
    if os.WIFSIGNALED(status):
        told = "the clock"
    elif bool(told) != (os.waitstatus_to_exitcode(status) == 1):
        say(f"a trial failed: exit code {os.waitstatus_to_exitcode(status)}, [{told}] {mutant.key}")
        os._exit(_FAULT)
    return Tried(
        key=mutant.key,
        file=file_of(mutant.path),
        code=digest(mutant.path),
        tests=digest(*TESTS),
        line=mutant.line,
        was=mutant.was,
        becomes=mutant.becomes,
        caught_by=told,
        seconds=round(_spent() - before, 2),
    )


def fork(work: Callable[[int], int]) -> tuple[int, str]:
    """Do something in a fork: its exit status, and what it wrote to its pipe."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os._exit(work(writing))
        finally:
            os._exit(_FAULT)
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
    for function in functions[file_of(mutant.path), mutant.function]:
        function.__code__ = code
    session.config.pluginmanager.register(_Stop(pipe))
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return 0


def _module(path: Path) -> str:
    """The dotted name of a file of the assessment."""
    return ".".join(path.relative_to(CODE.parents[1]).with_suffix("").parts)


def _run_files(files: Sequence[Path], mutant: Mutant, pipe: int) -> int:
    import pytest

    _hush()
    sys.meta_path.insert(0, _Mutated(_module(mutant.path), mutant.code()))
    for path in files:
        if pytest.main([*OPTIONS, str(path)], plugins=[_Stop(pipe)]):
            return _FAULT
    return 0


def _hush() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _functions() -> dict[tuple[str, str], list[FunctionType]]:
    """The functions of the assessment that live in this process, by file and name."""
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            path = Path(function.__code__.co_filename)
            if CODE in path.parents:
                name = (file_of(path), function.__code__.co_qualname)
                found.setdefault(name, []).append(function)
    return found


def _part(code: CodeType, name: str) -> CodeType:
    """The code of a function of a module, by its name."""
    for part in name.split("."):
        parts = (inner for inner in code.co_consts if isinstance(inner, CodeType))
        code = next(inner for inner in parts if inner.co_name == part)
    return code


def _tests() -> list[Path]:
    return [path for path in TESTS if path.name.startswith("test_")]


def _file(test: str) -> str:
    return Path(test.partition("::")[0]).name


def _told(tried: Tried) -> str:
    word = "caught" if tried.caught_by else "SURVIVED"
    return f"{word} {tried.file}:{tried.line} {tried.was} -> {tried.becomes}"


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(line: str) -> None:
    """Tell how it goes."""
    print(line, flush=True)  # noqa: T201 - a command
