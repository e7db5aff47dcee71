"""No email is lost in silence: what is refused or unknown is shown, and sent again on a word."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from benchmarks.samples.report_nights import AS_OF
from jobs.__main__ import app
from jobs.notify import outbox_entries
from jobs.operate.emails import (
    NightToMail,
    deliver_email,
    prepare_nights,
    resend_email,
    send_email,
)
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import Settings, load_settings
from tests.notify.conftest import Server

Start = Callable[..., tuple[Server, str]]
TONIGHT = [NightToMail(as_of=AS_OF, asked=True)]


@pytest.fixture
def site(publication: str, database: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(warehouse=database, data_dir=tmp_path_factory.mktemp("site"))


def mailed(site: Settings, where: str) -> Settings:
    secret = type(site.smtp_url)
    return site.model_copy(update={"smtp_url": secret(f"smtp://{where}")})


def outcome(site: Settings, message: dict[str, str]) -> str:
    try:
        return deliver_email(outbox_id=int(message["outbox_id"]), settings=site)
    except BadInput as error:
        return str(error)


def test_a_refused_message_fails_its_own_task_and_the_others_are_sent(
    site: Settings, mail_server: Start
) -> None:
    _, where = mail_server({"director": "550 no such user <director@returns.example.invalid>"})
    settings = mailed(site, where)
    messages = prepare_nights(TONIGHT, settings=settings)
    outcomes = {message["reader"]: outcome(settings, message) for message in messages}
    assert [role for role, said in outcomes.items() if said != "sent"] == ["Director of returns"]
    assert "refused: 550 no such user [address]" in outcomes["Director of returns"]
    assert "outbox resend" in outcomes["Director of returns"]
    (left,) = prepare_nights(TONIGHT, settings=settings)
    assert left["reader"] == "Director of returns", "a second run does not turn green over it"


def test_a_refused_message_is_sent_when_the_server_takes_it(
    site: Settings, mail_server: Start
) -> None:
    _, strict = mail_server({"director": "550 no"})
    messages = prepare_nights(TONIGHT, settings=mailed(site, strict))
    number = next(int(m["outbox_id"]) for m in messages if m["reader"] == "Director of returns")
    outcome(mailed(site, strict), {"outbox_id": str(number)})
    server, kind = mail_server()
    assert resend_email(outbox_id=number, by="", why="", settings=mailed(site, kind)) == "sent"
    assert len(server.accepted) == 1
    with pytest.raises(BadInput, match="is sent; only refused and unknown"):
        resend_email(outbox_id=number, by="A. Clerk", why="again", settings=mailed(site, kind))
    assert len(server.accepted) == 1


def test_one_of_unknown_fate_needs_a_name_and_a_reason_which_are_kept(
    engine: sa.Engine, site: Settings, mail_server: Start
) -> None:
    _, broken = mail_server({"data": "vanish"})
    number = int(prepare_nights(TONIGHT, settings=site)[0]["outbox_id"])
    assert send_email(outbox_id=number, settings=mailed(site, broken)) == "unknown"
    server, kind = mail_server()
    for by, why in (("", ""), ("A. Clerk", " "), (" ", "nothing came")):
        with pytest.raises(BadInput, match="may have arrived"):
            resend_email(outbox_id=number, by=by, why=why, settings=mailed(site, kind))
    assert server.accepted == []
    state = resend_email(
        outbox_id=number, by="A. Clerk", why="nothing came", settings=mailed(site, kind)
    )
    assert state == "sent"
    with engine.connect() as connection:
        kept = connection.execute(
            sa.text("SELECT outbox_id, state_before, resent_by, reason FROM outbox.resends")
        ).all()
    assert [tuple(row) for row in kept] == [(number, "unknown", "A. Clerk", "nothing came")]


def test_a_server_that_is_away_leaves_the_message_waiting(site: Settings) -> None:
    number = int(prepare_nights(TONIGHT, settings=site)[0]["outbox_id"])
    with pytest.raises(Unreachable):
        deliver_email(outbox_id=number, settings=mailed(site, "127.0.0.1:9"))
    assert deliver_email(outbox_id=number, settings=site) == "sent"


def test_a_night_of_the_past_is_mailed_only_when_asked_for(
    site: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    unasked = [NightToMail(as_of=AS_OF, asked=False)]
    assert prepare_nights(unasked, settings=site) == []
    assert "is past: it is mailed when asked for" in caplog.text
    patient = site.model_copy(update={"mail_days": 10_000_000})
    assert len(prepare_nights(unasked, settings=patient)) == 4


def test_the_outbox_by_hand(
    engine: sa.Engine, site: Settings, monkeypatch: pytest.MonkeyPatch, mail_server: Start
) -> None:
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", site.warehouse)
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(site.data_dir))

    def said(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["outbox", *arguments])
        assert done.exit_code == 0, done.exception
        return done.output

    assert said("list") == "Nothing waits, and nothing was refused.\n"
    _, strict = mail_server({"director": "550 no"})
    for message in prepare_nights(TONIGHT, settings=mailed(site, strict)):
        outcome(mailed(site, strict), message)
    (line,) = said("list").splitlines()
    assert "refused" in line
    assert "returns.example.invalid" in line
    assert "director@" not in line
    assert len(said("list", "--all").splitlines()) == 4
    assert "Released without consideration" in said("show", line.split()[0])
    assert said("resend", line.split()[0]) == "sent\n"
    assert {entry.state for entry in outbox_entries(engine)} == {"sent"}
