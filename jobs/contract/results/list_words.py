"""Words of the case lists: headings over their fields, and statuses as readers see them."""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.results.case_list import Words

EPISODE_HEADINGS: Final[Words] = {
    "episode_id": "Reference",
    "priority": "Rank",
    "prison_id": "Prison",
    "status": "What happened",
    "release_date": "Released",
    "earliest_release_date": "Earliest release",
    "days_to_release": "Days left",
    "due_date": "Due by",
    "offence_code": "Offence",
    "nationality": "Nationality",
    "is_court_recommended": "Court recommended",
    "referred_date": "Referred",
    "case_id": "Case",
    "possible_case_id": "Possible match",
    "returned_date": "Back in prison",
    "days_late": "Days late",
    "considered_date": "Decided",
    "considered_recorded_date": "Decision recorded",
    "decided_since_date": "Decided since",
    "decided_since": "Decision",
    "traced": "Traced",
    "came_back_date": "In prison again",
    "left_country_date": "Left the country",
    "cleared_by": "By whose decision",
    "lists_left": "Off",
    "lists_joined": "On",
    "shipped_status": "By the shipped rules",
}
"""What readers see over the fields of an episode, on whichever page."""
HOW_MISSED: Final[Words] = {
    "NOT_REFERRED": "Never referred",
    "REFERRED_NOT_CONSIDERED": "Referred, never considered",
}
STATUS_WORDS: Final[Words] = {
    **HOW_MISSED,
    "OUT_OF_SCOPE": "Out of scope",
    "VERIFY_NATIONALITY": "Nationality to verify",
    "DUE": "Due",
    "NOT_YET_DUE": "Not due yet",
    "CONSIDERED_LATE": "Considered late",
    "CONSIDERED": "Considered",
}
"""Each status as readers see it: no page shows the code."""

CASEWORK_HEADINGS: Final[Words] = {
    "step_key": "Reference",
    "case_id": "Case",
    "episode_id": "Custody episode",
    "step_date": "Day",
    "recorded_date": "Recorded",
    "until_date": "Until",
    "decision": "Decision",
    "removal_type": "Power",
    "bail_status": "Now",
}
DISCREPANCY_HEADINGS: Final[Words] = {
    "discrepancy_id": "Reference",
    "episode_id": "Custody episode",
    "rule_id": "Kind",
    "likely_wrong": "Most likely errs",
    "prison_value": "Prison register says",
    "immigration_value": "Immigration register says",
    "since_date": "Since",
    "first_seen_date": "First reported",
    "age_days": "Days reported",
}
NATIONALITIES: Final[Words] = c.NATIONALITY.meanings
