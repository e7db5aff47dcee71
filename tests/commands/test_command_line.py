"""The whole job from the command line, on a small invented world and a real warehouse."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.warehouse import embedded
from tests.commands.conftest import AS_OF, Site, site_at

pytestmark = pytest.mark.slow

PEOPLE = "1500"

FirstNight = tuple[Site, str]
"""An installation, and what its first night said on the terminal."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a world")
    done = site_at(folder / "unused").run(
        "world", "--people", PEOPLE, "--as-of", AS_OF, "--out", str(folder / "registers"),
        "--truth", str(folder / "truth"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "registers"


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[FirstNight]:
    """An installation that has published the night once, in a process of its own."""
    site = site_at(tmp_path_factory.mktemp("a site") / "its data")
    registers = ("--prison", str(world / "prison"), "--immigration", str(world / "immigration"))
    done = site.run_alone("night", "--as-of", AS_OF, *registers)
    assert done.returncode == 0, done.stderr
    yield site, done.stdout + done.stderr
    embedded.stop(site.data_dir / "postgres")


@pytest.fixture(scope="module")
def site(first_night: FirstNight) -> Site:
    """The installation that has published the night once."""
    return first_night[0]


@pytest.fixture
def broken(world: Path, tmp_path: Path) -> Path:
    """A copy of the world for a test to break."""
    return Path(shutil.copytree(world, tmp_path / "broken"))


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def values(site: Site, figure_id: str) -> dict[str, float]:
    rows = site.figures()["figures"]
    assert isinstance(rows, list)
    return {r["group_value"]: r["value"] for r in rows if r["figure_id"] == figure_id}


@pytest.mark.parametrize(
    ("figure", "which"),
    [
        ("missed.total", "unconsidered"),
        ("missed.undecided", "missed"),
        ("missed.decided_since", "decided_since"),
    ],
)
def test_a_figure_of_the_missed_is_as_long_as_its_list(site: Site, figure: str, which: str) -> None:
    assert values(site, figure) == {"(all)": len(site.cases(which))}


def test_the_missed_are_those_on_whom_nobody_has_decided(site: Site) -> None:
    missed = site.cases("missed")
    assert len(missed) > 900
    assert set(missed["status"]) == {"NOT_REFERRED", "REFERRED_NOT_CONSIDERED"}


def test_the_backlog_figure_is_as_long_as_its_list(site: Site) -> None:
    assert values(site, "backlog.open") == {"(all)": len(site.cases("backlog"))}


def test_the_due_figure_is_as_long_as_its_list(site: Site) -> None:
    assert values(site, "due.total") == {"(all)": len(site.cases("due"))}


def test_terminal_page_and_warehouse_show_the_same_number(site: Site) -> None:
    (missed,) = values(site, "missed.total").values()
    text = f"{missed:,.0f}"
    assert text in site.run("summary", "--as-of", AS_OF).stdout
    assert text in (site.data_dir / "pages" / AS_OF / "index.html").read_text()


def test_every_missed_case_can_be_explained(site: Site) -> None:
    episode = site.cases("missed")["episode_id"].iloc[0]
    done = site.run("explain", episode, "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Custody episode {episode}: ")
    assert "(rule status." in done.stdout


@pytest.mark.long
def test_a_second_run_gives_the_same_publication(site: Site, world: Path) -> None:
    before = site.figures()
    done = site.night(world)
    assert done.returncode == 0, done.stderr
    assert site.figures() == before


@pytest.mark.long
def test_the_order_of_the_registers_rows_changes_nothing(
    site: Site, broken: Path, tmp_path: Path
) -> None:
    for path in broken.glob("*/*.parquet"):
        rewrite(path, lambda table: table.take(list(range(table.num_rows - 1, -1, -1))))
    other = site_at(tmp_path / "other")
    done = other.night(broken)
    assert done.returncode == 0, done.stderr
    assert other.figures() == site.figures()
    embedded.stop(other.data_dir / "postgres")


def test_no_name_reaches_the_terminal(first_night: FirstNight, world: Path) -> None:
    names = pq.read_table(world / "prison" / "persons.parquet")["last_name"].to_pylist()
    said = set(first_night[1].split())
    assert "Publication" in first_night[1]
    assert not {name for name in names if name and len(name) > 4} & said


def drop_column(world: Path) -> str:
    rewrite(world / "prison/persons.parquet", lambda t: t.drop_columns(["nationality"]))
    return "nationality"


def retype_column(world: Path) -> str:
    def change(table: pa.Table) -> pa.Table:
        position = table.column_names.index("date_of_birth")
        return table.set_column(position, "date_of_birth", pa.array(range(table.num_rows)))

    rewrite(world / "prison/persons.parquet", change)
    return "date_of_birth"


def empty_table(world: Path) -> str:
    rewrite(world / "prison/episodes.parquet", lambda t: t.slice(0, 0))
    return "episodes.parquet"


def truncate_file(world: Path) -> str:
    path = world / "immigration/cases.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    return "cases.parquet"


def remove_table(world: Path) -> str:
    (world / "immigration/events.parquet").unlink()
    return "events"


def shift_feed(world: Path) -> str:
    def change(table: pa.Table) -> pa.Table:
        days = pa.array([pd.Timestamp("2006-04-24").date()], table.schema.field(0).type)
        return table.set_column(0, "as_of_date", days)

    rewrite(world / "prison/feed.parquet", change)
    return "prison.feed"


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(drop_column, id="a missing column"),
        pytest.param(retype_column, id="a column of another type"),
        pytest.param(empty_table, id="an empty table"),
        pytest.param(truncate_file, id="a truncated file"),
        pytest.param(remove_table, id="a missing table"),
        pytest.param(shift_feed, id="a delivery for another date"),
    ],
)
def test_a_bad_delivery_stops_the_night_with_one_line(
    site: Site, broken: Path, harm: Callable[[Path], str]
) -> None:
    before = site.figures()
    named = harm(broken)
    done = site.night(broken, "--fetch-again")
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert named in errors[0]
    assert "Traceback" not in done.stderr
    assert site.figures() == before


def test_a_database_that_does_not_answer_is_named_without_its_password(site: Site) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    url = f"postgresql://reader:hunter2@127.0.0.1:{port}/prison"
    done = site.run("night", "--as-of", AS_OF, "--prison", url)
    assert done.returncode == 2
    assert "prison" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_named(site: Site, world: Path) -> None:
    done = site.night(world, RECONCILIATION_PRISSON="typo")
    assert done.returncode == 2
    assert "RECONCILIATION_PRISSON" in done.stderr


def test_a_date_without_a_landing_or_a_delivery_is_refused(site: Site, world: Path) -> None:
    registers = ("--prison", str(world / "prison"), "--immigration", str(world / "immigration"))
    done = site.run("night", "--as-of", "2007-01-01", *registers)
    assert done.returncode == 2
    assert "2006-04-25" in done.stderr
    assert "2007-01-01" in done.stderr


def test_files_of_a_published_night_are_placed_by_a_command_of_their_own(site: Site) -> None:
    pages = site.data_dir / "pages" / AS_OF
    before = sorted(path.relative_to(pages) for path in pages.rglob("*"))
    shutil.rmtree(pages.parent)
    pages.parent.write_text("no folder")
    done = site.run("place", "--as-of", AS_OF)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "is published, but its pages are not in place (Not a directory)" in done.stderr
    assert f"run: python -m jobs place --as-of {AS_OF}" in done.stderr
    pages.parent.unlink()
    done = site.run("place", "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr
    assert sorted(path.relative_to(pages) for path in pages.rglob("*")) == before
    assert site.run("place", "--as-of", "2006-04-24").returncode == 2


def test_a_published_night_whose_run_is_gone_says_what_to_run(site: Site) -> None:
    runs = site.data_dir / "runs"
    kept = runs.rename(runs.with_name("runs kept"))
    try:
        done = site.run("place", "--as-of", AS_OF)
        assert done.returncode == 3
        assert "run the night again" in done.stderr
    finally:
        kept.rename(runs)


def test_reading_a_date_that_was_not_published_says_what_to_run(site: Site) -> None:
    done = site.run("figures", "--as-of", "1999-01-01")
    assert done.returncode == 2
    assert "python -m jobs night --as-of 1999-01-01" in done.stderr


def test_a_case_that_is_not_there_is_refused(site: Site) -> None:
    done = site.run("explain", "nobody", "--as-of", AS_OF)
    assert done.returncode == 2
    assert "[nobody]" in done.stderr


def test_a_process_of_its_own_ends_with_one_line_and_code_2(site: Site) -> None:
    done = site.run_alone("figures", "--as-of", "1999-01-01")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_impossible_date_is_refused(site: Site) -> None:
    assert site.run("night", "--as-of", "2006-02-30").returncode == 2


@pytest.mark.long
def test_a_decision_of_a_reviewer_holds_from_the_next_run_on(world: Path, tmp_path: Path) -> None:
    site = site_at(tmp_path / "reviewed")
    assert site.night(world).returncode == 0
    queue = site.run("review", "list", "--as-of", AS_OF).stdout.splitlines()
    assert len(queue) > 1
    prisoner, person = queue[1].split(",")[1:3]
    done = site.run(
        "review",
        "decide",
        prisoner,
        person,
        "must_not_link",
        "--reviewer",
        "R1",
        "--reason",
        "seen",
    )
    assert done.returncode == 0, done.stderr
    assert site.night(world).returncode == 0
    after = site.run("review", "list", "--as-of", AS_OF).stdout.splitlines()
    assert f"{prisoner},{person}" not in {",".join(line.split(",")[1:3]) for line in after}
    embedded.stop(site.data_dir / "postgres")


def test_the_rules_of_a_day_and_what_changed_between_two_are_printed(site: Site) -> None:
    assert f"rules in force on {AS_OF}" in site.run("policy", "--on", AS_OF).stdout
    assert "UK Borders Act" in site.run("policy", "diff", "2006-04-25", "2008-08-02").stdout
    assert site.run("policy").returncode == 2


def test_more_staff_never_lets_more_people_go_before_their_turn(site: Site) -> None:
    late = [
        len(site.run("capacity", "--as-of", AS_OF, "--staff", staff).stdout.splitlines())
        for staff in ("0", "85", "1000")
    ]
    assert late == sorted(late, reverse=True)


def test_a_publication_is_scored_against_the_truth(site: Site, world: Path) -> None:
    done = site.run("score", "--as-of", AS_OF, "--truth", str(world.parent / "truth"))
    assert done.returncode == 0, done.stderr
    assert "recall" in done.stdout


def test_any_two_person_files_can_be_linked(world: Path, site: Site, tmp_path: Path) -> None:
    for register, key in (("prison", "prisoner_number"), ("immigration", "cid_person_id")):
        persons = pq.read_table(world / register / "persons.parquet").to_pandas()
        persons = persons.rename(columns={key: "id"}).drop_duplicates("id")
        columns = ["id", "first_name", "last_name", "date_of_birth", "gender", "nationality"]
        persons[columns].to_csv(tmp_path / f"{register}.csv", index=False)
    files = (str(tmp_path / "prison.csv"), str(tmp_path / "immigration.csv"))
    done = site.run("link", *files, "--output", str(tmp_path / "links.csv"))
    assert done.returncode == 0, done.stderr
    links = pd.read_csv(tmp_path / "links.csv")
    assert set(links["outcome"]) <= {"linked", "review"}
    assert len(links) > 500


def test_setup_check_passes_once_the_registers_are_there(tmp_path: Path) -> None:
    site = site_at(tmp_path / "new")
    done = site.run("world", "--people", PEOPLE, "--as-of", AS_OF, "--load")
    assert done.returncode == 0, done.stderr
    done = site.run("setup-check")
    assert done.returncode == 0, done.stdout
    assert "stands at 2006-04-25" in done.stdout
    embedded.stop(site.data_dir / "postgres")


@pytest.mark.long
def test_a_new_column_is_another_night_and_no_fault(site: Site, world: Path, broken: Path) -> None:
    rewrite(broken / "prison/persons.parquet", lambda t: t.append_column("shoe", t["gender"]))
    seen = []
    for delivered in (world, broken, broken, world):
        assert site.night(delivered, "--fetch-again").returncode == 0
        seen.append(site.figures())
    assert seen[1] == seen[2] != seen[0] == seen[3]
    assert len({str(found["figures"]) for found in seen}) == 1
