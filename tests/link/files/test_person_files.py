from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.samples.person_pairs import invent
from jobs.link.files.full_names import name_parts
from jobs.link.files.link_writing import COLUMNS
from jobs.link.files.person_files import link_files
from jobs.link.standardise.dates_of_birth import read_dates
from jobs.runtime.errors import BadInput

SHARED = 400


@pytest.fixture(scope="module")
def people() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two lists of people with the contract's columns; equal numbers are one person."""
    tables = invent(seed=21, shared=SHARED, alone=SHARED // 2).tables
    wanted = ["first_name", "last_name", "date_of_birth", "gender", "nationality"]
    sides = []
    for name in ("prison.persons", "immigration.persons"):
        frame = tables[name].to_pandas()[wanted].astype(object)
        number = np.arange(len(frame))
        number[SHARED:] += 10_000 * (name == "prison.persons")
        sides.append(frame.assign(id=number.astype(str)).sample(frac=1, random_state=1))
    return sides[0], sides[1]


@pytest.fixture
def files(people, tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "left file.csv", tmp_path / "right file.csv"
    people[0].to_csv(left, index=False)
    people[1].to_csv(right, index=False)
    return left, right


def linked(links: pd.DataFrame) -> pd.DataFrame:
    return links[links["outcome"] == "linked"]


def test_two_files_are_linked_without_labels(files, tmp_path):
    output = tmp_path / "links.csv"
    links = link_files(left=files[0], right=files[1], output=output)
    certain = linked(links)
    right = (certain["left_id"] == certain["right_id"]).sum()
    assert right / len(certain) >= 0.99
    assert right / SHARED >= 0.95
    written = pd.read_csv(output, dtype={"left_id": str, "right_id": str})
    assert tuple(written.columns) == COLUMNS
    assert len(written) == len(links)
    assert set(written["outcome"]) <= {"linked", "review"}


def test_linking_again_writes_the_same_bytes_whatever_the_order(people, files, tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    link_files(left=files[0], right=files[1], output=one)
    people[0].sample(frac=1, random_state=5).to_csv(files[0], index=False)
    link_files(left=files[0], right=files[1], output=two)
    assert one.read_bytes() == two.read_bytes()


def test_parquet_and_full_names_will_do(people, tmp_path):
    left, right = tmp_path / "left.parquet", tmp_path / "right.csv"
    people[0].assign(date_of_birth=pd.to_datetime(people[0]["date_of_birth"])).to_parquet(left)
    whole = people[1]["last_name"].fillna("") + ", " + people[1]["first_name"].fillna("")
    people[1].assign(full_name=whole)[["id", "full_name", "date_of_birth"]].to_csv(right)
    output = tmp_path / "links.parquet"
    link_files(left=left, right=right, output=output)
    certain = linked(pd.read_parquet(output))
    assert (certain["left_id"] == certain["right_id"]).mean() >= 0.98
    assert len(certain) >= 0.9 * SHARED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_any_encoding_is_read(encoding, tmp_path):
    rows = "id;first_name;last_name;date_of_birth\n1;Jos\u00e9;Mu\u00f1oz;1970-02-03\n"
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text(rows, encoding=encoding)
    right.write_text(rows, encoding="utf-8")
    links = link_files(left=left, right=right, output=tmp_path / "links.csv")
    assert "given name: same" in links["evidence"].iloc[0]
    assert "family name: same" in links["evidence"].iloc[0]


def test_an_alias_is_a_name(tmp_path):
    crowd = "".join(f"{n},Name{n:03d}x,Family{n},19{n % 80 + 10}-01-0{n % 9 + 1},\n"
                    for n in range(80))  # fmt: skip
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    header = "id,first_name,last_name,date_of_birth,aliases\n"
    left.write_text(header + crowd + "A,Clive,Oldacre,1970-03-04,Marlon Ferrensby;Joe Bloggs\n")
    right.write_text(header + crowd + "B,Marlon,Ferrensby,1970-03-04,\n")
    links = link_files(left=left, right=right, output=tmp_path / "links.csv")
    assert ("A", "B") in set(zip(links["left_id"], links["right_id"], strict=True))


def test_a_person_may_be_in_one_file_several_times(people, tmp_path):
    again = people[1][people[1]["id"].astype(int) < SHARED // 2]
    again = again.assign(
        id=again["id"] + "-again",
        last_name=again["last_name"].str[:-1],
        date_of_birth=again["date_of_birth"].astype(str).str[:9] + "9",
    )
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    people[0].to_csv(left, index=False)
    pd.concat([people[1], again]).to_csv(right, index=False)
    certain = linked(link_files(left=left, right=right, output=tmp_path / "links.csv"))
    true = certain["left_id"] == certain["right_id"].str.removesuffix("-again")
    assert true.mean() >= 0.98
    assert true.sum() >= 0.9 * (SHARED + SHARED // 2)


def test_a_brother_is_not_linked_because_he_lives_at_home(tmp_path):
    homes = np.arange(80)
    family = pd.DataFrame(
        {
            "last_name": [f"Fam{chr(97 + n % 26)}{chr(97 + n // 26)}sen" for n in homes],
            "address": [f"{n + 1} Road {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in homes],
            "postcode": [f"{10_000 + n}" for n in homes],
        }
    )
    names = ("Anna", "Karl", "Ulrich", "Viktoria")
    at_home = [
        family.assign(id=[f"{n}{name}" for n in homes], first_name=name, date_of_birth=[
            f"19{50 + (n + 7 * place) % 40}-0{(n + place) % 9 + 1}-1{(n + place) % 10}"
            for n in homes
        ])
        for place, name in enumerate(names)
    ]  # fmt: skip
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    pd.concat([at_home[0], at_home[1], at_home[2][:40]]).to_csv(left, index=False)
    pd.concat([at_home[0], at_home[1], at_home[3][20:]]).to_csv(right, index=False)
    certain = linked(link_files(left=left, right=right, output=tmp_path / "links.csv"))
    assert (certain["left_id"] == certain["right_id"]).mean() >= 0.98
    assert len(certain) >= 155


def test_twins_are_not_taken_for_one_person_held_twice(tmp_path):
    pairs = np.arange(60)
    twins = pd.concat(
        pd.DataFrame(
            {
                "id": [f"{n}{name}" for n in pairs],
                "first_name": name,
                "last_name": [f"Fam{chr(97 + n % 26)}{chr(97 + n // 26)}sen" for n in pairs],
                "date_of_birth": [f"19{50 + n % 40}-0{n % 9 + 1}-1{n % 10}" for n in pairs],
            }
        )
        for name in ("Anna", "Berit")
    )
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    twins.to_csv(left, index=False)
    twins.to_csv(right, index=False)
    certain = linked(link_files(left=left, right=right, output=tmp_path / "links.csv"))
    assert (certain["left_id"] == certain["right_id"]).all()
    assert len(certain) >= 110


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "empty", id="no bytes"),
        pytest.param("name,born\nA,1970\n", "no column [id]", id="no id"),
        pytest.param("id,colour\n1,red\n", "no column that tells", id="no person column"),
        pytest.param("id,last_name\n1,A\n1,B\n", "repeats in 1 rows, first in row 2", id="same id"),
        pytest.param("id,last_name\n,A\n", "empty in row 1", id="empty id"),
        pytest.param(
            "id,last_name,date_of_birth\n1,A,soon\n2,B,later\n",
            "cannot be read in 2 rows, first in row 1",
            id="dates that are none",
        ),
        pytest.param("id,last_name\n1,A,B,C\n", "more fields than the header", id="ragged"),
        pytest.param(
            "id,last_name,last_name\n1,A,B\n", "column 3 has the name of another", id="column twice"
        ),
    ],
)
def test_bad_files_are_refused_in_one_line(content, message, tmp_path):
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text(content)
    right.write_text("id,last_name\n1,Oldacre\n")
    with pytest.raises(BadInput) as refused:
        link_files(left=left, right=right, output=tmp_path / "links.csv")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "links.csv").exists()


def test_a_file_that_is_not_there_is_refused(files, tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        link_files(left=files[0], right=tmp_path / "none.csv", output=tmp_path / "links.csv")


@pytest.mark.parametrize("where", ["folder", "file/links.csv"])
def test_an_output_that_cannot_be_written_is_refused_in_one_line(where, files, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput) as refused:
        link_files(left=files[0], right=files[1], output=tmp_path / where)
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "folder").iterdir())


@pytest.mark.parametrize(
    ("column", "values"),
    [
        pytest.param("id", list(range(4)), id="ids are numbers"),
        pytest.param("id", [0.0, 1.0, 2.0, 3.0], id="ids are numbers with a point"),
        pytest.param(
            "last_name", pd.Categorical(["Ash", "Birch", "Cedar", "Elm"]), id="categories"
        ),
        pytest.param("last_name", [b"Ash", b"Birch", b"Cedar", b"Elm"], id="bytes"),
        pytest.param("postcode", [1234, 2345, None, 4567], id="postcodes are numbers"),
        pytest.param("aliases", [["A B", "C D"], None, [], ["E F"]], id="lists of aliases"),
        pytest.param(
            "date_of_birth", pd.to_datetime(["1970-01-02"] * 4).tz_localize("UTC"), id="time zone"
        ),
    ],
)
def test_parquet_columns_of_any_type_are_read_as_text(column, values, tmp_path):
    plain = {
        "id": ["0", "1", "2", "3"],
        "first_name": ["Ann", "Bo", "Cy", "Di"],
        "last_name": ["Ash", "Birch", "Cedar", "Elm"],
        "date_of_birth": ["1970-01-02", "1971-02-03", "1972-03-04", "1973-04-05"],
    }
    left, right = tmp_path / "left.parquet", tmp_path / "right.csv"
    pd.DataFrame(plain | {column: values}).to_parquet(left)
    pd.DataFrame(plain).to_csv(right, index=False)
    links = link_files(left=left, right=right, output=tmp_path / "links.csv")
    assert set(links["left_id"]) <= set(plain["id"])
    assert len(links)


def test_files_without_a_common_column_are_refused(tmp_path):
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("id,last_name\n1,Oldacre\n")
    right.write_text("id,date_of_birth\n1,1970-03-04\n")
    with pytest.raises(BadInput, match="share no column"):
        link_files(left=left, right=right, output=tmp_path / "links.csv")


@pytest.mark.parametrize("empty", [0, 1])
def test_an_empty_side_gives_an_empty_list(empty, files, tmp_path):
    files[empty].write_text("id,first_name,last_name,date_of_birth\n")
    links = link_files(left=files[0], right=files[1], output=tmp_path / "links.csv")
    assert links.empty
    assert (tmp_path / "links.csv").read_text().strip() == ",".join(COLUMNS)


def test_many_identical_names_do_not_explode(tmp_path, caplog):
    count = 20_000
    frame = pd.DataFrame({"id": range(count), "first_name": "Maria", "last_name": "Garcia"})
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    frame.to_csv(left, index=False)
    frame.to_csv(right, index=False)
    with caplog.at_level("INFO", logger="jobs"):
        links = link_files(left=left, right=right, output=tmp_path / "links.csv")
    assert links.empty
    assert "left out 400000000 pairs of 1 too common keys" in caplog.text


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        pytest.param("1970-03-04", "19700304", id="ISO"),
        pytest.param("1970-3-4", "19700304", id="ISO without noughts"),
        pytest.param("19700304", "19700304", id="digits"),
        pytest.param("04031970", "19700304", id="digits, day first"),
        pytest.param("04/03/1970", "19700304", id="day first"),
        pytest.param("4.3.70", "19700304", id="short year"),
        pytest.param("1970-03-04 00:00:00", "19700304", id="with a time"),
        pytest.param("4 March 1970", "19700304", id="in words"),
        pytest.param("1970", "19700101", id="year alone"),
        pytest.param("19700231", "19700231", id="impossible day keeps its digits"),
        pytest.param("soon", None, id="not a date"),
    ],
)
def test_a_date_of_birth_is_read(written, digits):
    found = read_dates(pd.Series([written], dtype="str")).iloc[0]
    assert (None if pd.isna(found) else found) == digits


def test_month_first_is_seen_from_the_column():
    found = read_dates(pd.Series(["03/04/1970", "03/25/1971", "12/31/1972"], dtype="str"))
    assert found.tolist() == ["19700304", "19710325", "19721231"]
    found = read_dates(pd.Series(["03041970", "03251971", "12311972", "19721201"], dtype="str"))
    assert found.tolist() == ["19700304", "19710325", "19721231", "19721201"]


@pytest.mark.parametrize(
    ("full", "first", "middle", "last"),
    [
        pytest.param("John Paul Smith", "John", "Paul", "Smith", id="given first"),
        pytest.param("Smith, John Paul", "John", "Paul", "Smith", id="family first, comma"),
        pytest.param("Madonna", None, None, "Madonna", id="one name"),
        pytest.param("\u738b\u5c0f\u660e", "\u5c0f\u660e", None, "\u738b", id="Chinese"),
    ],
)
def test_a_full_name_has_parts(full, first, middle, last):
    parts = name_parts(pd.Series([full], dtype="str")).iloc[0]
    assert [None if pd.isna(part) else part for part in parts] == [first, middle, last]
