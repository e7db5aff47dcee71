"""A name in its own script and in Latin letters have one key, and two such files are linked."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jobs.link.files.person_files import link_files
from jobs.link.standardise import japanese, names, scripts
from jobs.link.standardise.distinct import encoded


def key(written: str) -> str:
    return names.sound(names.family_form(names.standard(encoded(pa.array([written])))))[0].as_py()


@pytest.mark.parametrize(
    ("own", "latin"),
    [
        pytest.param("الخطيب", "Khatib", id="Arabic article"),
        pytest.param("عبد الرحمن", "Abdulrahman", id="Arabic servant name"),
        pytest.param("الياس", "Elias", id="Arabic name that only looks like an article"),
        pytest.param("ضیاء", "Zia", id="Urdu, spoken z"),
        pytest.param("אברהם", "Avraham", id="Hebrew first vowel"),
        pytest.param("בנימין", "Binyamin", id="Hebrew b at the start"),
        pytest.param("ג'קסון", "Jackson", id="Hebrew letter with a mark"),
        pytest.param("נתניהו", "Netanyahu", id="Hebrew last vowel"),
        pytest.param("Ευάγγελος", "Evangelos", id="Greek eu and ng"),
        pytest.param("Μπάρκας", "Barkas", id="Greek b"),
        pytest.param("Παύλος", "Pavlos", id="Greek au"),
        pytest.param("Евгений", "Yevgeny", id="Russian e with and without y"),
        pytest.param("Щербаков", "Shcherbakov", id="Russian shch"),
        pytest.param("สมศักดิ์", "Somsak", id="Thai silent letter"),
        pytest.param("แก้ว", "Kaew", id="Thai vowel written first"),
        pytest.param("सिंह", "Singh", id="Hindi nasal"),
        pytest.param("முருகன்", "Murugan", id="Tamil g between vowels"),
        pytest.param("சுந்தரம்", "Sundaram", id="Tamil s"),
        pytest.param("தங்கராஜ்", "Thangaraj", id="Tamil ng"),
        pytest.param("이", "Lee", id="Korean family name as its bearers spell it"),
        pytest.param("박", "Park", id="another one"),
        pytest.param("王", "Wang", id="Chinese"),
        pytest.param("გიორგი", "Giorgi", id="Georgian"),
    ],
)
def test_both_spellings_have_one_key(own: str, latin: str) -> None:
    assert key(own) == key(latin)


@pytest.mark.parametrize(
    ("given", "family", "ways"),
    [
        pytest.param("美咲", "佐藤", [("misaki", "satou")], id="one reading"),
        pytest.param("佐藤", "美咲", [("satou", "misaki")], id="names changed over"),
        pytest.param("さくら", "高橋", [("さくら", "takahashi")], id="kana left as it is"),
        pytest.param("美咲", "林", [("美咲", "林"), ("misaki", "hayashi")], id="or Chinese"),
        pytest.param("志玲", "王", [], id="Chinese"),
        pytest.param("Misaki", "Sato", [], id="Latin letters"),
        pytest.param(None, "佐藤", [(None, "satou")], id="no given name"),
    ],
)
def test_a_japanese_name_is_read_as_its_bearers_do(given, family, ways):
    assert japanese.readings(given, family) == ways


def test_a_tamil_name_is_spelled_both_ways():
    assert (scripts.latin("முருகன்"), scripts.by_letter("முருகன்")) == ("murugn", "murukn")
    assert scripts.by_letter("Murugan") is None


def test_a_name_with_several_readings_has_them_all():
    assert {"ken", "takeshi"} <= {given for given, _ in japanese.readings("健", "佐藤")}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        pytest.param("佐藤美咲", "佐藤, 美咲", id="two and two"),
        pytest.param("高橋さくら", "高橋, さくら", id="given name in kana"),
        pytest.param("王小明", "王小明", id="Chinese: left as it is"),
        pytest.param("김민준", "김민준", id="Korean: left as it is"),
    ],
)
def test_a_japanese_full_name_is_parted_after_the_family_name(whole, parts):
    assert japanese.parted(whole) == parts


JAPANESE = {
    "美咲": "Misaki", "翔太": "Shota", "健太": "Kenta", "陽子": "Yoko", "大輔": "Daisuke",
    "久美子": "Kumiko", "直樹": "Naoki", "愛": "Ai", "和也": "Kazuya", "恵": "Megumi",
}  # fmt: skip
JAPANESE_FAMILIES = {
    "佐藤": "Sato", "鈴木": "Suzuki", "高橋": "Takahashi", "渡辺": "Watanabe", "伊藤": "Ito",
    "山本": "Yamamoto", "中村": "Nakamura", "小林": "Kobayashi", "加藤": "Kato", "吉田": "Yoshida",
}  # fmt: skip
ARABIC = {
    "محمد": "Mohammed", "أحمد": "Ahmad", "يوسف": "Youssef", "حسين": "Hussein", "خالد": "Khaled",
    "عمر": "Omar", "إبراهيم": "Ibrahim", "مصطفى": "Mustafa", "فاطمة": "Fatima", "زينب": "Zainab",
}  # fmt: skip
FAMILIES = {
    "العبيدي": "Al-Obaidi", "التميمي": "Tamimi", "حداد": "Haddad", "قاسم": "Qasim",
    "صالح": "Saleh", "الجبوري": "Al-Jubouri", "شريف": "Sharif", "منصور": "Mansour",
    "عثمان": "Osman", "نجار": "Najjar",
}  # fmt: skip


@pytest.mark.parametrize(
    ("own_names", "own_families"),
    [
        pytest.param(ARABIC, FAMILIES, id="Arabic"),
        pytest.param(JAPANESE, JAPANESE_FAMILIES, id="Japanese"),
    ],
)
def test_files_in_two_scripts_are_linked_though_no_name_is_ever_equal(
    own_names: dict[str, str], own_families: dict[str, str], tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, 10, (2, 400))
    born = pd.Timestamp("1960-01-01") + pd.to_timedelta(rng.integers(0, 12_000, 400), "D")
    for side, (own, families) in {
        "left": (list(own_names), list(own_families)),
        "right": (list(own_names.values()), list(own_families.values())),
    }.items():
        pd.DataFrame(
            {
                "id": np.arange(400),
                "first_name": np.array(own)[drawn[0]],
                "last_name": np.array(families)[drawn[1]],
                "date_of_birth": born.strftime("%Y-%m-%d"),
            }
        ).iloc[slice(0, 300) if side == "left" else slice(100, 400)].to_csv(
            tmp_path / f"{side}.csv", index=False
        )
    links = link_files(
        left=tmp_path / "left.csv", right=tmp_path / "right.csv", output=tmp_path / "links.csv"
    )
    linked = links[links["outcome"] == "linked"]
    assert (linked["left_id"] == linked["right_id"]).mean() >= 0.96
    assert len(linked) >= 180
