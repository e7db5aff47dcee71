"""How likely somebody in scope is out of scope by the true nationality.

Two things are asked of each episode whose nationality is uncertain, or stands on the prison record
alone. *Of which group is the person?* A country that one register alone names is taken for the true
one; where the two name countries of different groups, each is as likely. Else linked people tell,
whose country the immigration register names: how often the prison register writes nothing, a code
that names no country, or a country outside the EEA, of each group. That rate, applied to the people
of the group who are as little linked as the episode's, shares out those of whom the same is
written. Where the rates explain too few, the rest are British, whom no link shows: at most as many
as if their country were as rarely known as a foreign national's. *Does the sentence bring that
group into scope?* People of the group on whom nobody has decided tell, by the years of their
sentence: whoever was decided on is on no list.

Nothing is taken from a name, and nobody is cleared: the shares give an expected number alone.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import codes as c

BRITISH, IRISH, EEA, OUTSIDE = "british", "irish", "eea", "outside"
GROUPS: Final = (BRITISH, IRISH, EEA, OUTSIDE)
FOREIGN: Final = GROUPS[1:]
NOTHING, NO_COUNTRY_NAMED = "nothing", "no country"
WRITTEN: Final = (NOTHING, NO_COUNTRY_NAMED, OUTSIDE)
"""What the prison register writes of people in scope by its word alone."""
NO_COUNTRY: Final = frozenset({"OTHER"})
"""Codes that name no country."""
YEAR: Final = 365.25
MOST_YEARS: Final = 5
"""Sentences of so many years or more are one band."""
EVEN: Final = 0.5


def _group(code: c.NationalityCode) -> str | None:
    if code.is_unknown or code.code in NO_COUNTRY:
        return None
    if code.is_british:
        return BRITISH
    if code.is_irish:
        return IRISH
    return OUTSIDE if code.eea_from is None else EEA


GROUP_OF: Final = {
    code.code: _group(code) for code in c.NATIONALITY.codes if isinstance(code, c.NationalityCode)
}
"""The group of each nationality; nothing where it names no country."""
INSIDE: Final = frozenset(
    code for code, group in GROUP_OF.items() if group in {BRITISH, IRISH, EEA}
)
NOT_KNOWN: Final = frozenset(
    code.code
    for code in c.NATIONALITY.codes
    if isinstance(code, c.NationalityCode) and code.is_unknown
)


def out_of_scope(
    *, frame: pd.DataFrame, there: "pd.Series[str]", uncertain: pd.Series
) -> "pd.Series[float]":
    """The probability that each episode is out of scope by the true nationality.

    Args:
        frame: `results.ASSESSMENTS`, indexed by episode id.
        there: what the immigration register says over a certain link; missing where nothing.
        uncertain: episodes in scope by an uncertain nationality.

    Returns:
        0 for episodes that are out of scope, that a court recommended, or whose nationality a
        certain link settles.
    """
    here, other = (_groups(side) for side in (frame["nationality"], there))
    linked = frame["link_outcome"].eq("linked")
    free = frame["is_in_scope"] & ~frame["is_court_recommended"]
    alone = (free & ~linked & (here.isna() | here.eq(OUTSIDE))).fillna(False).astype("bool")
    seen = uncertain & ~alone
    asked = alone | seen
    group = pd.DataFrame(0.0, index=frame.index[asked], columns=list(GROUPS))
    group.loc[seen[asked]] = _of_both(here=here, other=other, linked=linked, rows=seen).to_numpy()
    written = _written(frame["nationality"], here)
    rates = {what: _rates(here, other, linked, written.eq(what)) for what in WRITTEN}
    key = frame["link_outcome"].astype("str") + frame["is_released"].astype("str")
    inside = _in_scope(frame=frame, here=here, settled=~uncertain)
    weight = pd.Series(inside.loc[_years(frame), OUTSIDE].to_numpy(), index=frame.index)
    weight = weight.mask(here.eq(OUTSIDE), frame["is_in_scope"].astype("float64"))
    weight = weight.mask(frame["is_court_recommended"], 0.0)
    for rows in frame[alone].groupby(key[alone]).groups.values():
        like = key.eq(key[rows[0]])
        counts = _counts(here[like], weight[like])
        for what in WRITTEN:
            own = rows[written[rows].eq(what)]
            group.loc[own] = _of_alone(
                counts=counts, rates=rates[what], many=len(own), what=what
            ).to_numpy()
    outside = inside[OUTSIDE].where(inside[OUTSIDE] > 0, 1.0)
    inside = inside.div(outside, axis="index").clip(upper=1.0).assign(**{OUTSIDE: 1.0})
    by_years = inside.loc[_years(frame[asked]), list(GROUPS)].to_numpy()
    found = pd.Series(0.0, index=frame.index)
    found[asked] = 1.0 - (group.to_numpy() * by_years).sum(axis=1)
    return found.clip(0.0, 1.0)


def _of_both(
    *, here: "pd.Series[str]", other: "pd.Series[str]", linked: pd.Series, rows: pd.Series
) -> pd.DataFrame:
    """Groups of people by the countries that the registers name; by the like where neither does."""
    group = _one_hot(here[rows]) + _one_hot(other[rows])
    named = group.sum(axis="columns")
    group = group.div(named.where(named > 0, 1.0), axis="index")
    group.loc[named.eq(0)] = _shares(_counts(other[linked & here.isna()])).to_numpy()
    return group


def _written(codes: "pd.Series[str]", here: "pd.Series[str]") -> "pd.Series[str]":
    """Which of `WRITTEN` the prison register wrote; a country inside the EEA by its group."""
    return here.fillna(NO_COUNTRY_NAMED).mask(codes.isna() | codes.isin(NOT_KNOWN), NOTHING)


def _groups(codes: "pd.Series[str]") -> "pd.Series[str]":
    return codes.map(GROUP_OF).astype("str")


def _one_hot(groups: "pd.Series[str]") -> pd.DataFrame:
    return pd.DataFrame({name: groups.eq(name).fillna(False).astype("float64") for name in GROUPS})


def _counts(
    groups: "pd.Series[str]", weight: "pd.Series[float] | None" = None
) -> "pd.Series[float]":
    each = pd.Series(1.0, index=groups.index) if weight is None else weight
    return each.groupby(groups).sum().reindex(list(GROUPS), fill_value=0.0)


def _shares(counts: "pd.Series[float]") -> "pd.Series[float]":
    """Counts as shares; without any, a country outside, so that nobody leaves the list."""
    total = counts.sum()
    return counts / total if total else counts.where(counts.index != OUTSIDE, 1.0)


def _rates(
    here: "pd.Series[str]", other: "pd.Series[str]", linked: pd.Series, written: pd.Series
) -> "pd.Series[float]":
    """Of each group, linked people of whom this is written for each whose group is right.

    Of two countries that contradict each other half are taken to be the prison register's mistake.
    Half a mistake is seen beforehand; a group of whom nobody is linked shows nothing.
    """
    known = linked & other.notna()
    wrong = _counts(other[known & written & ~here.eq(other).fillna(False)])
    is_named = bool((written & here.notna()).any())
    right = _counts(other[known & here.eq(other).fillna(False)])
    rates = (wrong * (EVEN if is_named else 1.0) + EVEN) / (right + 1.0)
    return rates.where(right > 0, 0.0)


def _of_alone(
    *, counts: "pd.Series[float]", rates: "pd.Series[float]", many: float, what: str
) -> "pd.Series[float]":
    """Groups of so ``many`` people without a link of whom the same is written.

    Args:
        counts: their like by the group that the prison register names, each counted as far as a
            country outside the EEA would bring such a sentence into scope.
        rates: how often this is written of each group, see `_rates`.
        many: how many there are.
        what: what is written.
    """
    expected = counts * rates
    expected[BRITISH] = 0.0
    if what == OUTSIDE:
        expected[OUTSIDE] = max(many - float(expected[[IRISH, EEA]].sum()), 0.0)
        return _shares(expected)
    foreign = float(expected.sum())
    most = foreign / max(float(counts[list(FOREIGN)].sum()), 1.0) * counts[BRITISH]
    expected[BRITISH] = float(np.clip(many - foreign, 0.0, most))
    return _shares(expected)


def _in_scope(*, frame: pd.DataFrame, here: "pd.Series[str]", settled: pd.Series) -> pd.DataFrame:
    """By years of sentence, the share of each group in scope; a British citizen never is.

    Of people on whom nobody has decided: those decided on are on no list.
    """
    known = settled & here.notna() & ~frame["is_court_recommended"]
    known &= frame["considered_date"].isna()
    is_in = frame.loc[known, "is_in_scope"].astype("float64")
    by = [_years(frame[known]), here[known]]
    shares = is_in.groupby(by).mean().unstack().reindex(range(-1, MOST_YEARS + 1))
    shares = shares.reindex(columns=list(GROUPS))
    whole = is_in.groupby(here[known]).mean().reindex(list(GROUPS)).fillna(EVEN)
    return shares.fillna(whole).assign(**{BRITISH: 0.0})


def _years(frame: pd.DataFrame) -> "pd.Series[int]":
    """Whole years of the sentence, at most `MOST_YEARS`; -1 without a length."""
    years = (frame["sentence_days"].astype("Float64") // YEAR).clip(upper=MOST_YEARS)
    return years.fillna(-1).astype("int64")
