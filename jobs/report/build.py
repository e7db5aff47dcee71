"""From assessed episodes to the tables that a publication holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from jobs.contract import results
from jobs.contract.proof.assurance_strata import SampleChecks
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures
from jobs.report.figures.uncertainty import estimate_uncertainty
from jobs.report.lists.backlog import case_flow, open_cases, staff_days, team_work
from jobs.report.lists.census import take_census
from jobs.report.lists.population import population_over_time
from jobs.report.lists.referral_notices import NOTICE_DAYS, referral_notices
from jobs.report.published import Frames


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What the report adds to a publication; columns as in `results`, sorted by key."""

    figures: pd.DataFrame
    backlog: pd.DataFrame
    teams: pd.DataFrame
    census: pd.DataFrame
    notices: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by full name."""
        return {
            results.FIGURES.full_name: self.figures,
            results.BACKLOG.full_name: self.backlog,
            results.TEAMS.full_name: self.teams,
            results.CENSUS.full_name: self.census,
            results.NOTICES.full_name: self.notices,
        }


def build_report(
    *,
    tables: Mapping[str, pa.Table],
    facts: Frames,
    as_of: date,
    checks: SampleChecks | None = None,
    notices: pd.DataFrame | None = None,
    notice_days: int = NOTICE_DAYS,
) -> Reported:
    """List the backlog, put staff beside it, take the census, write notices, count every figure.

    Args:
        tables: accepted register tables by full name, in the contract's schema.
        facts: what the steps before left, by full name: assessments, links, identities, row
            counts and quarantine, with the columns of `jobs.contract.results`.
        as_of: the night.
        checks: what was found on those whom earlier publications cleared.
        notices: the referral notices of the publication of the night before.
        notice_days: working days for an answer to one.

    Returns:
        The tables; the same whatever the order of the rows that came in.
    """
    assessments = results.ASSESSMENTS.of(facts)
    identities = results.IDENTITIES.of(facts)
    backlog = open_cases(tables=tables, identities=identities, assessments=assessments, as_of=as_of)
    teams = team_work(tables=tables, backlog=backlog, as_of=as_of)
    census = take_census(tables=tables, assessments=assessments)
    written = referral_notices(
        facts={**facts, results.BACKLOG.full_name: backlog},
        earlier=notices,
        as_of=as_of,
        days=notice_days,
    )
    frames = {
        **facts,
        results.NOTICES.full_name: written,
        results.BACKLOG.full_name: backlog,
        results.TEAMS.full_name: teams,
        results.CENSUS.full_name: census,
    }
    inputs = FigureInputs(
        frames=frames,
        as_of=as_of,
        flow=case_flow(tables=tables, as_of=as_of),
        staff=staff_days(tables=tables, as_of=as_of),
        population=population_over_time(tables=tables, assessments=assessments, as_of=as_of),
        uncertainty=estimate_uncertainty(tables=tables, facts=facts),
        checks=checks or SampleChecks(),
    )
    figures = compute_figures(inputs)
    return Reported(figures=figures, backlog=backlog, teams=teams, census=census, notices=written)
