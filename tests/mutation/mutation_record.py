"""What is known of each mutant: a line of ``var/mutation.jsonl`` for each time it was tried."""

import ast
import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CODE: Final = ROOT / "jobs" / "assess"
TESTS: Final = tuple(sorted((ROOT / "tests" / "assess").rglob("*.py")))
RECORD: Final = ROOT / "var" / "mutation.jsonl"


def file_of(path: Path) -> str:
    """How a file of the assessment is called here: its path within ``jobs/assess``."""
    return path.relative_to(CODE).as_posix()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One mutant, and the test that caught it, empty for a survivor.

    ``code`` is a digest of the file's code and ``tests`` one of all tests, so that a survivor is
    tried again once there is another test. ``seconds`` is the CPU time that the mutant took.
    """

    key: str
    file: str
    code: str
    line: int
    was: str
    becomes: str
    caught_by: str
    seconds: float
    tests: str = ""


def on_record() -> list[Tried]:
    """What is known of the code as it stands; the last word on each mutant."""
    last = {tried.key: tried for tried in lines()}
    codes = {file_of(path): digest(path) for path in CODE.glob("**/*.py")}
    return [tried for tried in last.values() if codes.get(tried.file) == tried.code]


def is_settled(tried: Tried) -> bool:
    """Whether a mutant need not be tried again: caught, or tried with the tests as they stand."""
    return bool(tried.caught_by) or tried.tests == digest(*TESTS)


def catches() -> tuple[dict[str, Counter[str]], Counter[str]]:
    """How often each test has caught something: for each changed file, and anywhere."""
    by_file: dict[str, Counter[str]] = {}
    for tried in lines():
        if tried.caught_by:
            by_file.setdefault(tried.file, Counter())[tried.caught_by] += 1
    return by_file, sum(by_file.values(), Counter())


def lines() -> list[Tried]:
    """Everything that was ever tried, in order."""
    text = RECORD.read_text() if RECORD.exists() else ""
    return [Tried(**json.loads(line)) for line in text.splitlines()]


def keep(tried: Tried) -> None:
    """Write down what became of a mutant."""
    RECORD.parent.mkdir(exist_ok=True)
    with RECORD.open("a") as file:
        file.write(json.dumps(asdict(tried)) + "\n")


@cache
def digest(*paths: Path) -> str:
    """A digest of the code of some files, the same whatever their comments."""
    trees = "".join(ast.dump(ast.parse(path.read_bytes())) for path in paths)
    return hashlib.sha256(trees.encode()).hexdigest()[:16]
