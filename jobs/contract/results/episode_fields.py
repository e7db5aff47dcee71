"""What lists of custody episodes give of an episode."""

from typing import Final

EPISODE_FIELDS: Final = (
    "priority",
    "episode_id",
    "prison_id",
    "status",
    "nationality",
    "is_nationality_unknown",
    "offence_code",
    "seriousness",
    "is_court_recommended",
    "sentence_date",
    "sentence_days",
    "release_date",
    "earliest_release_date",
    "days_to_release",
    "due_date",
    "referred_date",
    "started_date",
    "case_id",
    "possible_case_id",
    "is_possibly_considered",
    "status_rule_id",
)
