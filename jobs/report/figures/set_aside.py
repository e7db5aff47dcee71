"""What quarantine may hide: people of the prison register, and casework of the immigration one.

A row that cannot be read says nothing in anybody's favour: its person may have been released
unconsidered, or be due, and an unread decision clears nobody. The values count what can be read;
ranges reach as far as the rows in quarantine may.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.contract import codes as c
from jobs.contract import immigration, prison, results
from jobs.report.figures.hiding_rows import hiding_rows, said
from jobs.report.membership import is_among
from jobs.report.published import Frames

_TABLES: Final = ("persons", "episodes", "sentences", "movements")
"""Tables of the prison register on whose rows scope and release rest."""
_WHEREABOUTS: Final = ("episodes", "movements")
"""Tables that say whether somebody is inside."""
_BRITISH: Final = "BRIT"


def nobody_set_aside() -> pd.DataFrame:
    """The frame of `people_set_aside` without a row."""
    flags = {name: pd.Series(dtype="bool") for name in ("is_unread", "may_be_elsewhere")}
    return pd.DataFrame({"prisoner_number": pd.Series(dtype="str"), **flags})


def people_set_aside(*, tables: Mapping[str, pa.Table], facts: Frames) -> pd.DataFrame:
    """Each person with a row in quarantine whom no row in use, or aside, says to be British alone.

    Args:
        tables: accepted register tables by full name.
        facts: assessments and quarantine by full name.

    Returns:
        A row for each: ``prisoner_number`` (empty where no row says it), ``is_unread``, a custody
        episode of theirs cannot be read, and ``may_be_elsewhere``, a row may say that they have
        been released, or have not. A row that is the same as one in use hides nobody.
    """
    bad = hiding_rows(register=prison.SPACE, tables=tables, facts=facts)
    bad = bad[bad["table_name"].isin(_TABLES)]
    if bad.empty:
        return nobody_set_aside()
    assessments = results.ASSESSMENTS.of(facts)
    owners = assessments.drop_duplicates("episode_id").set_index("episode_id")["prisoner_number"]
    person, episode = said(bad, "prisoner_number"), said(bad, "episode_id")
    first = bad["row_key"].astype("str").str.extract(r"^([^|]+)", expand=False)
    episode = episode.fillna(first.where(bad["table_name"].ne("persons")))
    person = person.fillna(first.where(bad["table_name"].eq("persons")))
    found = pd.DataFrame({"prisoner_number": person.fillna(episode.map(owners)), "is_of": episode})
    found["is_unread"] = bad["table_name"].eq("episodes") & ~is_among(episode, owners.index)
    # A person whose row is in use has no episode but those that are known.
    is_known = bad["table_name"].eq("persons") & bad["is_conflicting"]
    found["is_unread"] |= ~is_among(found["prisoner_number"], owners) & ~is_known
    found["may_be_elsewhere"] = bad["table_name"].isin(_WHEREABOUTS)
    # One custody episode under two numbers: it may be the other's.
    other = found.assign(prisoner_number=episode.map(owners), is_unread=False)
    found = pd.concat([found, other[bad["is_conflicting"] & other["prisoner_number"].notna()]])
    found["who"] = found["prisoner_number"].fillna("episode " + found["is_of"]).fillna("?")
    found = found.groupby("who", as_index=False).agg(
        {"prisoner_number": "first", "is_unread": "max", "may_be_elsewhere": "max"}
    )
    persons = prison.PERSONS.frame(prison.PERSONS.of(tables))
    british = persons.loc[persons["nationality"].eq(_BRITISH), "prisoner_number"]
    is_contested = bad["table_name"].eq("persons") & said(bad, "nationality").ne(_BRITISH)
    british = british[~is_among(british, person[is_contested.fillna(True) & bad["is_conflicting"]])]
    found = found[~is_among(found["prisoner_number"], british)].reset_index(drop=True)
    return found[["prisoner_number", "is_unread", "may_be_elsewhere"]]


def _nobody_concerned() -> pd.DataFrame:
    columns = {"may_decide": pd.Series(dtype="bool"), "may_revoke": pd.Series(dtype="bool")}
    return pd.DataFrame(columns, index=pd.Index([], dtype="str", name="prisoner_number"))


@dataclass(frozen=True, kw_only=True)
class CaseworkSetAside:
    """What the immigration register's rows in quarantine may hold.

    ``people``: by prisoner number, those whom the rows concern over a link, certain or possible;
    ``may_decide``, a case, an event or a person's row may hold a decision or a referral, and
    ``may_revoke``, an event or a case that contradicts another may take one back. ``decisions`` and
    ``reversals`` count the people of whom only that is known: no row says who they are, or no link
    leads to them. ``cases`` are cases that cannot be read and may be open; ``contested`` the ids of
    those in use that another row contradicts; ``active`` the ids of those with an event in
    quarantine, and ``events`` counts the cases of events that no id leads to. ``rows`` counts, by
    table, all rows that may hide something.
    """

    people: pd.DataFrame = field(default_factory=_nobody_concerned)
    decisions: int = 0
    reversals: int = 0
    cases: int = 0
    contested: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    events: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)

    def may_decide(self, persons: pd.Series) -> pd.Series:
        """Which of these prisoner numbers may have been decided on, or referred."""
        return is_among(persons, self.people.index[self.people["may_decide"]])

    def may_revoke(self, persons: pd.Series) -> pd.Series:
        """Of which of these prisoner numbers a decision may have been taken back."""
        return is_among(persons, self.people.index[self.people["may_revoke"]])


def casework_set_aside(*, tables: Mapping[str, pa.Table], facts: Frames) -> CaseworkSetAside:
    """What the immigration register's rows in quarantine may hold, and of whom.

    Args:
        tables: accepted register tables by full name.
        facts: links and quarantine by full name.
    """
    bad = hiding_rows(register=immigration.SPACE, tables=tables, facts=facts)
    rows_by_table = Counter(bad["table_name"])
    is_of = {name: bad["table_name"].eq(name) for name in ("persons", "cases", "events")}
    other_kinds = c.CASE_TYPE.values - {"CRIMINAL"}
    is_criminal = ~(is_of["cases"] & said(bad, "case_type").isin(other_kinds))
    bad = bad[is_criminal & (is_of["persons"] | is_of["cases"] | is_of["events"])]
    if bad.empty:
        return CaseworkSetAside(rows=rows_by_table)
    in_use = immigration.CASES.frame(immigration.CASES.of(tables))
    person_of = in_use.set_index("case_id")["cid_person_id"]
    bad = bad.assign(case=said(bad, "case_id"), person=said(bad, "cid_person_id"))
    cases, events = bad[bad["table_name"].eq("cases")], bad[bad["table_name"].eq("events")]
    aside = cases.dropna(subset=["case", "person"]).drop_duplicates("case").set_index("case")
    owners = bad["case"].map(person_of).astype("str")
    bad["person"] = (
        bad["person"].fillna(owners).fillna(bad["case"].map(aside["person"]).astype("str"))
    )
    # One case under two persons: it may be the other's.
    other = bad.assign(person=owners)[bad["is_conflicting"] & owners.notna()]
    rows = pd.concat([bad, other], ignore_index=True)
    rows["reference"] = rows["person"].fillna(rows["case"])
    # Who a person without any case is says nothing of a decision.
    with_case = {*in_use["cid_person_id"], *aside["person"]}
    is_person = rows["table_name"].eq("persons") & rows["is_conflicting"]
    rows = rows[~is_person | is_among(rows["person"], with_case)].reset_index(drop=True)
    rows["may_revoke"] = rows["table_name"].eq("events") | rows["is_conflicting"]
    people, unnamed = _concerned(rows, results.LINKS.of(facts))
    is_new = ~cases["is_conflicting"]
    unresolved = events[~is_among(events["case"], person_of.index)]
    return CaseworkSetAside(
        people=people,
        decisions=_different(unnamed),
        reversals=_different(unnamed[unnamed["may_revoke"]]),
        cases=_different(cases[is_new].assign(reference=cases["case"])),
        contested=frozenset(cases.loc[~is_new, "case"].dropna()),
        active=frozenset(events["case"].dropna()),
        events=_different(unresolved.assign(reference=unresolved["case"])),
        rows=rows_by_table,
    )


def _concerned(rows: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The prisoners whom links lead to, and the rows that lead to none.

    Another row of a person already linked may be of somebody else, so it leads to none as well.
    """
    links = links[links["outcome"].isin(["linked", "review"])]
    pairs = rows.merge(links, left_on="person", right_on="cid_person_id")
    flags = pairs.assign(may_decide=True)[["prisoner_number", "may_decide", "may_revoke"]]
    people = flags.groupby("prisoner_number").max() if len(flags) else _nobody_concerned()
    is_person = rows["table_name"].eq("persons")
    return people, rows[is_person | ~is_among(rows["person"], links["cid_person_id"])]


def _different(rows: pd.DataFrame) -> int:
    """How many different things rows are of; one that says none is one of its own."""
    return int(rows["reference"].nunique() + rows["reference"].isna().sum())
