"""Reasons about the person and the sentence: what the records say of nationality and length."""

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Flags
from jobs.assess.criteria.referral import BRITISH, COURT_RECOMMENDATION, UNDETERMINED
from jobs.assess.explain.reason_rows import Reasons
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read import nationality as na
from jobs.assess.wording import chosen, in_words, lengths, numbers
from jobs.contract import codes as c
from jobs.contract import immigration, prison

_FOREIGN = AppliedRule(id="nationality.foreign")
_UNCLEAR = AppliedRule(id="nationality.unclear")
_CONFLICT = AppliedRule(id="nationality.conflict")
_VERIFY = AppliedRule(id="nationality.verify")
_LENGTH = AppliedRule(id="sentence.length")
_INDETERMINATE = AppliedRule(id="sentence.indeterminate")
_EACH = AppliedRule(id="sentence.each")
RULES: tuple[AppliedRule, ...] = (
    _FOREIGN,
    _UNCLEAR,
    na.EEA_TREATMENT,
    _CONFLICT,
    _VERIFY,
    _LENGTH,
    _INDETERMINATE,
    _EACH,
)
"""The rules of which is spoken here, beside the criteria."""

_OFFENCES = [offence.meaning for offence in c.OFFENCE.codes]
_COUNTRIES = [nationality.meaning for nationality in c.NATIONALITY.codes]
_EVIDENCE = {
    na.SECOND_BRITISH: "The prison record holds British as a second nationality.",
    na.THERE_BRITISH: "The linked immigration record says British.",
    na.THERE_FOREIGN: "The linked immigration record is of a foreigner, with proof or a "
    "deportation case.",
    na.COURT: "A court recommended deportation although the record says British.",
}


def give_nationality_reasons(reasons: Reasons, found: Findings) -> None:
    """Add what the records say of nationality."""
    nationality = found.nationality
    is_foreign = ~nationality.is_british & ~nationality.is_unclear
    rows = np.flatnonzero(nationality.is_british)
    reasons.add(rows, BRITISH, "The prison record says British.", prison.PERSONS)
    rows = np.flatnonzero(nationality.is_unclear)
    finding = (
        "The prison record gives no nationality that can be relied on; it is not read as British."
    )
    reasons.add(rows, _UNCLEAR, finding, prison.PERSONS)
    rows = np.flatnonzero(is_foreign)
    country = chosen(_COUNTRIES, nationality.code[rows])
    finding = "The prison record says {country}."
    reasons.add(rows, _FOREIGN, finding, prison.PERSONS, country=country)
    rows = np.flatnonzero(is_foreign & (nationality.group == na.EEA))
    on = in_words(found.sentenced.selects[rows])
    finding = "The state was in the EEA, or treated so, on {on}, the day that selects the rules."
    reasons.add(rows, na.EEA_TREATMENT, finding, on=on)
    rows = np.flatnonzero(nationality.is_conflict)
    finding = (
        "The linked immigration record holds another foreign nationality: neither EEA nor Irish "
        "treatment is given."
    )
    reasons.add(rows, _CONFLICT, finding, immigration.PERSONS)
    for evidence, finding in _EVIDENCE.items():
        reasons.add(np.flatnonzero(nationality.evidence == evidence), _VERIFY, finding)


def give_sentence_reasons(reasons: Reasons, found: Findings, asked: Flags) -> None:
    """Add what the court did, and what the sentences of those ``asked`` about come to."""
    sentenced = found.sentenced
    for said, finding in (
        (found.recommended.here, "The court recommended deportation."),
        (
            found.recommended.elsewhere,
            "The court recommended deportation, as another stay under the same sentence says.",
        ),
        (
            found.recommended.before,
            "The court recommended deportation, as an earlier delivery said.",
        ),
        (
            found.recommended.taken_back,
            (
                "An earlier delivery said that the court recommended deportation; the record now "
                "says that it did not."
            ),
        ),
    ):
        rows = np.flatnonzero(said)
        reasons.add(rows, COURT_RECOMMENDATION, finding, prison.EPISODES, reasons.own_key(rows))
    serving = asked & sentenced.is_sentenced
    _each_sentence(reasons, found, serving)
    known = col.at(found.sentences.is_start_known, sentenced.longest_row, False)
    for hit, finding in (
        (known, "The sentences come to {length}, counted from {start}."),
        (~known, "The sentences come to {length}; no day is recorded from which they run."),
    ):
        rows = np.flatnonzero(serving & sentenced.has_length & hit)
        reasons.add(
            rows,
            _LENGTH,
            finding,
            prison.SENTENCES,
            reasons.sentence_key(sentenced.longest_row[rows]),
            length=lengths(sentenced.months[rows], sentenced.days[rows]),
            start=in_words(sentenced.starts[rows]),
        )
    rows = np.flatnonzero(serving & sentenced.indeterminate)
    key = reasons.sentence_key(sentenced.indeterminate_row[rows])
    finding = "A sentence without a fixed end reaches every length."
    reasons.add(rows, _INDETERMINATE, finding, prison.SENTENCES, key)
    rows = np.flatnonzero(serving & sentenced.undetermined & ~sentenced.indeterminate)
    finding = "The length of the sentence, or of a part of it, cannot be determined."
    reasons.add(rows, UNDETERMINED, finding, prison.EPISODES, reasons.own_key(rows))


def _each_sentence(reasons: Reasons, found: Findings, asked: Flags) -> None:
    """Each sentence with its own day, length and offence, where an episode has several that count.

    Elsewhere the day of one sentence could be read with the length and the offence of another.
    """
    rows = found.sentences
    several = np.bincount(rows.episode[rows.counts], minlength=len(asked)) > 1
    used = np.flatnonzero(rows.counts & (asked & several)[rows.episode])
    used = used[np.lexsort((rows.sequence[used], rows.episode[used]))]
    for hit, finding in (
        (rows.indeterminate, "Sentence {number}, passed on {day} for {offence}: no fixed end."),
        (
            rows.undetermined & ~rows.indeterminate,
            "Sentence {number}, passed on {day} for {offence}: the length cannot be determined.",
        ),
        (
            ~rows.undetermined & ~rows.indeterminate,
            "Sentence {number}, passed on {day} for {offence}: {length}.",
        ),
    ):
        mine = used[hit[used]]
        reasons.add(
            rows.episode[mine],
            _EACH,
            finding,
            prison.SENTENCES,
            reasons.sentence_key(mine),
            number=numbers(rows.sequence[mine]),
            day=in_words(rows.passed[mine]),
            offence=chosen(_OFFENCES, rows.offence[mine], "an offence that is not recorded"),
            length=lengths(rows.own_months[mine], rows.own_days[mine]),
        )
