"""Publications that were replaced: the reason is said, and their pages stay, marked."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.operate.superseded import FOLDER, keep_superseded, reasons_of_correction
from jobs.report import PARTS
from jobs.warehouse import Publication

AS_OF = date(2006, 4, 25)
MANIFEST: dict[str, Any] = {
    "inputs": {"prison": {"content_digest": "p"}, "immigration": {"content_digest": "i"}},
    "policy_version": "10",
    "model_version": "2",
    "code_version": "1",
    "decisions": {"decisions": "d", "follows": "f"},
}


def publication(name: str, *, supersedes: str = "", **manifest: Any) -> Publication:
    """A publication with an id that begins with a name, and a manifest that differs so far."""
    return Publication(
        publication_id=name * 32,
        number=1,
        as_of=AS_OF,
        published_at=datetime(2006, 4, 25, tzinfo=UTC),
        content_digest="",
        chain_digest="",
        manifest={**MANIFEST, **manifest},
        supersedes=supersedes * 32 or None,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"inputs": MANIFEST["inputs"] | {"prison": {"content_digest": "other"}}},
            ("the prison register delivered other data",),
        ),
        ({"policy_version": "11"}, ("the rules changed from 10 to 11",)),
        ({"code_version": "2", "model_version": "3"},
         ("the linkage model changed", "the software changed")),
        ({"decisions": {"decisions": "other", "follows": "f"}},
         ("reviewers decided on links, or withdrew decisions",)),
        ({"decisions": {"decisions": "d", "follows": "f", "published_despite": "{}"}},
         ("a named person let failed checks pass, or took that back",)),
        ({}, ("something else that it depends on changed",)),
    ],
)  # fmt: skip
def test_a_correction_says_what_was_not_the_same(
    changed: dict[str, Any], said: tuple[str, ...]
) -> None:
    assert reasons_of_correction(publication("a"), publication("b", **changed)) == said


def pages(folder: Path, name: str) -> Path:
    """The pages of a publication, made by hand."""
    (folder / "cases").mkdir(parents=True)
    text = "<h1>{}</h1><p>Publication <bdi>{}</bdi></p><a href='{}../runs.html'></a>"
    (folder / "index.html").write_text(text.format("First", name * 12, ""))
    (folder / "cases" / "reasons-001.html").write_text(text.format("Reasons", name * 12, "../"))
    return folder


def replaced(shown: Path, made: Path, current: Publication, *earlier: Publication) -> Path:
    """Put pages in the place of others, as the night does."""
    keep_superseded(shown=shown, made=made, current=current, earlier=earlier)
    return made


def test_pages_that_are_replaced_stay_and_both_say_so(tmp_path: Path) -> None:
    first, second = publication("a"), publication("b", supersedes="a", policy_version="11")
    made = replaced(pages(tmp_path / "1", "a"), pages(tmp_path / "2", "b"), second, first)
    old = made / FOLDER / ("a" * 12)
    for path in sorted(old.rglob("*.html")):
        text = path.read_text()
        assert "Superseded</strong> The night of 25 April 2006 was published again" in text
        (link,) = re.findall(r'href="([^"]+)">What is current', text)
        assert (path.parent / link).resolve() == made / "index.html"
        (runs,) = re.findall(r"href='([^']+runs.html)'", text)
        assert (path.parent / runs).resolve() == made.parent / "runs.html"
    for path in (made / "index.html", made / "cases" / "reasons-001.html"):
        text = path.read_text()
        assert "Published again because the rules changed from 10 to 11." in text
        (link,) = re.findall(r'href="([^"]+)">What was published before', text)
        assert (path.parent / link).resolve() == old / "index.html"


def test_every_earlier_publication_stays_and_none_twice(tmp_path: Path) -> None:
    first, second = publication("a"), publication("b", supersedes="a")
    third = publication("c", supersedes="b")
    shown = replaced(pages(tmp_path / "1", "a"), pages(tmp_path / "2", "b"), second, first)
    again = replaced(shown, pages(tmp_path / "3", "b"), second, first)
    assert [path.name for path in (again / FOLDER).iterdir()] == ["a" * 12]
    last = replaced(again, pages(tmp_path / "4", "c"), third, first, second)
    assert sorted(path.name for path in (last / FOLDER).iterdir()) == ["a" * 12, "b" * 12]
    assert not (last / FOLDER / ("b" * 12) / FOLDER).exists()
    back = replaced(
        last, pages(tmp_path / "5", "a"), publication("a", supersedes="c"), second, third
    )
    assert sorted(path.name for path in (back / FOLDER).iterdir()) == ["b" * 12, "c" * 12]


def test_a_first_publication_has_no_notice_and_lost_pages_no_link(tmp_path: Path) -> None:
    made = replaced(tmp_path / "nothing", pages(tmp_path / "1", "a"), publication("a"))
    assert "notice" not in (made / "index.html").read_text()
    second = publication("b", supersedes="a", code_version="2")
    lost = replaced(tmp_path / "nothing", pages(tmp_path / "2", "b"), second, publication("a"))
    assert "the software changed" in (lost / "index.html").read_text()
    assert "What was published before" not in (lost / "index.html").read_text()


def test_a_copy_for_a_part_says_what_was_corrected_and_keeps_nothing_of_before(
    tmp_path: Path,
) -> None:
    """Whoever is another's case by the correction stands on the pages that it replaced."""
    first, second = publication("a"), publication("b", supersedes="a", policy_version="11")
    shown, made = pages(tmp_path / "1", "a"), pages(tmp_path / "2", "b")
    for folder, name in ((shown, "a"), (made, "b")):
        pages(folder / PARTS / "asked-for", name)
    pages(shown / PARTS / "asked-for-no-more", "a")
    replaced(shown, made, second, first)
    assert not (made / FOLDER / ("a" * 12) / PARTS).exists()
    assert [path.name for path in (made / PARTS).iterdir()] == ["asked-for"]
    part = made / PARTS / "asked-for"
    found = sorted(part.rglob("*.html"))
    assert [path.name for path in found] == ["reasons-001.html", "index.html"]
    for path in found:
        text = path.read_text()
        assert "Published again because the rules changed from 10 to 11." in text
        assert re.findall(r'href="([^"]+)"', text) == []
