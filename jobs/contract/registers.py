"""The contract: every table and field of both registers, declared once.

From here come the DDL of the demo databases, the column lists of the extract, the Arrow schema
of the landing, the base expectations and the data dictionary in ``docs/data-dictionary.md``.
A site whose tables differ maps them to these names with a mapping file (`jobs.extract.mapping`).

Dates are calendar dates in England and Wales; timestamps are UTC.
"""

from collections.abc import Callable

from jobs.contract import codes as c
from jobs.contract.schema import CodeList, Field, Kind, Table, by_name

CONTRACT_VERSION = "2"
"""Raised whenever a table or field changes; written into every landing's manifest."""

EXTRA_COLUMNS = b"extra_columns"
"""Key in a landed table's Arrow metadata: the columns delivered beyond the contract, as JSON."""

OWN = c.PROJECT


def _field(kind: Kind) -> Callable[..., Field]:
    def declare(
        name: str,
        meaning: str,
        source: str = "",
        *,
        required: bool = False,
        codes: CodeList | None = None,
        personal: bool = False,
        unit: str = "",
    ) -> Field:
        return Field(
            name=name,
            kind=kind,
            meaning=meaning,
            source=source,
            nullable=not required,
            codes=codes,
            personal=personal,
            unit=unit,
        )

    return declare


text, date, moment = _field(Kind.TEXT), _field(Kind.DATE), _field(Kind.TIMESTAMP)
whole, number, yes_no = _field(Kind.INTEGER), _field(Kind.NUMBER), _field(Kind.BOOLEAN)


def _names(source: str) -> tuple[Field, ...]:
    return (
        text("first_name", "first or given name", source, personal=True),
        text("middle_names", "names between first and last", source, personal=True),
        text("last_name", "family name as this register holds it", source, personal=True),
    )


def _feed(register: str) -> Table:
    return Table(
        space=register,
        name="feed",
        row="what the register says of its own delivery; exactly one row",
        key=("as_of_date",),
        may_be_empty=False,
        fields=(
            date("as_of_date", "last day whose records are complete", OWN, required=True),
            moment("generated_at", "when the register wrote this delivery", OWN, required=True),
        ),
    )


def _aliases(register: str, owner: str) -> Table:
    return Table(
        space=register,
        name="aliases",
        row="another name or date of birth that a person has used",
        key=(owner, "alias_sequence"),
        parents={owner: f"{register}.persons"},
        fields=(
            text(owner, "the person", required=True),
            whole("alias_sequence", "order of recording, from 1", required=True),
            *_names("aliases"),
            date("date_of_birth", "date of birth given with this name", personal=True),
            text("gender", "gender given with this name", codes=c.GENDER),
        ),
    )


PRISON = by_name(
    (
        _feed("prison"),
        Table(
            space="prison",
            name="prisons",
            row="a prison or immigration removal centre",
            key=("prison_id",),
            may_be_empty=False,
            fields=(
                text("prison_id", "three-letter code of the prison", "prisonId", required=True),
                text("prison_name", "name of the prison", "agency description", required=True),
                yes_no("is_removal_centre", "holds immigration detainees", OWN, required=True),
                yes_no(
                    "has_foreign_national_work",
                    "has staff who work on foreign nationals",
                    "HC 1079: 32 prisons had none in 2006",
                ),
            ),
        ),
        Table(
            space="prison",
            name="persons",
            row="a person as the prison register holds them",
            key=("prisoner_number",),
            may_be_empty=False,
            fields=(
                text(
                    "prisoner_number",
                    "prison number, A1234AA",
                    "prisonerNumber",
                    required=True,
                    personal=True,
                ),
                *_names("firstName, middleNames, lastName"),
                date("date_of_birth", "date of birth", "dateOfBirth", personal=True),
                text("gender", "gender", "gender", codes=c.GENDER),
                text("nationality", "nationality", "nationality", codes=c.NATIONALITY),
                text(
                    "second_nationality",
                    "second nationality, where one is recorded",
                    "multipleNationalities",
                    codes=c.NATIONALITY,
                ),
                text("birth_place", "town or country of birth", "birthPlace", personal=True),
                text("postcode", "last known postcode", "addresses", personal=True),
                text("pnc_number", "Police National Computer number", "pncNumber", personal=True),
                text("cro_number", "Criminal Records Office number", "croNumber", personal=True),
                moment("recorded_at", "when this row was last changed", "modifyDatetime"),
            ),
        ),
        _aliases("prison", "prisoner_number"),
        Table(
            space="prison",
            name="identifiers",
            row="an identifier recorded for a person beside those on the person row",
            key=("prisoner_number", "identifier_sequence"),
            parents={"prisoner_number": "prison.persons"},
            fields=(
                text("prisoner_number", "the person", "offenderNo", required=True, personal=True),
                whole("identifier_sequence", "order of recording, from 1", required=True),
                text(
                    "identifier_type",
                    "which system issued it",
                    "type",
                    required=True,
                    codes=c.IDENTIFIER_TYPE,
                ),
                text("identifier_value", "the identifier", "value", personal=True),
                moment("recorded_at", "when it was recorded", "whenCreated"),
            ),
        ),
        Table(
            space="prison",
            name="episodes",
            row="a custody episode: one stay in prison from reception to release",
            key=("episode_id",),
            parents={"prisoner_number": "prison.persons", "prison_id": "prison.prisons"},
            may_be_empty=False,
            fields=(
                text("episode_id", "the custody episode", "bookingId", required=True),
                text(
                    "prisoner_number",
                    "the person",
                    "prisonerNumber",
                    required=True,
                    personal=True,
                ),
                text("prison_id", "prison now, or the last one", "prisonId"),
                date("reception_date", "first received on this episode", "receptionDate"),
                text("status", "custody status", "status", codes=c.CUSTODY_STATUS),
                text("in_out_status", "inside or outside", "inOutStatus", codes=c.IN_OUT_STATUS),
                text("legal_status", "why the person is held", "legalStatus", codes=c.LEGAL_STATUS),
                text(
                    "imprisonment_status",
                    "main order; REC_DEP is a court recommendation",
                    "imprisonmentStatus",
                    codes=c.IMPRISONMENT_STATUS,
                ),
                date(
                    "sentence_start_date",
                    "start of the first sentence",
                    "sentenceStartDate",
                ),
                date(
                    "confirmed_release_date",
                    "release date confirmed by the prison",
                    "confirmedReleaseDate",
                ),
                date(
                    "conditional_release_date",
                    "conditional release date (CRD)",
                    "conditionalReleaseDate",
                ),
                date(
                    "conditional_release_override_date",
                    "CRD entered by hand",
                    "conditionalReleaseOverrideDate",
                ),
                date(
                    "automatic_release_date",
                    "automatic release date (ARD)",
                    "automaticReleaseDate",
                ),
                date(
                    "automatic_release_override_date",
                    "ARD entered by hand",
                    "automaticReleaseOverrideDate",
                ),
                date("sentence_expiry_date", "sentence expiry (SED)", "sentenceExpiryDate"),
                date("licence_expiry_date", "licence expiry (LED)", "licenceExpiryDate"),
                date(
                    "home_detention_curfew_eligibility_date",
                    "home detention curfew eligibility (HDCED)",
                    "homeDetentionCurfewEligibilityDate",
                ),
                date(
                    "parole_eligibility_date",
                    "parole eligibility (PED)",
                    "paroleEligibilityDate",
                ),
                date("tariff_date", "end of the tariff of a life sentence", "tariffDate"),
                date(
                    "early_removal_scheme_eligibility_date",
                    "early removal eligibility (ERSED)",
                    "earlyRemovalSchemeEligibilityDate",
                ),
                whole(
                    "additional_days_awarded",
                    "days added for offences against discipline",
                    "additionalDaysAwarded",
                    unit="days",
                ),
                text(
                    "last_movement_type",
                    "type of the last movement",
                    "lastMovementTypeCode",
                    codes=c.MOVEMENT_TYPE,
                ),
                text(
                    "last_movement_reason",
                    "reason of the last movement",
                    "lastMovementReasonCode",
                    codes=c.MOVEMENT_REASON,
                ),
                date(
                    "last_movement_date",
                    "date of the last movement; missing where the prison did not record it",
                    "lastMovementDate",
                ),
                moment("recorded_at", "when this row was last changed", "modifyDatetime"),
            ),
        ),
        Table(
            space="prison",
            name="sentences",
            row="one sentence within a custody episode",
            key=("episode_id", "sentence_sequence"),
            parents={"episode_id": "prison.episodes"},
            fields=(
                text("episode_id", "the custody episode", "bookingId", required=True),
                whole("sentence_sequence", "number within the episode", "sequence", required=True),
                whole(
                    "consecutive_to_sequence",
                    "the sentence that this one follows; empty when concurrent",
                    "consecutiveToSequence",
                ),
                text(
                    "calculation_type",
                    "how the release point is worked out",
                    "sentenceCalculationType",
                    codes=c.CALCULATION_TYPE,
                ),
                date("sentence_date", "passed by the court", "sentenceDate"),
                date("conviction_date", "day of conviction", "convictionDate"),
                date("offence_date", "day of the conduct, or its first day", "offenceStartDate"),
                text("offence_code", "the offence", "offenceCode", codes=c.OFFENCE),
                whole("term_years", "years of the term", "years", unit="years"),
                whole("term_months", "months of the term", "months", unit="months"),
                whole("term_weeks", "weeks of the term", "weeks", unit="weeks"),
                whole("term_days", "days of the term", "days", unit="days"),
                whole(
                    "remand_days",
                    "days on remand that count towards this sentence",
                    "sentence adjustments",
                    unit="days",
                ),
                date(
                    "activated_date",
                    "when a suspended sentence was activated",
                    "sentence history",
                ),
                moment("recorded_at", "when this row was last changed", "modifyDatetime"),
            ),
        ),
        Table(
            space="prison",
            name="movements",
            row="one movement into, out of or between prisons",
            key=("episode_id", "movement_sequence"),
            parents={"episode_id": "prison.episodes"},
            fields=(
                text("episode_id", "the custody episode", "bookingId", required=True),
                whole("movement_sequence", "number within the episode", "sequence", required=True),
                date(
                    "movement_date",
                    "day of the movement; missing where the prison did not record it",
                    "movementDate",
                ),
                text(
                    "movement_type",
                    "kind of movement",
                    "movementType",
                    required=True,
                    codes=c.MOVEMENT_TYPE,
                ),
                text(
                    "movement_reason",
                    "reason of the movement",
                    "movementReasonCode",
                    codes=c.MOVEMENT_REASON,
                ),
                text("from_prison_id", "prison left", "fromAgency"),
                text("to_prison_id", "prison entered", "toAgency"),
                moment("recorded_at", "when it was recorded", "createDateTime"),
            ),
        ),
        Table(
            space="prison",
            name="alerts",
            row="an alert on a person",
            key=("prisoner_number", "alert_sequence"),
            parents={"prisoner_number": "prison.persons"},
            fields=(
                text("prisoner_number", "the person", "offenderNo", required=True, personal=True),
                whole("alert_sequence", "order of recording, from 1", "alertId", required=True),
                text("alert_code", "the alert", "alertCode", required=True, codes=c.ALERT),
                date("start_date", "raised", "dateCreated"),
                date("end_date", "ended; empty while active", "dateExpires"),
            ),
        ),
    )
)


def _person_key() -> Field:
    return text("cid_person_id", "the person", OWN, required=True, personal=True)


IMMIGRATION = by_name(
    (
        _feed("immigration"),
        Table(
            space="immigration",
            name="persons",
            row="a person as the immigration register holds them",
            key=("cid_person_id",),
            may_be_empty=False,
            fields=(
                _person_key(),
                text("ho_reference", "Home Office reference", OWN, personal=True),
                *_names(OWN),
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
        ),
        _aliases("immigration", "cid_person_id"),
        Table(
            space="immigration",
            name="cases",
            row="an immigration case",
            key=("case_id",),
            parents={"cid_person_id": "immigration.persons"},
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
        ),
        Table(
            space="immigration",
            name="events",
            row="something that happened in a case; never changed, only added to",
            key=("event_id",),
            parents={"case_id": "immigration.cases"},
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
        ),
        Table(
            space="immigration",
            name="barriers",
            row="something that stands in the way of removal",
            key=("case_id", "barrier_sequence"),
            parents={"case_id": "immigration.cases"},
            fields=(
                text("case_id", "the case", OWN, required=True),
                whole("barrier_sequence", "number within the case", OWN, required=True),
                text("barrier_type", "the barrier", OWN, codes=c.BARRIER_TYPE),
                date("raised_date", "raised", OWN),
                date("cleared_date", "cleared; empty while it stands", OWN),
            ),
        ),
        Table(
            space="immigration",
            name="appeals",
            row="an appeal within a case",
            key=("appeal_id",),
            parents={"case_id": "immigration.cases"},
            fields=(
                text("appeal_id", "the appeal", OWN, required=True),
                text("case_id", "the case", OWN, required=True),
                date("lodged_date", "lodged", OWN),
                text("outcome", "outcome; empty while pending", OWN, codes=c.APPEAL_OUTCOME),
                date("outcome_date", "determined", OWN),
            ),
        ),
        Table(
            space="immigration",
            name="detentions",
            row="a stay in immigration detention",
            key=("detention_id",),
            parents={"cid_person_id": "immigration.persons"},
            fields=(
                text("detention_id", "the stay", OWN, required=True),
                _person_key(),
                text("place_id", "prison or removal centre", OWN),
                date("start_date", "detained", OWN),
                date("end_date", "ended; empty while detained", OWN),
                text("end_reason", "how it ended", OWN),
            ),
        ),
        Table(
            space="immigration",
            name="bails",
            row="a grant of immigration bail",
            key=("bail_id",),
            parents={"cid_person_id": "immigration.persons"},
            fields=(
                text("bail_id", "the grant", OWN, required=True),
                _person_key(),
                date("granted_date", "granted", OWN),
                date("ended_date", "ended or absconded; empty while on bail", OWN),
                text("bail_status", "status now", OWN, codes=c.BAIL_STATUS),
            ),
        ),
        Table(
            space="immigration",
            name="reportings",
            row="a day on which a person on bail had to report",
            key=("bail_id", "due_date"),
            parents={"bail_id": "immigration.bails"},
            fields=(
                text("bail_id", "the grant of bail", OWN, required=True),
                date("due_date", "due to report", OWN, required=True),
                yes_no("attended", "reported", OWN),
            ),
        ),
        Table(
            space="immigration",
            name="removals",
            row="a removal from the country",
            key=("removal_id",),
            parents={"cid_person_id": "immigration.persons", "case_id": "immigration.cases"},
            fields=(
                text("removal_id", "the removal", OWN, required=True),
                _person_key(),
                text("case_id", "the case, where there is one", OWN),
                date("removed_date", "left the country", OWN),
                text("removal_type", "power used", OWN, codes=c.REMOVAL_TYPE),
                text("destination", "country removed to", OWN, codes=c.NATIONALITY),
            ),
        ),
        Table(
            space="immigration",
            name="staffing",
            row="a team's staff on a day",
            key=("team", "staffing_date"),
            fields=(
                text("team", "the team", OWN, required=True),
                date("staffing_date", "the day", OWN, required=True),
                number("fte", "staff in post", OWN, unit="full-time equivalents"),
                number("fte_absent", "of these, absent", OWN, unit="full-time equivalents"),
                number(
                    "fte_diverted", "of these, working elsewhere", OWN, unit="full-time equivalents"
                ),
                text("diverted_to", "where they work instead", OWN),
            ),
        ),
    )
)

REGISTERS: dict[str, dict[str, Table]] = {"prison": PRISON, "immigration": IMMIGRATION}
"""The two registers, each a mapping of full table name to table."""

TABLES: dict[str, Table] = {**PRISON, **IMMIGRATION}
"""Every table of both registers by full name."""
