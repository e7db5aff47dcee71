"""The recipients file says who is told what, and nothing else gets through."""

from pathlib import Path

import pytest

from jobs.contract.view_models import Detail
from jobs.notify import limited_readers, load_recipients
from jobs.runtime.errors import BadInput

GOOD = '[[recipient]]\naddress = "a@b.invalid"\nrole = "Reader"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipients.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_invented_list_is_valid_and_in_reserved_domains() -> None:
    recipients = load_recipients()
    assert len(recipients) >= 3
    assert all(recipient.address.endswith(".invalid") for recipient in recipients)
    assert {recipient.detail for recipient in recipients} == {Detail.COUNTS, Detail.REFERENCES}


def test_a_reader_may_answer_for_prisons_and_teams(tmp_path: Path) -> None:
    text = GOOD + 'prisons = ["AAI"]\nteams = ["Team 1"]\ndetail = "counts"\n'
    reader = load_recipients(written(tmp_path, text))[0].reader
    assert (reader.prisons, reader.teams, reader.detail) == (("AAI",), ("Team 1",), Detail.COUNTS)


def test_only_whoever_is_limited_gets_a_copy_of_the_pages(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = GOOD + GOOD.replace("a@", "b@") + 'teams = ["Team 1"]\n'
    assert [reader.teams for reader in limited_readers(written(tmp_path, text))] == [("Team 1",)]
    assert limited_readers() == ()
    assert limited_readers(written(tmp_path, "recipient = [")) == ()
    assert "no copy of the pages is made" in caplog.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "recipient", id="nobody"),
        pytest.param("recipient = []", "recipient", id="an empty list"),
        pytest.param(GOOD + "prison = 'AAI'", r"\[prison\].*not permitted", id="an unknown key"),
        pytest.param("[[recipient]]\nrole = 'x'", r"\[address\].*required", id="no address"),
        pytest.param(GOOD.replace("Reader", ""), r"\[role\]", id="an empty role"),
        pytest.param(
            GOOD + "detail = 'all'", r"\[detail\].*'references' or 'full'", id="unknown detail"
        ),
        pytest.param(GOOD.replace("a@b.invalid", "a"), "not one plain", id="no domain"),
        pytest.param(
            GOOD.replace("a@b.invalid", "a@b.invalid, c@d.invalid"),
            "not one plain",
            id="two addresses in one",
        ),
        pytest.param(
            GOOD.replace("a@b.invalid", "a@b.invalid\\nBcc: c@d.invalid"),
            "not one plain",
            id="a line break that would add a header",
        ),
        pytest.param(GOOD + GOOD.replace("a@b", "A@B"), "repeats an address", id="twice"),
        pytest.param(GOOD + 'decides = ["nights"]', "needs a .user. of Airflow", id="no user"),
        pytest.param(
            GOOD + 'user = "a"\ndecides = ["night"]', r"'nights' or 'models'", id="decides what"
        ),
        pytest.param("[[recipient", "not TOML", id="not TOML"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        load_recipients(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "b.invalid" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"No such file"):
        load_recipients(tmp_path / "nowhere.toml")
