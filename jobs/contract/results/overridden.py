"""What a site changed of the rules, who stands for it, and whom that took off a list or put on."""

from jobs.contract import codes as c
from jobs.contract.fields import date, text, whole, yes_no
from jobs.contract.results.assessed import STATUS
from jobs.contract.schema import Table, codes

OVERRIDE_STATE = codes(
    "state of a change of the rules",
    c.PROJECT,
    {
        "APPLIED": "registered by one person and confirmed by another: the night applied it",
        "NOT_REGISTERED": "in the site's file, and nobody has registered it: not applied",
        "WAITS": "registered, and waits for a second person: not applied",
        "EXPIRED": "its last night is over: not applied",
        "OUT_OF_REACH": "ends more than a year after the night: not applied",
        "UNFIT": "fits no rule of this software, or is out of its bounds: not applied",
    },
)

OVERRIDES = Table(
    space="nightly",
    name="overrides",
    row="a change of a rule by the site, applied or not, and what it did tonight",
    key=("override_key",),
    fields=(
        text("override_key", "its number in the ledger, or its place in the file", required=True),
        text("state", "whether the night applied it", required=True, codes=OVERRIDE_STATE),
        yes_no("is_new", "the publication before did not apply it", required=True),
        text("rule_id", "the rule", required=True),
        text("change", "what it changes, in words", required=True),
        text("owner", "who answers for it, as it was typed", required=True),
        text("reason", "why", required=True),
        date("expires_date", "first night on which it no longer holds", required=True),
        text("registered_by", "who registered it, by login"),
        date("registered_date", "when"),
        text("confirmed_by", "who confirmed it, by login"),
        date("confirmed_date", "when"),
        whole("confirmed_off", "people off a list, as whoever confirmed it was shown"),
        whole("people_off", "people whom it alone takes off a list tonight"),
        whole("people_on", "people whom it alone puts on a list tonight"),
        whole("serious_off", "of those off, people with an offence of seriousness 1 or 2"),
    ),
)

OVERRIDDEN = Table(
    space="nightly",
    name="overridden",
    row="a custody episode that the site's changes of the rules took off a list or put on one",
    key=("episode_id", "override_key"),
    fields=(
        text("episode_id", "the custody episode", required=True),
        text("override_key", "the change alone, or (all) of them together", required=True),
        yes_no("is_total", "all changes together", required=True),
        yes_no("is_taken_off", "off a list on which the shipped rules have it", required=True),
        yes_no("is_put_on", "on a list on which the shipped rules do not", required=True),
        text("lists_left", "the lists that it is off"),
        text("lists_joined", "the lists that it is on"),
        text("shipped_status", "its status by the shipped rules", required=True, codes=STATUS),
    ),
)
