"""Sites that the tests of pages look at, each rendered once."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract import results
from jobs.report import About, render_site

NOTICE = "A named person let this night pass."
ABOUT = About(as_of=AS_OF, publication_id="3f2a", policy_version="1", model_version="2")
HOSTILE = "<script>alert(1)</script>=1+1\u202e\u200b\N{PILE OF POO}" + "x" * 300


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with a notice on every page."""
    folder = tmp_path_factory.mktemp("a site")
    about = About(as_of=AS_OF, publication_id="3f2a", notices=(NOTICE,))
    render_site(facts=invent(episodes=70).facts, about=about, folder=folder)
    return folder


@pytest.fixture(scope="session")
def larger_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose charts and tables have much to show, movement of open cases too."""
    folder = tmp_path_factory.mktemp("a larger site")
    world = invent(episodes=500)
    render_site(
        facts=world.facts,
        about=About(as_of=AS_OF, publication_id="3f2a"),
        folder=folder,
        earlier={results.BACKLOG.full_name: world.reported.backlog.iloc[2:]},
    )
    return folder


@pytest.fixture(scope="session")
def world() -> Invented:
    """The night of the sites below: its lists have several of everything."""
    return invent(episodes=900)


@pytest.fixture(scope="session")
def told_site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a notice, other open cases the night before, and a person with two cases due.

    Of the two first prisons in which several cases are due, it is the first that holds the person.
    """
    census = world.facts["nightly.census"]
    first = several_due(census)[0]
    before = world.reported.backlog.iloc[2:].copy()
    before.loc[before.index[0], "case_id"] = "C-gone"
    fewer = census["due"].mask(census.index == first, census["due"] - 1)
    folder = tmp_path_factory.mktemp("told")
    render_site(
        facts={**world.facts, "nightly.census": census.assign(due=fewer)},
        about=About(as_of=AS_OF, publication_id="3f2a", notices=(NOTICE,)),
        folder=folder,
        earlier={results.BACKLOG.full_name: before},
    )
    return folder


def several_due(census: pd.DataFrame) -> list[int]:
    return list(census.index[census["due"].gt(1)][:2])


@pytest.fixture(scope="session")
def bare_site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first publication, by software that knew no flags, with one person on its list."""
    releases = world.facts["nightly.releases"]
    one = releases[releases["is_missed"]].head(1).assign(traced="NOT_FOUND", nationality=None)
    facts = {
        **world.facts,
        "nightly.releases": one.reset_index(drop=True),
        "nightly.movement": results.MOVEMENT.empty(),
        "nightly.bridges": results.BRIDGES.empty(),
    }
    del facts["nightly.flags"]
    folder = tmp_path_factory.mktemp("bare")
    render_site(facts=facts, about=ABOUT, folder=folder)
    return folder


@pytest.fixture(scope="session")
def hostile_site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a register whose prisons are named by somebody who means harm."""
    census = world.facts["nightly.census"].assign(prison_name=HOSTILE)
    census.loc[census.index[0], "prison_name"] = "=HYPERLINK()"
    assessments = world.facts["nightly.assessments"].assign(prison_id=HOSTILE)
    releases = world.facts["nightly.releases"].assign(prison_id=HOSTILE)
    folder = tmp_path_factory.mktemp("hostile")
    named = {"census": census, "assessments": assessments, "releases": releases}
    facts = {**world.facts, **{f"nightly.{name}": frame for name, frame in named.items()}}
    render_site(facts=facts, about=ABOUT, folder=folder)
    return folder
