"""What the prison register delivers: one declaration for each table."""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.both_registers import aliases, feed, names
from jobs.contract.fields import date, moment, text, whole, yes_no
from jobs.contract.schema import Table, by_name

SPACE: Final = "prison"
OWN = c.PROJECT

FEED = feed(SPACE)
PRISONS = Table(
    space=SPACE,
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
)
PERSONS = Table(
    space=SPACE,
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
        *names("firstName, middleNames, lastName"),
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
)
ALIASES = aliases(PERSONS, "prisoner_number")
IDENTIFIERS = Table(
    space=SPACE,
    name="identifiers",
    row="an identifier recorded for a person beside those on the person row",
    key=("prisoner_number", "identifier_sequence"),
    parents={"prisoner_number": PERSONS.full_name},
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
)
EPISODES = Table(
    space=SPACE,
    name="episodes",
    row="a custody episode: one stay in prison from reception to release",
    key=("episode_id",),
    parents={"prisoner_number": PERSONS.full_name, "prison_id": PRISONS.full_name},
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
)
SENTENCES = Table(
    space=SPACE,
    name="sentences",
    row="one sentence within a custody episode",
    key=("episode_id", "sentence_sequence"),
    parents={"episode_id": EPISODES.full_name},
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
)
MOVEMENTS = Table(
    space=SPACE,
    name="movements",
    row="one movement into, out of or between prisons",
    key=("episode_id", "movement_sequence"),
    parents={"episode_id": EPISODES.full_name},
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
)
ALERTS = Table(
    space=SPACE,
    name="alerts",
    row="an alert on a person",
    key=("prisoner_number", "alert_sequence"),
    parents={"prisoner_number": PERSONS.full_name},
    fields=(
        text("prisoner_number", "the person", "offenderNo", required=True, personal=True),
        whole("alert_sequence", "order of recording, from 1", "alertId", required=True),
        text("alert_code", "the alert", "alertCode", required=True, codes=c.ALERT),
        date("start_date", "raised", "dateCreated"),
        date("end_date", "ended; empty while active", "dateExpires"),
    ),
)

PRISON: Final = by_name(
    (
        FEED,
        PRISONS,
        PERSONS,
        ALIASES,
        IDENTIFIERS,
        EPISODES,
        SENTENCES,
        MOVEMENTS,
        ALERTS,
    )
)
"""Every table of the prison register by full name."""
