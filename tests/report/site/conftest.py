"""Sites that the tests of pages look at, each rendered once."""

from pathlib import Path

import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract import results
from jobs.report import About, render_site

NOTICE = "A named person let this night pass."


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
