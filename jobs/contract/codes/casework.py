"""Code lists of immigration casework; they are this project's."""

from jobs.contract.codes.code_sources import PROJECT
from jobs.contract.schema import codes

CASE_TYPE = codes(
    "case type",
    PROJECT,
    {
        "CRIMINAL": "deportation of a foreign national prisoner",
        "ASYLUM": "asylum claim",
        "LEAVE": "leave to enter or remain",
        "NATIONALITY": "naturalisation or registration",
        "ENFORCEMENT": "removal without a criminal case",
    },
)
STAGE = codes(
    "case stage",
    PROJECT,
    {
        "REFERRED": "referral received, nothing done",
        "ACCEPTED": "accepted and allocated",
        "STAGE1_NOTICE_SERVED": "notice of liability served",
        "REPRESENTATIONS": "representations awaited or received",
        "STAGE2_DECISION": "decision made",
        "APPEAL_PENDING": "appeal lodged",
        "APPEAL_RIGHTS_EXHAUSTED": "no appeal left",
        "DEPORTATION_ORDER_SIGNED": "order signed",
        "TRAVEL_DOCUMENT": "travel document sought",
        "REMOVAL_DIRECTIONS": "removal set",
        "REMOVED": "removed; closed",
        "LEAVE_GRANTED": "allowed to stay; closed",
        "EXEMPT": "exempt from deportation; closed",
        "BRITISH": "found to be British; closed",
        "NO_ACTION": "no action; closed",
    },
)
TERMINAL_STAGES = frozenset({"REMOVED", "LEAVE_GRANTED", "EXEMPT", "BRITISH", "NO_ACTION"})
REFERRAL_SOURCE = codes(
    "referral source",
    PROJECT,
    {
        "PRISON": "prison service",
        "COURT": "court",
        "POLICE": "police",
        "PROBATION": "probation service",
        "INTERNAL": "immigration service itself",
    },
)
EVENT_TYPE = codes(
    "event type",
    PROJECT,
    {
        "REFERRED": "referral received",
        "ALLOCATED": "given to a caseworker",
        "STARTED": "work started",
        "QUESTIONNAIRE_SENT": "questionnaire sent to the person",
        "QUESTIONNAIRE_RETURNED": "questionnaire returned",
        "STAGE1_NOTICE_SERVED": "notice of liability served",
        "REPRESENTATIONS_RECEIVED": "representations received",
        "DECISION_PURSUE": "decided to pursue deportation",
        "DECISION_NOT_PURSUE": "decided not to pursue deportation",
        "DECISION_DEFERRED": "decision deferred to a date, with a reason",
        "DECISION_WITHDRAWN": "an earlier decision withdrawn",
        "DETENTION_AUTHORISED": "detention authorised",
        "MONITORING_ORDERED": "electronic monitoring ordered",
        "RESTRICTION_ORDERED": "residence, reporting or work restricted",
        "APPEAL_LODGED": "appeal lodged",
        "APPEAL_DETERMINED": "appeal determined",
        "DEPORTATION_ORDER_SIGNED": "order signed",
        "REMOVAL_DIRECTIONS_SET": "removal set",
        "REMOVED": "removed",
        "CLOSED": "case closed",
    },
)
RESTRICTION_EVENTS = frozenset(
    {"DETENTION_AUTHORISED", "MONITORING_ORDERED", "RESTRICTION_ORDERED"}
)
DECISION_EVENTS = frozenset({"DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED"})
CASE_OUTCOME = codes(
    "case outcome",
    PROJECT,
    {
        "PURSUE": "deportation pursued",
        "NOT_PURSUE": "deportation not pursued",
        "DEFERRED": "decision deferred",
        "DEPORTED": "deported",
        "ALLOWED_TO_STAY": "allowed to stay",
        "BRITISH": "found to be British",
        "DIED": "died",
    },
)
BARRIER_TYPE = codes(
    "barrier type",
    PROJECT,
    {
        "TRAVEL_DOCUMENT": "no travel document",
        "APPEAL": "appeal outstanding",
        "ASYLUM_CLAIM": "asylum claim outstanding",
        "NATIONALITY_DISPUTED": "nationality disputed",
        "MEDICAL": "unfit to travel",
        "JUDICIAL_REVIEW": "judicial review",
        "COUNTRY_SITUATION": "no returns to the country",
    },
)
APPEAL_OUTCOME = codes(
    "appeal outcome",
    PROJECT,
    {
        "ALLOWED": "allowed",
        "DISMISSED": "dismissed",
        "WITHDRAWN": "withdrawn",
        "STRUCK_OUT": "struck out",
        "ABANDONED": "abandoned",
    },
)
BAIL_STATUS = codes(
    "bail status",
    PROJECT,
    {"ACTIVE": "on bail", "ENDED": "ended", "ABSCONDED": "absconded"},
)
REMOVAL_TYPE = codes(
    "removal type",
    PROJECT,
    {
        "DEPORTATION": "deportation",
        "EARLY_REMOVAL": "early removal before the release point",
        "ADMINISTRATIVE": "administrative removal",
        "VOLUNTARY": "voluntary departure",
        "TRANSFER": "transfer under a prisoner agreement",
    },
)
LOCATED_STATUS = codes(
    "located status",
    PROJECT,
    {
        "IN_CUSTODY": "in prison or detained",
        "LOCATED": "address known",
        "NOT_LOCATED": "cannot be found",
        "ABROAD": "left the country",
        "UNKNOWN": "not recorded",
    },
)
