"""What linking leaves, and the reviewers' decisions that it obeys."""

from jobs.contract import codes as c
from jobs.contract.fields import moment, number, text
from jobs.contract.results.shared import REGISTER
from jobs.contract.schema import Table, codes

OWN = c.PROJECT

LINK_OUTCOME = codes(
    "link outcome",
    OWN,
    {
        "linked": "certain enough to act on",
        "review": "possible: a reviewer decides; never clears anybody",
        "not_linked": "no link",
    },
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
        text("decided_by", "whose decision this is and who confirmed it, where a person decided"),
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
        text("signed", "by which decision, who decided and confirmed it, and when"),
    ),
)
