"""How names come out differently: romanisation, slips at the keyboard, lost marks.

All functions take and return arrays of texts; which rows they are given is the caller's business.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.synthetic.base.random_draws import Texts
from jobs.synthetic.base.words import each_word

_SAME_NAME: Final = (
    "Mohammed Muhammad Mohamed Mohammad Mohamad Muhammed Mohamud Mehmet",
    "Ahmed Ahmad Ahmet Achmed",
    "Hussein Hussain Husain Hossein Hüseyin Husein",
    "Hassan Hasan Hassen",
    "Yusuf Youssef Yousuf Yusef Yousaf Youcef",
    "Ibrahim Ebrahim İbrahim Brahim",
    "Abdullah Abdallah Abdulla Abdullahi Abdellah",
    "Omar Omer Umar Ömer",
    "Ali Aly",
    "Said Saeed Sayed Saïd Sa'id",
    "Khalid Khaled Kaled",
    "Mahmoud Mahmood Mahmud Mehmood",
    "Mustafa Mustapha Mostafa Moustafa",
    "Fatima Fatma Fathima Fadumo Faduma Fatemeh Fatema",
    "Aisha Ayesha Aicha Asha Aysha Ayşe",
    "Khadija Khadijah Kadija Hatice",
    "Abdirahman Abdurrahman Abdulrahman Abdi_Rahman",
    "Tariq Tarik Tarek Tareq",
    "Karim Kareem",
    "Rashid Rachid Rasheed",
    "Jamal Djamal Gamal",
    "Chaudhry Choudhury Chowdhury Chaudhary",
    "Uddin Udin Ud-Din",
    "Miah Mia Miya",
    "Begum Begam",
    "Hoque Haque Haq Huq",
    "Qureshi Koreshi Quraishi",
    "Sheikh Shaikh Shaykh",
    "Nguyễn Nguyen Ngyuen",
    "Xu Hsu Shu",
    "Zhang Chang Cheung",
    "Zheng Cheng Jeng",
    "Chen Chan Chin",
    "Wang Wong",
    "Huang Wong_Huang Hwang",
    "Liu Lau Lew",
    "Lin Lam",
    "Wu Ng",
    "Xie Hsieh",
    "Aleksandr Alexander Alexandr Oleksandr",
    "Sergei Sergey Serhiy",
    "Dmitri Dmitry Dmytro",
    "Yuri Yury Iouri",
    "Mikhail Mykhailo Michail",
    "Krzysztof Kristof Christopher",
    "Piotr Peter",
    "Tendai Tendayi",
    "Oluwaseun Seun Oluseun",
    "Singh Sing",
    "Georgiou Yeoryiou Georghiou",
    "Haile Hayle",
    "Tesfay Tesfaye Tesfai",
)
_RULES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "arabic": (("^Al-", "El "), ("ou", "u"), ("ee", "i"), ("q", "k"), ("iya", "ia"), ("dh", "d")),
    "maghreb": (
        ("ou", "u"), ("ch", "sh"), ("dj", "j"), ("^Ben", "Ben "),
        ("kh", "k"), ("^El_", "Al "),
    ),
    "persian": (("ou", "u"), ("zadeh$", "zade"), ("ei$", "i"), ("q", "gh"), ("oo", "u")),
    "urdu": (("ee", "i"), ("z", "j"), ("q", "k"), ("oo", "u"), ("ar$", "er"), ("sh", "s")),
    "punjabi": (("ee", "i"), ("w", "v"), ("aa", "a"), ("inder$", "endar"), ("it$", "eet")),
    "bengali": (("ur$", "or"), ("u", "oo"), ("z", "j"), ("sh", "s"), ("rahman", "rehman")),
    "tamil": (("th", "t"), ("ee", "i"), ("v", "w"), ("p", "b"), ("lingam$", "lingham")),
    "somali": (("h", "x"), ("^A", "C"), ("ee", "e"), ("kh", "q"), ("aa", "a"), ("^Abdi", "Cabdi")),
    "horn": (("ay$", "ai"), ("gh", "g"), ("ie", "e"), ("ts", "s"), ("e$", "")),
    "vietnamese": (("Ph", "F"), ("ng$", "n"), ("Tr", "Ch"), ("ơ", "o")),
    "chinese": (
        ("^Zh", "Ch"), ("^X", "Hs"), ("^Q", "Ch"), ("^C", "Ts"),
        ("ng$", "n"), ("ao$", "au"),
    ),
    "turkish": (
        ("ş", "sh"), ("ç", "ch"), ("ğ", ""), ("\u0131", "i"), ("oğlu$", "oglou"), ("c", "dj"),
    ),
    "albanian": (("xh", "j"), ("ç", "ch"), ("ë", "e"), ("q", "ch"), ("sh", "s"), ("gj", "dj")),
    "polish": (("w", "v"), ("sz", "sh"), ("cz", "ch"), ("ski$", "sky"), ("ł", "l"), ("rz", "z")),
    "baltic": (("š", "sh"), ("ž", "z"), ("č", "ch"), ("as$", ""), ("ius$", "us"), ("j", "y")),
    "romanian": (("ț", "tz"), ("ș", "sh"), ("ă", "a"), ("escu$", "esco"), ("ii", "i"), ("c", "k")),
    "slavic": (("ov$", "off"), ("ei$", "ey"), ("i$", "y"), ("sh", "ch"), ("kh", "h"), ("ks", "x")),
    "yoruba": (
        ("^Olu(?!wa)", "Oluwa"), ("^Ade", "Ad"), ("wale$", "wole"), ("bayo$", "bayor"),
        ("ele$", "eleh"), ("sh", "s"), ("unde$", "undeh"), ("yemi$", "yeme"),
    ),
    "igbo": (("^Chukwu", "Chuku"), ("kw", "qu"), ("^Nw", "N"), ("eze", "ezeh"), ("u$", "oo")),
    "akan": (("ie$", "y"), ("ng$", "n"), ("kw", "qu"), ("o$", "oh"), ("^Agye", "Adje")),
    "lusophone": (
        ("ç", "c"), ("lh", "li"), ("nh", "ni"), ("ão", "ao"),
        ("es$", "ez"), ("^da_", ""),
    ),
    "hispanic": (("z$", "s"), ("ñ", "n"), ("ll", "y"), ("^J", "G"), ("ge", "je")),
    "congolese": (("ou", "u"), ("^Ts", "Tch"), ("k", "c"), ("é", "ey"), ("^M", "Mu")),
    "shona": (("dz", "z"), ("^Tsh", "Ch"), ("sh", "s"), ("wa$", "ua"), ("nd", "nt")),
    "irish": (("^O'", "O "), ("^Mc", "Mac"), ("gh", "h"), ("ea", "e"), ("^O'", "")),
    "caribbean": (("^Mc", "Mac"), ("ie$", "y"), ("^Mac", "Mc"), ("ph", "f")),
    "english": (
        ("^Ste", "Stephe"), ("ey$", "y"), ("ie$", "y"), ("ph", "f"),
        ("ou", "u"), ("y", "ie"),
    ),
    "germanic": (
        ("ü", "ue"), ("ö", "oe"), ("sch", "sh"), ("^van ", "Van"),
        ("ä", "ae"), ("ø", "o"),
    ),
    "southern": (("ou", "u"), ("opoulos$", "opulos"), ("ei", "i"), ("ch", "h"), ("^De ", "De")),
}  # fmt: skip
_COMMON: Final = (("ll", "l"), ("nn", "n"), ("ss", "s"), ("tt", "t"), ("ck", "k"), ("ia$", "iya"))
"""What clerks of any office do to names that are strange to them."""
_LOST_MARKS: Final = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "\u0131": "i", "İ": "I", "ß": "ss"}
)
_WIDTH: Final = 40
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _variants() -> dict[str, tuple[str, ...]]:
    table = {}
    for line in _SAME_NAME:
        group = [word.replace("_", " ") for word in line.split()]
        for position, word in enumerate(group):
            table[word] = tuple(group[position + 1 :] + group[:position])
    return table


_VARIANTS: Final = _variants()


def romanise(texts: Texts, culture: str, rng: np.random.Generator) -> Texts:
    """Another romanisation of names of one culture; a name without variants stays as it is."""
    code, words = pd.factorize(texts)
    written = [_romanisations(word, culture) for word in words]
    most = max((len(options) for options in written), default=1)
    table = np.array([(options * most)[:most] for options in written], dtype=object)
    counts = np.array([len(options) for options in written], dtype=np.int64)
    if not len(code):
        return texts
    pick = (rng.random(len(code)) * counts[code]).astype(np.int64)
    chosen: Texts = table[code, pick]
    return chosen


def _romanisations(word: str, culture: str) -> list[str]:
    """Every other spelling of a name: its known variants, or what its culture's rules make of it.

    The rules are applied all together, and the odd and the even ones on their own.
    """
    if word in _VARIANTS:
        return list(_VARIANTS[word])
    rules = (*_RULES.get(culture, ()), *_COMMON)
    spelled = []
    for chosen in (rules, rules[::2], rules[1::2]):
        other = word
        for pattern, spelling in chosen:
            other = re.sub(pattern, spelling, other)
        spelled.append(other[:1].upper() + other[1:])
    return [other for other in dict.fromkeys(spelled) if other != word] or [word]


def mistype(texts: Texts, rng: np.random.Generator) -> Texts:
    """One slip in each text: two letters exchanged, one lost, one doubled, or the key beside it."""
    if not len(texts):
        return texts
    letters = np.array(texts, dtype=f"U{_WIDTH}").view(np.uint32).reshape(len(texts), _WIDTH)
    length = (letters != 0).sum(axis=1)
    place = 1 + (rng.random(len(texts)) * np.maximum(length - 1, 1)).astype(np.int64)
    place = np.minimum(place, np.maximum(length - 1, 0))
    kind = rng.integers(0, 4, len(texts))
    column = np.arange(_WIDTH)[None, :]
    at = place[:, None]
    source = np.broadcast_to(column, letters.shape).copy()
    swap, lose, double = ((kind == n)[:, None] for n in range(3))
    source = np.where(swap & (column == at), column - 1, source)
    source = np.where(swap & (column == at - 1), column + 1, source)
    source = np.where(lose & (column >= at), column + 1, source)
    source = np.where(double & (column > at), column - 1, source)
    padded = np.pad(letters, ((0, 0), (0, 1)))
    slipped = np.take_along_axis(padded, np.clip(source, 0, _WIDTH), axis=1)
    beside = np.minimum(slipped, 127)
    other = (kind == 3)[:, None] & (column == at)
    slipped = np.where(other & (slipped < 128), _NEIGHBOURS[beside], slipped)
    fixed = np.ascontiguousarray(slipped[:, :_WIDTH].astype(np.uint32))
    return fixed.view(f"U{_WIDTH}").ravel().astype(object)


def _neighbours() -> npt.NDArray[np.uint32]:
    table = np.arange(128, dtype=np.uint32)
    for row in _ROWS:
        for letter, beside in zip(row, row[1:] + row[-2], strict=True):
            table[ord(letter)] = ord(beside)
            table[ord(letter.upper())] = ord(beside.upper())
    for digit in range(10):
        table[ord("0") + digit] = ord("0") + (digit + 1) % 10
    return table


_NEIGHBOURS: Final = _neighbours()


def without_marks(texts: Texts) -> Texts:
    """Letters without their marks, as systems of the time kept them."""
    return each_word(texts, _plain)


def in_capitals(texts: Texts) -> Texts:
    """The same in capital letters."""
    return each_word(texts, str.upper)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(_LOST_MARKS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
