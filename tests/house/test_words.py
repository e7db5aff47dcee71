"""One word for one thing: what the glossary has given up is the name of nothing any more."""

import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.runtime.settings import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
HEADING = "## Words no longer used"
CODE = ("jobs", "expectations", "dags", "benchmarks")
PLACES = {"code", "code and pages"}


def retired() -> dict[str, tuple[str, str]]:
    """Each word that was given up: what to say instead, and where it may not stand."""
    rows = GLOSSARY.read_text(encoding="utf-8").partition(HEADING)[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if "|" in row]
    return {word: (instead, place) for word, instead, place in cells[2:]}


def parts(name: str) -> set[str]:
    """The words of an identifier or a file name: ``RecordErrors`` and ``record_errors`` alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return set(re.findall(r"[a-z]+", spaced.lower()))


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Every identifier of Python source, with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            yield token.start[0], token.string


def found_in_code(words: set[str], files: list[Path]) -> list[str]:
    """Where one of ``words`` is part of an identifier or of a file's own name."""
    found = []
    for path in files:
        where = path.relative_to(ROOT).as_posix()
        found += [f"{where}: {word}" for word in sorted(words & parts(where))]
        source = path.read_text(encoding="utf-8")
        found += [
            f"{where}:{line}: {name}" for line, name in names_in(source) if words & parts(name)
        ]
    return found


def test_the_glossary_names_the_words_that_were_given_up() -> None:
    words = retired()
    assert len(words) > 5
    assert list(words) == sorted(words)
    assert {place for _, place in words.values()} == PLACES
    defined = GLOSSARY.read_text(encoding="utf-8").partition(HEADING)[0]
    terms = {term for bold in re.findall(r"\*\*(.+?)\*\*", defined) for term in bold.split(", ")}
    for word, (instead, _) in words.items():
        assert not parts(word) & parts(defined), word
        assert instead in terms, instead


def test_nothing_in_the_code_bears_a_word_that_was_given_up() -> None:
    files = [path for top in CODE for path in sorted((ROOT / top).rglob("*.py"))]
    assert len(files) > 200
    assert not found_in_code(set(retired()), files)


def test_no_page_says_a_word_that_was_given_up() -> None:
    words = {word for word, (_, place) in retired().items() if place == "code and pages"}
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    assert len(pages) > 20
    said = []
    for path in pages:
        text = path.read_text(encoding="utf-8")
        prose = text.partition(HEADING)[0] if path == GLOSSARY else text
        said += [
            f"{path.relative_to(ROOT)}:{number}: {word}"
            for number, line in enumerate(prose.splitlines(), start=1)
            for word in sorted(words & parts(line))
        ]
    assert not said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("RecordErrors", {"record", "errors"}, id="a class"),
        pytest.param("record_errors", {"record", "errors"}, id="a function"),
        pytest.param("jobs/link/luck.py", {"jobs", "link", "luck", "py"}, id="a file"),
        pytest.param("_LUCK_2006", {"luck"}, id="a constant"),
        pytest.param("plucked", {"plucked"}, id="a longer word that holds one"),
    ],
)
def test_the_words_of_a_name_are_told_apart(name: str, words: set[str]) -> None:
    assert parts(name) == words


def test_a_word_that_was_given_up_is_found_as_name_and_as_file() -> None:
    night = ROOT / "jobs" / "night.py"
    assert found_in_code({"night"}, [night])
    assert not found_in_code({"nigh"}, [night])
    assert [name for _, name in names_in("draw_luck = 'luck'  # luck\n")] == ["draw_luck"]
