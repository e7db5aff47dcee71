"""What the immigration register delivers: one declaration for each table."""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.both_registers import aliases, feed, names
from jobs.contract.fields import date, moment, number, text, whole, yes_no
from jobs.contract.schema import Field, Table, by_name

SPACE: Final = "immigration"
OWN = c.PROJECT


def _person_key() -> Field:
    return text("cid_person_id", "the person", OWN, required=True, personal=True)


FEED = feed(SPACE)
PERSONS = Table(
    space=SPACE,
    name="persons",
    row="a person as the immigration register holds them",
    key=("cid_person_id",),
    may_be_empty=False,
    fields=(
        _person_key(),
        text("ho_reference", "Home Office reference", OWN, personal=True),
        *names(OWN),
        date("date_of_birth", "date of birth", OWN, personal=True),
        text("gender", "gender", OWN, codes=c.GENDER),
        text("nationality", "nationality", OWN, codes=c.NATIONALITY),
        yes_no("nationality_verified", "nationality proved by a document", OWN),
        text("birth_place", "town or country of birth", OWN, personal=True),
        text("postcode", "last known postcode", OWN, personal=True),
        text("noms_number", "prison number as told", OWN, personal=True),
        text("pnc_number", "Police National Computer number", OWN, personal=True),
        text("cro_number", "Criminal Records Office number", OWN, personal=True),
        text("located_status", "whether the person is traced", OWN, codes=c.LOCATED_STATUS),
        date("last_contact_date", "last contact with the person", OWN),
        date("died_date", "day of death, where known", OWN),
        moment("recorded_at", "when this row was last changed", OWN),
    ),
)
ALIASES = aliases(PERSONS, "cid_person_id")
CASES = Table(
    space=SPACE,
    name="cases",
    row="an immigration case",
    key=("case_id",),
    parents={"cid_person_id": PERSONS.full_name},
    fields=(
        text("case_id", "the case", OWN, required=True),
        _person_key(),
        text("case_type", "kind of case", OWN, required=True, codes=c.CASE_TYPE),
        text("team", "team that holds the case", OWN),
        text("caseworker", "staff code of the caseworker; empty if unallocated", OWN),
        text("referral_source", "who referred", OWN, codes=c.REFERRAL_SOURCE),
        date("referral_sent_date", "sent by the other service", OWN),
        date("referral_received_date", "received", OWN),
        date("opened_date", "case opened", OWN),
        date("started_date", "work started; a start is not a consideration", OWN),
        text("stage", "stage now", OWN, codes=c.STAGE),
        date("stage_entered_date", "entered the stage", OWN),
        date("considered_date", "decided by the named caseworker", OWN),
        text("outcome", "outcome of the decision", OWN, codes=c.CASE_OUTCOME),
        text("outcome_reason", "reason of the outcome", OWN),
        text("legal_basis", "power relied on", OWN),
        whole("priority", "the service's own priority, 1 is first", OWN),
        date("closed_date", "closed; empty while open", OWN),
        date(
            "expected_release_date",
            "release from prison that the prison service last told the casework team of",
            OWN,
        ),
        moment("recorded_at", "when this row was last changed", OWN),
    ),
)
EVENTS = Table(
    space=SPACE,
    name="events",
    row="something that happened in a case; never changed, only added to",
    key=("event_id",),
    parents={"case_id": CASES.full_name},
    fields=(
        text("event_id", "the event", OWN, required=True),
        text("case_id", "the case", OWN, required=True),
        text("event_type", "what happened", OWN, required=True, codes=c.EVENT_TYPE),
        date("occurred_date", "when it happened", OWN),
        moment("recorded_at", "when it was recorded", OWN),
        text("caseworker", "staff code of who did it", OWN),
        text("reason", "reason given", OWN),
        date("deferred_until_date", "for a deferral: until when", OWN),
    ),
)
BARRIERS = Table(
    space=SPACE,
    name="barriers",
    row="something that stands in the way of removal",
    key=("case_id", "barrier_sequence"),
    parents={"case_id": CASES.full_name},
    fields=(
        text("case_id", "the case", OWN, required=True),
        whole("barrier_sequence", "number within the case", OWN, required=True),
        text("barrier_type", "the barrier", OWN, codes=c.BARRIER_TYPE),
        date("raised_date", "raised", OWN),
        date("cleared_date", "cleared; empty while it stands", OWN),
    ),
)
APPEALS = Table(
    space=SPACE,
    name="appeals",
    row="an appeal within a case",
    key=("appeal_id",),
    parents={"case_id": CASES.full_name},
    fields=(
        text("appeal_id", "the appeal", OWN, required=True),
        text("case_id", "the case", OWN, required=True),
        date("lodged_date", "lodged", OWN),
        text("outcome", "outcome; empty while pending", OWN, codes=c.APPEAL_OUTCOME),
        date("outcome_date", "determined", OWN),
    ),
)
DETENTIONS = Table(
    space=SPACE,
    name="detentions",
    row="a stay in immigration detention",
    key=("detention_id",),
    parents={"cid_person_id": PERSONS.full_name},
    fields=(
        text("detention_id", "the stay", OWN, required=True),
        _person_key(),
        text("place_id", "prison or removal centre", OWN),
        date("start_date", "detained", OWN),
        date("end_date", "ended; empty while detained", OWN),
        text("end_reason", "how it ended", OWN),
    ),
)
BAILS = Table(
    space=SPACE,
    name="bails",
    row="a grant of immigration bail",
    key=("bail_id",),
    parents={"cid_person_id": PERSONS.full_name},
    fields=(
        text("bail_id", "the grant", OWN, required=True),
        _person_key(),
        date("granted_date", "granted", OWN),
        date("ended_date", "ended or absconded; empty while on bail", OWN),
        text("bail_status", "status now", OWN, codes=c.BAIL_STATUS),
        yes_no("is_opposed", "granted although the immigration service objected", OWN),
    ),
)
REPORTINGS = Table(
    space=SPACE,
    name="reportings",
    row="a day on which a person on bail had to report",
    key=("bail_id", "due_date"),
    parents={"bail_id": BAILS.full_name},
    fields=(
        text("bail_id", "the grant of bail", OWN, required=True),
        date("due_date", "due to report", OWN, required=True),
        yes_no("attended", "reported", OWN),
    ),
)
REMOVALS = Table(
    space=SPACE,
    name="removals",
    row="a removal from the country",
    key=("removal_id",),
    parents={"cid_person_id": PERSONS.full_name, "case_id": CASES.full_name},
    fields=(
        text("removal_id", "the removal", OWN, required=True),
        _person_key(),
        text("case_id", "the case, where there is one", OWN),
        date("removed_date", "left the country", OWN),
        text("removal_type", "power used", OWN, codes=c.REMOVAL_TYPE),
        text("destination", "country removed to", OWN, codes=c.NATIONALITY),
    ),
)
STAFFING = Table(
    space=SPACE,
    name="staffing",
    row="a team's staff on a day",
    key=("team", "staffing_date"),
    fields=(
        text("team", "the team", OWN, required=True),
        date("staffing_date", "the day", OWN, required=True),
        number("fte", "staff in post", OWN, unit="full-time equivalents"),
        number("fte_absent", "of these, absent", OWN, unit="full-time equivalents"),
        number("fte_diverted", "of these, working elsewhere", OWN, unit="full-time equivalents"),
        text("diverted_to", "where they work instead", OWN),
    ),
)

IMMIGRATION: Final = by_name(
    (
        FEED,
        PERSONS,
        ALIASES,
        CASES,
        EVENTS,
        BARRIERS,
        APPEALS,
        DETENTIONS,
        BAILS,
        REPORTINGS,
        REMOVALS,
        STAFFING,
    )
)
"""Every table of the immigration register by full name."""
