"""What the report leaves: backlog, teams, census, figures and why they moved."""

from jobs.contract import codes as c
from jobs.contract.fields import date, number, text, whole, yes_no
from jobs.contract.results.assessed import STATUS
from jobs.contract.schema import Table, codes

OWN = c.PROJECT

BACKLOG = Table(
    space="nightly",
    name="backlog",
    row="an open criminal case of the immigration service",
    key=("case_id",),
    fields=(
        text("case_id", "the case", required=True),
        text("team", "team that holds it; (none) if unallocated", required=True),
        text("stage", "stage now; (none) if not recorded", required=True),
        yes_no("is_allocated", "a named caseworker holds it", required=True),
        text("nationality", "nationality in the immigration register", codes=c.NATIONALITY),
        date("opened_date", "opened, referred or first event, whichever is known"),
        whole("age_days", "days open; empty if no date is known", unit="days"),
        text("age_band", "band of the age", required=True),
        whole("days_in_stage", "days in the stage", unit="days"),
        whole("days_idle", "days since the last event", unit="days"),
        text("episode_id", "latest custody episode of the linked person"),
        text("offence_code", "most serious offence of that episode", codes=c.OFFENCE),
        yes_no("is_in_custody", "that episode is still in custody"),
    ),
)

TEAMS = Table(
    space="nightly",
    name="teams",
    row="a team's work and staff on the night",
    key=("team",),
    fields=(
        text("team", "the team; (none) for unallocated cases", required=True),
        whole("open_cases", "open criminal cases", required=True),
        number("fte", "staff in post; empty if the register does not say"),
        number("fte_absent", "of these, absent"),
        number("fte_diverted", "of these, working elsewhere"),
        number("fte_working", "staff at work on cases"),
        number("cases_per_fte", "open cases for each of them; empty without staff"),
    ),
)

CENSUS = Table(
    space="nightly",
    name="census",
    row="a prison and the people it holds on the night",
    key=("prison_id",),
    fields=(
        text("prison_id", "the prison; (none) if not recorded", required=True),
        text("prison_name", "its name"),
        yes_no("is_removal_centre", "holds immigration detainees"),
        yes_no("has_foreign_national_work", "has staff who work on foreign nationals"),
        whole("people", "everybody held", required=True),
        whole("foreign_nationals", "recorded as foreign nationals", required=True),
        whole("nationality_unknown", "nationality unknown or missing", required=True),
        whole("sentenced_foreign_nationals", "of the foreign nationals, sentenced", required=True),
        whole("remand_foreign_nationals", "of the foreign nationals, on remand", required=True),
        whole("due", "in scope, consideration due and not recorded", required=True),
    ),
)

NOTICE_END = codes(
    "end of a referral notice",
    OWN,
    {
        "ANSWERED": "a referral or a decision of its day or later was recorded",
        "FOUND": "one from before its day came to be known",
        "RELEASED": "the person was released before an answer",
        "OUT_OF_SCOPE": "deportation must not be considered, by what is known now",
        "VERIFY": "nationality is to be verified first",
        "NOT_DUE": "consideration is not due yet, by what is known now",
        "SET_ASIDE": "a row of the custody episode was set aside",
        "LEFT_REGISTER": "the prison register holds the custody episode no more",
        "ERASED": "the person's data were erased",
    },
)
"""Complete and exclusive: a notice is open, or ended in exactly one of these ways."""

NOTICES = Table(
    space="nightly",
    name="notices",
    row="a referral notice: tells the immigration service of a person due and never referred",
    key=("notice_number",),
    fields=(
        text("notice_number", "its number, never used for another", required=True),
        text("episode_id", "the custody episode", required=True),
        whole("occurrence", "which notice of the episode it is, from 1", required=True),
        text("prison_id", "prison that holds the person, or held them last"),
        text("team", "team that holds a case of the person, where there is one"),
        date("written_date", "night that wrote it", required=True),
        date("answer_due_date", "last working day for an answer", required=True),
        yes_no("is_open", "nobody has answered it, and nothing else has ended it", required=True),
        yes_no("is_unanswered", "open after the last day for an answer", required=True),
        date("ended_date", "night on which it ended"),
        text("ended_by", "how it ended", codes=NOTICE_END),
        text("case_id", "the case that answers it"),
    ),
)

FIGURES = Table(
    space="nightly",
    name="figures",
    row="a published number and the range in which the true one lies",
    key=("figure_id", "group_value"),
    fields=(
        text("figure_id", "the figure, as in docs/figures.md", required=True),
        text("group_value", "the group it is for, or (all)", required=True),
        number("value", "the number; empty where it cannot be computed"),
        number("low", "lower end of the range"),
        number("high", "upper end of the range"),
        text("unit", "what is counted", required=True),
    ),
)

CAUSE = codes(
    "cause of a movement",
    OWN,
    {
        "newly_released": "released since the publication before",
        "release_recorded_late": "released before it, recorded since",
        "returned_to_custody": "held again, or the release was recorded in error",
        "newly_sentenced": "sentenced since",
        "newly_found": "newly found in a register",
        "left_register": "no longer in a register",
        "quarantined": "a row of the case was set aside",
        "back_from_quarantine": "a row that was set aside has been mended",
        "newly_linked": "linked with a record of the other register",
        "unlinked": "no longer linked with a record of the other register",
        "duplicates_merged": "two records of one register are now known to be one person",
        "identity_split": "one person is now known to be two",
        "reviewers_decision": "a reviewer decided on a link, or withdrew the decision",
        "consideration_recorded": "decided by a named caseworker since",
        "consideration_recorded_late": "decided before, recorded since",
        "consideration_withdrawn": "a decision was withdrawn or no longer counts",
        "consideration_moved": "a decision counts for another sentence of the person",
        "referral_recorded": "a referral was recorded",
        "referral_withdrawn": "a referral was withdrawn",
        "court_recommendation_corrected": "the record of a court recommendation was corrected",
        "nationality_corrected": "nationality, or the evidence of it, was corrected",
        "sentence_corrected": "the record of a sentence was corrected",
        "release_date_corrected": "a release date, past or ahead, was corrected",
        "died_or_removed": "died or left the country, or the record of it was corrected",
        "time_passed": "a date was reached",
        "rule_changed": "the rules changed",
        "model_changed": "the linkage model changed",
        "code_changed": "the code changed",
    },
)
"""Complete: there is no code for other causes, because none is left."""

BASIS = codes(
    "basis of a movement",
    OWN,
    {
        "same_versions": "code, rules and model are the same: only data changed",
        "assessed_again": "the data of the publication before were assessed again as tonight's, "
        "so changes of code, rules or model are told from changes of data",
        "not_assessed_again": "the data of the publication before are gone; a change of code, "
        "rules or model is named where no recorded fact changed",
    },
)

MOVEMENT = Table(
    space="nightly",
    name="movement",
    row="a custody episode that came into a figure or went out of it, and the one cause",
    key=("figure_id", "episode_id"),
    fields=(
        text("figure_id", "the figure", required=True),
        text("episode_id", "the custody episode", required=True),
        text("cause", "why", required=True, codes=CAUSE),
        whole("change", "how much oftener it is counted: 1 came in, -1 went out", required=True),
        text("before_status", "status in the publication before; empty if not in it", codes=STATUS),
        text("after_status", "status tonight; empty if not in the register", codes=STATUS),
    ),
)

BRIDGES = Table(
    space="nightly",
    name="bridges",
    row="a figure from the publication before to tonight: opening + redefined + came_in - "
    "went_out = closing",
    key=("figure_id",),
    fields=(
        text("figure_id", "the figure", required=True),
        text("before_publication_id", "the publication compared with", required=True),
        date("before_as_of_date", "its night", required=True),
        text(
            "basis",
            "how changes of data and of software are told apart",
            required=True,
            codes=BASIS,
        ),
        whole("opening", "the value published then", required=True),
        whole(
            "redefined",
            "what tonight's definition of the figure adds to that value; 0 unless it changed",
            required=True,
        ),
        whole("came_in", "cases that came into the figure", required=True),
        whole("went_out", "cases that went out of it", required=True),
        whole("closing", "the value tonight", required=True),
    ),
)
