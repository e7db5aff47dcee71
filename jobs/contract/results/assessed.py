"""What the assessment leaves: statuses, reasons, flags and discrepancies."""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.fields import date, number, text, whole, yes_no
from jobs.contract.results.linked import LINK_OUTCOME
from jobs.contract.results.shared import REGISTER
from jobs.contract.schema import Table, codes

OWN = c.PROJECT

STATUS = codes(
    "status of a custody episode",
    OWN,
    {
        "OUT_OF_SCOPE": "nobody has to consider deportation",
        "VERIFY_NATIONALITY": "evidence of British nationality conflicts with the record",
        "NOT_REFERRED": "a release was missed, undecided since, and never referred before",
        "REFERRED_NOT_CONSIDERED": "a release was missed after a referral, undecided since",
        "DUE": "not released; consideration is due and not recorded",
        "CONSIDERED_LATE": "a release was missed, and decided on since",
        "NOT_YET_DUE": "not released; consideration is not recorded and not due yet",
        "CONSIDERED": "every conviction was considered before release, or by tonight",
    },
)

STATUS_ORDER: Final = (
    "OUT_OF_SCOPE",
    "VERIFY_NATIONALITY",
    "NOT_REFERRED",
    "REFERRED_NOT_CONSIDERED",
    "DUE",
    "CONSIDERED_LATE",
    "NOT_YET_DUE",
    "CONSIDERED",
)
"""In the order in which the rules ask for them: an episode has the first, the worst, that holds."""

MISSED_STATUSES: Final = frozenset({"NOT_REFERRED", "REFERRED_NOT_CONSIDERED"})
"""The two populations of 2006, as long as nobody has decided since."""

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
        yes_no("is_due", "in custody; consideration is due and not recorded tonight"),
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
        date("considered_date", "the consideration that the status rests on"),
        text("decision", "its kind", codes=c.EVENT_TYPE),
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
        text(
            "cleared_by",
            "whose decision on the link cleared the episode, and the model's own word; empty "
            "where no person's did",
        ),
    ),
)

RELEASE_STATUS = codes(
    "status of a release",
    OWN,
    {
        "CONSIDERED": "every conviction that led to it was weighed by a decision in time",
        "NOT_REFERRED": "a conviction was never referred to the immigration service in time",
        "REFERRED_NOT_CONSIDERED": "referred in time, but nobody decided in time",
    },
)

TRACED = codes(
    "tracing of a person released",
    OWN,
    {
        "NOT_FOUND": "cannot be found after a search",
        "NOT_SOUGHT": "nobody has looked, as far as is recorded",
        "LOCATED": "located",
        "QUESTIONED": "located and questioned",
    },
)
"""Exactly one for each release: they sum to the missed."""

RELEASES = Table(
    space="nightly",
    name="releases",
    row="a release into the community that consideration had to precede",
    key=("episode_id", "release_number"),
    fields=(
        text("episode_id", "the custody episode", required=True),
        whole("release_number", "order of the releases of the episode, from 1", required=True),
        text("identity_id", "the identity", required=True),
        text("prisoner_number", "the person", required=True, personal=True),
        text("prison_id", "prison now, or the last one"),
        date("release_date", "released on; empty if not recorded"),
        text("release_reason", "reason of the movement", codes=c.MOVEMENT_REASON),
        date("returned_date", "back in the same booking"),
        yes_no("is_missed", "no decision in time weighed every conviction", required=True),
        text("status", "the status of the release", required=True, codes=RELEASE_STATUS),
        date("referred_date", "the referral that counts for this release"),
        date("considered_date", "the decision in time that is relied on"),
        text("decision", "that decision", codes=c.EVENT_TYPE),
        date("considered_recorded_date", "day on which that decision was recorded"),
        yes_no(
            "is_recorded_after_release",
            "considered only by what was recorded after the release",
            required=True,
        ),
        yes_no(
            "is_withdrawn_after_release",
            "considered when it happened, and withdrawn since",
            required=True,
        ),
        date("decided_since_date", "first decision after a missed release that stands tonight"),
        text("decided_since", "that decision", codes=c.EVENT_TYPE),
        date("due_date", "consideration was due by"),
        whole("days_late", "days from then to a missed release", unit="days"),
        whole("unweighed_sentence", "sequence of the conviction that no decision weighed in time"),
        yes_no("is_deferral_expired", "missed, and a deferral had run out before", required=True),
        text("offence_code", "most serious offence", codes=c.OFFENCE),
        whole("seriousness", "1 is most serious, 5 least; empty if unknown"),
        yes_no("is_court_recommended", "the court recommended deportation", required=True),
        yes_no("is_nationality_unknown", "unknown, refused, stateless or missing", required=True),
        text("link_outcome", "how the person is linked", required=True, codes=LINK_OUTCOME),
        yes_no(
            "is_possibly_considered", "a possible match holds a decision in time", required=True
        ),
        yes_no("is_for_life", "released on life licence"),
        date("licence_expiry_date", "end of the licence; empty for life, or without one"),
        yes_no("is_supervised", "on licence tonight, and so under supervision"),
        date("came_back_date", "first received into prison again after the release"),
        date("started_date", "work on the case first started; no consideration"),
        date("left_country_date", "left the country after the release"),
        text("traced", "whether it is known where the person is", codes=TRACED),
    ),
)
"""The unit of a miss. What happened since (a recall, a decision, a removal) never undoes one."""

STEP = codes(
    "step of casework",
    OWN,
    {
        "DECISION": "a decision in a criminal case",
        "APPEAL": "an appeal against one",
        "REMOVAL": "a removal from the country",
        "BAIL": "a grant of immigration bail",
    },
)
FLAW = codes(
    "why a decision does not count",
    OWN,
    {
        "NO_CASEWORKER": "no caseworker is named",
        "OPEN_DEFERRAL": "a deferral needs a day and a reason",
        "WITHDRAWN": "it was withdrawn",
        "UNDATED": "no day of it is known",
    },
)

CASEWORK = Table(
    space="nightly",
    name="casework",
    row="a decision, appeal, removal or grant of bail that the immigration register holds",
    key=("step_key", "step"),
    fields=(
        text("step_key", "key of its row in the register", required=True),
        text("step", "what it is", required=True, codes=STEP),
        text("source_table", "register table of that row", required=True),
        text("case_id", "the case, where there is one"),
        text("episode_id", "latest custody episode of the person, where linked for certain"),
        date("step_date", "day of it; empty if not recorded"),
        date("recorded_date", "day on which it was recorded"),
        date("until_date", "deferred until, appeal determined or bail ended"),
        text("decision", "the decision", codes=c.EVENT_TYPE),
        text("flaw", "why it does not count; empty where it counts", codes=FLAW),
        yes_no(
            "is_first_decision",
            "first decision of its case that counts, withdrawn since or not",
            required=True,
        ),
        text("appeal_outcome", "how the appeal ended", codes=c.APPEAL_OUTCOME),
        text("removal_type", "power of the removal", codes=c.REMOVAL_TYPE),
        yes_no("is_deportation", "a deportation, early ones included", required=True),
        text("bail_status", "status of the bail", codes=c.BAIL_STATUS),
        yes_no("is_opposed_bail", "granted although the service objected", required=True),
        text("caseworker", "staff code of who decided", personal=True),
        text("typed_reason", "reason given, as it was typed", personal=True),
    ),
)
"""What the service did, whoever it is about. Names and typed text are for permitted staff alone."""

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

OUTCOME = codes(
    "outcome of a person released unconsidered",
    OWN,
    {
        "BRITISH": "found to be British",
        "DIED": "died",
        "DEPORTED": "left the country",
        "ALLOWED_TO_STAY": "decided not to pursue, allowed to stay or exempt",
        "IN_CUSTODY": "in prison or immigration detention again",
        "NOT_LOCATED": "cannot be found after a search",
        "NO_RELEASE_DATE": "released on a day that nobody recorded, with no end on record",
        "NOT_SOUGHT": "not linked for certain to the immigration register: nobody has looked",
        "NO_CASE": "known to the immigration service, which holds no case for this sentence",
        "IN_PROCESS": "an open case",
        "CLOSED": "the case was closed, and nothing on record says how it ended",
    },
)
"""Exactly one for each: they sum to the cohort always."""

UNCONSIDERED_STATUSES: Final = MISSED_STATUSES | {"CONSIDERED_LATE"}
"""Of publications from before releases were listed: everybody who had been missed."""

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
        yes_no("is_restriction_missing", "a release was missed, and without one", required=True),
        text("outcome", "outcome of a person of whom a release was missed", codes=OUTCOME),
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

DISCREPANCY_KINDS: Final = {
    "discrepancy.nationality": "nationality",
    "discrepancy.identity": "identity number",
    "discrepancy.custody": "in prison or not",
    "discrepancy.release-date": "day of release",
    "discrepancy.deported-in-prison": "removed, and in prison",
    "discrepancy.removal-date": "day of removal",
    "discrepancy.bailed-detained": "bailed or detained",
    "discrepancy.unknown-prison": "prison that nobody knows",
    "discrepancy.absconded": "absconded or not",
    "discrepancy.died": "died or not",
}
"""Kinds of discrepancy in words, by rule."""
