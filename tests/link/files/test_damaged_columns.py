"""What systems and spreadsheets do to columns: placeholders, lost noughts, dates as numbers."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.linkage.household_files import shared_files
from jobs.link.files.person_files import link_files

SHARED = 160
Files = tuple[pd.DataFrame, pd.DataFrame]


def links_of(files: Files, folder: Path) -> pd.DataFrame:
    paths = [folder / f"{name}.csv" for name in ("left", "right", "links")]
    for path, frame in zip(paths, files, strict=False):
        frame.to_csv(path, index=False)
    return link_files(left=paths[0], right=paths[1], output=paths[2])


def right_ones(links: pd.DataFrame) -> int:
    certain = links[links["outcome"] == "linked"]
    assert (certain["left_id"] == certain["right_id"]).mean() >= 0.99
    return int((certain["left_id"] == certain["right_id"]).sum())


@pytest.fixture(scope="module")
def files() -> Files:
    left, right = shared_files(SHARED, alone=60, seed=15)
    account = {name: f"{4711 + 7 * number:08}" for number, name in enumerate(left["id"])}
    account |= {
        name: f"{90_000_000 + n}" for n, name in enumerate(right["id"]) if name not in account
    }
    return tuple(frame.assign(id_account=frame["id"].map(account)) for frame in (left, right))


def dates(frame: pd.DataFrame, form: str) -> "pd.Series[str]":
    return pd.to_datetime(frame["date_of_birth"]).dt.strftime(form)


def power_of_ten(digits: str) -> str:
    return f"{int(digits) / 1e7:.7f}E7"


def days_counted(date: str) -> int:
    return (pd.Timestamp(date) - pd.Timestamp("1899-12-30")).days


@pytest.mark.parametrize("value", ["NF1 1NF", "ZZ99 3VZ", "N/A", "0", "GO1 2AT"])
def test_a_postcode_that_is_no_place_costs_nothing_and_joins_nobody(value, files, tmp_path, caplog):
    plain = [frame.drop(columns="id_account") for frame in files]
    for turn, frame in enumerate(plain):
        of_placeholder = frame.sample(frac=0.15, random_state=turn).index
        frame.loc[of_placeholder, "postcode"] = value
    links = links_of((plain[0], plain[1]), tmp_path)
    assert right_ones(links) >= 0.98 * SHARED
    assert ("far commoner" in caplog.text) == (value == "GO1 2AT")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("postcode", "ZZ99 3VZ"), ("suburb", "Not known"), ("address", "No fixed abode"),
        ("date_of_birth", "9999-12-31"), ("date_of_birth", "1900-01-01"), ("birth_place", "N/A"),
        ("nationality", "UNKNOWN"), ("id_account", "UNKNOWN"), ("first_name", "NOT ENTERED"),
        ("middle_names", "n/a"), ("full_name", "Not Known"),
    ],
)  # fmt: skip
def test_two_strangers_who_share_a_placeholder_share_nothing(column, value, tmp_path):
    row = {"id": "1", "last_name": "Oldacre", "gender": "F", column: value}
    other = row | {"last_name": "Ferrensby", "gender": "M"}
    links = links_of((pd.DataFrame([row]), pd.DataFrame([other])), tmp_path)
    assert links.empty


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(
            lambda f: f.assign(id_account=f["id_account"].str.lstrip("0")),
            "took leading noughts away", id="noughts lost",
        ),
        pytest.param(
            lambda f: f.assign(id_account=f["id_account"] + ".0"), "mended in", id="point nought"
        ),
        pytest.param(
            lambda f: f.assign(id_account="1.2E+07"), "powers of ten", id="rounded numbers"
        ),
        pytest.param(
            lambda f: f.assign(id_account='="' + f["id_account"] + '"'), "", id="held as text"
        ),
        pytest.param(
            lambda f: f.assign(date_of_birth=dates(f, "%d%m%Y").str.lstrip("0")),
            "came through a spreadsheet", id="seven digits",
        ),
        pytest.param(
            lambda f: f.assign(date_of_birth=dates(f, "%d%m%Y").map(power_of_ten)),
            "came through a spreadsheet", id="digits as a power of ten",
        ),
        pytest.param(
            lambda f: f.assign(date_of_birth="1.6E7"), "count for nothing", id="rounded dates"
        ),
        pytest.param(
            lambda f: f.assign(date_of_birth=f["date_of_birth"].map(days_counted)),
            "came through a spreadsheet", id="days counted",
        ),
        pytest.param(lambda f: f.assign(date_of_birth=dates(f, "%d-%b-%y")), "", id="17-May-71"),
        pytest.param(lambda f: f.assign(date_of_birth=dates(f, "%y-%m-%d")), "", id="71-05-17"),
        pytest.param(lambda f: f.assign(date_of_birth=dates(f, "%m/%d/%y")), "", id="05/17/71"),
        pytest.param(
            lambda f: f.assign(date_of_birth=f["date_of_birth"].to_numpy()[::-1]),
            "[date of birth] contradicts", id="another column under its name",
        ),
        pytest.param(
            lambda f: f.assign(id_account=[f"7{n:07}" for n in range(len(f))]),
            "[account] contradicts", id="other numbers under its name",
        ),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_did_is_mended_or_counts_for_nothing(
    damage, says, files, tmp_path, caplog
):
    links = links_of((files[0], damage(files[1])), tmp_path)
    assert right_ones(links) >= 0.97 * SHARED
    assert says in caplog.text
    assert ("count" in caplog.text) <= bool(says)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("MIG_ERROR_Tom", "Tom"), ("Dr Tom", "Tom"), ("Tom III", "Tom"), ("Tom", "TOM (DUPLICATE)"),
        ("Tom MBE", "Mr. Tom"), ("Tom Jr.", "Tom"),
    ],
)  # fmt: skip
def test_a_title_or_marker_is_no_part_of_a_name(left, right, tmp_path):
    sides = [
        pd.DataFrame([{"id": "1", "first_name": name, "last_name": "Oldacre",
                       "date_of_birth": "1971-05-17"}])
        for name in (left, right)
    ]  # fmt: skip
    links = links_of((sides[0], sides[1]), tmp_path)
    assert "given name: same" in links["evidence"].iloc[0]


@pytest.mark.parametrize(
    "full",
    [
        "Dr Tom Oldacre MBE", "Oldacre, Tom, Jr", "OLDACRE Jr, Mr Tom", "MIG_ERROR_Tom Oldacre",
        "Tom Oldacre, M.B.E.", "Tom Oldacre 3rd",
    ],
)  # fmt: skip
def test_a_full_name_is_parted_without_titles(full, tmp_path):
    left = pd.DataFrame([{"id": "1", "full_name": full, "date_of_birth": "17 May 1971"}])
    right = pd.DataFrame([{"id": "1", "first_name": "Tom", "last_name": "Oldacre",
                           "date_of_birth": "1971-05-17"}])  # fmt: skip
    evidence = links_of((left, right), tmp_path)["evidence"].iloc[0]
    assert "given name: same" in evidence
    assert "family name: same" in evidence
