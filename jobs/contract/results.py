"""What a night computes, declared in the same words as what the registers deliver.

The steps hand these tables on as Parquet in the run's folder; the warehouse builds its
``nightly`` tables from the same declarations, adding the publication to each key.
"""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.registers import date, moment, number, text, whole, yes_no
from jobs.contract.schema import Table, by_name, codes

OWN = c.PROJECT

STATUS = codes(
    "status of a custody episode",
    OWN,
    {
        "OUT_OF_SCOPE": "nobody has to consider deportation",
        "NOT_YET_DUE": "in scope; consideration is not due yet",
        "DUE": "in scope and not released; consideration is due and not recorded",
        "CONSIDERED": "a named caseworker decided before release",
        "CONSIDERED_LATE": "a named caseworker decided, but after release",
        "NOT_REFERRED": "released, never referred to the immigration service",
        "REFERRED_NOT_CONSIDERED": "released after a referral on which nobody decided",
        "VERIFY_NATIONALITY": "evidence of British nationality conflicts with the record",
    },
)
MISSED_STATUSES: Final = frozenset({"NOT_REFERRED", "REFERRED_NOT_CONSIDERED"})
"""The two populations of 2006. CONSIDERED_LATE was missed when it happened and is shown apart."""

LINK_OUTCOME = codes(
    "link outcome",
    OWN,
    {
        "linked": "certain enough to act on",
        "review": "possible: a reviewer decides; never clears anybody",
        "not_linked": "no link",
    },
)
SEVERITY = codes(
    "severity",
    OWN,
    {
        "critical": "stops the night",
        "warning": "published with a caveat on every page",
    },
)
REGISTER = codes("register", OWN, {"prison": "prison", "immigration": "immigration"})

ROW_COUNTS = Table(
    space="nightly",
    name="row_counts",
    row="rows of one register table tonight; rows_in = accepted + quarantined",
    key=("register", "table_name"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("table_name", "the table", required=True),
        whole("rows_in", "rows delivered", required=True),
        whole("accepted", "rows that went on", required=True),
        whole("quarantined", "rows kept aside", required=True),
    ),
)
QUARANTINE = Table(
    space="nightly",
    name="quarantine",
    row="a whole bad row, kept aside under the rule it broke; readable by the data team only",
    key=("register", "table_name", "row_number", "rule_id"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("table_name", "the table", required=True),
        whole("row_number", "position in the landing file, from 1", required=True),
        text("row_key", "the row's key, parts joined by |", personal=True),
        text("rule_id", "the rule that the row broke", required=True),
        text("row", "the row as JSON", required=True, personal=True),
        date("first_seen_date", "first night on which the row broke the rule"),
    ),
)
CHECK_RESULTS = Table(
    space="nightly",
    name="check_results",
    row="one check of the quality gate; counts only, never values",
    key=("check_id",),
    fields=(
        text("check_id", "the check", required=True),
        text("severity", "what a failure does", required=True, codes=SEVERITY),
        text("table_name", "the table checked", required=True),
        text("column_name", "the column checked, where it is one"),
        text("meaning", "what must hold", required=True),
        yes_no("passed", "it held", required=True),
        whole("rows_checked", "rows looked at"),
        whole("rows_failed", "rows that failed"),
        number("observed", "the number observed, where the check is on one"),
        text("owner", "who mends what the check finds"),
        date("failing_since_date", "first night of those without a break on which it failed"),
        text("excused", "why, by whom and until when the failure is let pass; empty if it is not"),
    ),
)
PROFILE = Table(
    space="nightly",
    name="profile",
    row="how many accepted rows of a register table have a value: what later nights compare with",
    key=("table_name", "measure", "value"),
    fields=(
        text("table_name", "the table", required=True),
        text("measure", "the coded column, or what is counted by prison or team", required=True),
        text(
            "value",
            "the code, prison or team; (missing) without one, (unknown code) outside the list",
            required=True,
        ),
        whole("rows", "rows that have it", required=True),
    ),
)
FAULTS = Table(
    space="nightly",
    name="faults",
    row="a prison or team and the rows of its own that broke a rule",
    key=("check_id", "unit"),
    fields=(
        text("check_id", "the rule or check", required=True),
        text("unit", "the prison or team whose rows they are, with its kind", required=True),
        whole("rows_failed", "rows that broke it", required=True),
        date("failing_since_date", "first night of those without a break", required=True),
    ),
)
FAULTY_ROWS = Table(
    space="nightly",
    name="faulty_rows",
    row="a row to be mended, of the first of each rule; all are in the files of the services",
    key=("check_id", "table_name", "row_number"),
    fields=(
        text("check_id", "the rule", required=True),
        text("table_name", "the table", required=True),
        whole("row_number", "position in the landing file, from 1", required=True),
        text("reference", "the row's key, parts joined by |; empty where that names a person"),
        text("unit", "the prison or team whose row it is, with its kind", required=True),
    ),
)
LINKS = Table(
    space="nightly",
    name="links",
    row="a possible pairing of a prison person with an immigration person",
    key=("prisoner_number", "cid_person_id"),
    fields=(
        text("prisoner_number", "person in the prison register", required=True, personal=True),
        text("cid_person_id", "person in the immigration register", required=True, personal=True),
        number("probability", "probability that they are one person", required=True),
        number("match_weight", "log2 of the evidence ratio, prior included", required=True),
        text("outcome", "what follows", required=True, codes=LINK_OUTCOME),
        text("evidence", "comparisons and their weights, as JSON, no values", required=True),
        text("decided_by", "reviewer whose decision this is, where one decided"),
    ),
)
IDENTITIES = Table(
    space="nightly",
    name="identities",
    row="one person of one register and the identity it belongs to",
    key=("register", "person_id"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("person_id", "prisoner number or immigration person", required=True, personal=True),
        text("identity_id", "the identity, stable across nights", required=True),
    ),
)
IDENTITY_CHANGE = codes(
    "change of an identity",
    OWN,
    {
        "merged": "identities that were apart came together",
        "split": "an identity came apart",
    },
)
IDENTITY_REASON = codes(
    "reason of a change of an identity",
    OWN,
    {
        "decided": "a reviewer decided",
        "evidence": "what the registers say of the two persons links them now",
        "another_partner": "another person fits better",
        "uncertain": "the link is no longer certain: it is in review",
        "no_evidence": "what the registers say no longer links them",
        "gone": "the person who joined them is in neither register any more",
    },
)
IDENTITY_CHANGES = Table(
    space="nightly",
    name="identity_changes",
    row="a person whose identity merged with another or came apart since the last publication",
    key=("register", "person_id"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("person_id", "prisoner number or immigration person", required=True, personal=True),
        text("before_identity_id", "the identity then", required=True),
        text("after_identity_id", "the identity tonight", required=True),
        text("change", "what happened", required=True, codes=IDENTITY_CHANGE),
        text("reason", "why", required=True, codes=IDENTITY_REASON),
    ),
)
ASSESSMENTS = Table(
    space="nightly",
    name="assessments",
    row="a custody episode and what the rules in force say of it",
    key=("episode_id",),
    fields=(
        text("episode_id", "the custody episode", required=True),
        text("identity_id", "the identity", required=True),
        text("prisoner_number", "the person", required=True, personal=True),
        text("prison_id", "prison now, or the last one"),
        text("nationality", "nationality relied on", codes=c.NATIONALITY),
        text("status", "the status", required=True, codes=STATUS),
        text("status_rule_id", "rule that gave the status", required=True),
        yes_no("is_foreign_national", "not British on the record relied on", required=True),
        yes_no("is_nationality_unknown", "unknown, refused, stateless or missing", required=True),
        yes_no("is_in_custody", "on the roll of a prison", required=True),
        yes_no("is_released", "released, dated or not", required=True),
        yes_no("is_court_recommended", "the court recommended deportation", required=True),
        yes_no("is_in_scope", "deportation must be considered", required=True),
        text("scope_rule_id", "rule that brought the episode into scope, or kept it out"),
        text("offence_code", "most serious offence", codes=c.OFFENCE),
        whole("seriousness", "1 is most serious, 5 least; empty if unknown"),
        date("sentence_date", "first sentence of the episode"),
        whole("sentence_days", "length that the rules count", unit="days"),
        date("release_date", "released on; empty while in custody or not recorded"),
        date("earliest_release_date", "earliest plausible release of somebody in custody"),
        date("due_date", "consideration due by"),
        whole("days_to_release", "days from the night to the earliest release", unit="days"),
        date("referred_date", "referred to the immigration service"),
        date("started_date", "work started; not a consideration"),
        date("considered_date", "decided by a named caseworker"),
        text("decision", "that decision", codes=c.EVENT_TYPE),
        date("order_signed_date", "deportation order signed"),
        date("removed_date", "left the country"),
        text("case_id", "the immigration case relied on"),
        text("link_outcome", "how the person is linked", required=True, codes=LINK_OUTCOME),
        number("link_probability", "probability of the best link; empty without one"),
        text("possible_case_id", "case of a possible match, which clears nobody"),
        yes_no(
            "is_possibly_considered", "a possible match holds a decision in time", required=True
        ),
        whole("priority", "rank of the work, 1 is first; empty where nothing is to be done"),
    ),
)
REASONS = Table(
    space="nightly",
    name="reasons",
    row="one step of the reasoning for an episode: a rule, its answer, the fact it used",
    key=("episode_id", "position"),
    fields=(
        text("episode_id", "the custody episode", required=True),
        whole("position", "order of reading, from 1", required=True),
        text("rule_id", "the rule", required=True),
        text("finding", "the answer in plain English, no personal value", required=True),
        text("source_table", "register table of the fact, where there is one"),
        text("source_key", "key of its row"),
    ),
)
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

OUTCOME = codes(
    "outcome of a person released unconsidered",
    OWN,
    {
        "BRITISH": "found to be British",
        "DIED": "died",
        "DEPORTED": "left the country",
        "ALLOWED_TO_STAY": "decided not to pursue, allowed to stay or exempt",
        "IN_CUSTODY": "in prison or immigration detention again",
        "NOT_LOCATED": "not to be found, or nobody has looked",
        "NO_RELEASE_DATE": "released on an unknown day, and nothing else is known",
        "IN_PROCESS": "the case has still to end",
    },
)
"""Exactly one for each: they sum to the cohort always."""
UNCONSIDERED_STATUSES: Final = MISSED_STATUSES | {"CONSIDERED_LATE"}
"""The cohort of the outcomes: everybody who was not shown to be considered before release."""

FLAGS = Table(
    space="nightly",
    name="flags",
    row="what the law and the calendar say of an episode whose person is not simply British",
    key=("episode_id",),
    fields=(
        text("episode_id", "the custody episode", required=True),
        yes_no("is_duty_to_deport", "the duty of the UK Borders Act 2007 applies", required=True),
        text("duty_rule_id", "the rule of the duty"),
        yes_no("is_liable", "deportation must be considered", required=True),
        text("liability_rule_id", "the rule that makes it so, or that does not"),
        yes_no("is_referral_met", "a referral criterion is met", required=True),
        text("referral_rule_id", "the criterion met, or the one that is not"),
        yes_no("is_exempt", "an exception takes the duty away; still considered", required=True),
        text("exemption_rule_id", "the exception"),
        date("computed_release_date", "earliest release worked out from the sentences"),
        date("computed_release_latest_date", "latest release point worked out from them"),
        yes_no("is_release_disputed", "the recorded date lies outside that range", required=True),
        date("disputed_release_date", "the recorded date that is disputed"),
        date("early_removal_date", "from when the Early Removal Scheme allows removal"),
        date("referral_due_date", "last working day to refer; empty before October 2015"),
        yes_no("is_referred_late", "referred after that day, or not yet and it has passed"),
        whole("alert_days", "alert reached: 365, 180, 90, 30, 7 or 0", unit="days"),
        date(
            "restriction_date", "detention, monitoring, restriction or bail decided before release"
        ),
        yes_no("is_restriction_missing", "released unconsidered and without one", required=True),
        text("outcome", "outcome of a person released unconsidered", codes=OUTCOME),
        text("outcome_rule_id", "the rule that gave the outcome"),
    ),
)
DISCREPANCIES = Table(
    space="nightly",
    name="discrepancies",
    row="a field on which the registers disagree about a person linked for certain",
    key=("discrepancy_id",),
    fields=(
        text("discrepancy_id", "stable from night to night", required=True),
        text("rule_id", "the kind of discrepancy", required=True),
        text("episode_id", "the person's latest custody episode", required=True),
        text("cid_person_id", "the immigration person", required=True, personal=True),
        text("prison_value", "what the prison register says, nothing personal", required=True),
        text("immigration_value", "what the other says, nothing personal", required=True),
        text("likely_wrong", "register that most likely errs", required=True, codes=REGISTER),
        date("since_date", "day from which the two disagree, where known"),
        date("first_seen_date", "night on which it was first reported", required=True),
        whole("age_days", "days since it was first reported", required=True, unit="days"),
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
        whole("change", "1 came in, -1 went out", required=True),
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
        whole("came_in", "episodes that came into the figure", required=True),
        whole("went_out", "episodes that went out of it", required=True),
        whole("closing", "the value tonight", required=True),
    ),
)

NIGHTLY: dict[str, Table] = by_name(
    (
        ROW_COUNTS,
        QUARANTINE,
        CHECK_RESULTS,
        PROFILE,
        FAULTS,
        FAULTY_ROWS,
        LINKS,
        IDENTITIES,
        IDENTITY_CHANGES,
        ASSESSMENTS,
        REASONS,
        FLAGS,
        DISCREPANCIES,
        BACKLOG,
        TEAMS,
        CENSUS,
        FIGURES,
        MOVEMENT,
        BRIDGES,
    )
)
"""Every table of a publication by full name."""

DECISIONS = Table(
    space="review",
    name="decisions",
    row="a reviewer's word on a pair of persons; it always wins over the model",
    key=("prisoner_number", "cid_person_id"),
    fields=(
        text("prisoner_number", "person in the prison register", required=True, personal=True),
        text("cid_person_id", "person in the immigration register", required=True, personal=True),
        text(
            "judgement",
            "must link, or must not link",
            required=True,
            codes=codes(
                "judgement",
                OWN,
                {"must_link": "one person", "must_not_link": "two persons"},
            ),
        ),
        text("reviewer", "who decided", required=True),
        text("reason", "why", required=True),
        moment("decided_at", "when", required=True),
    ),
)
