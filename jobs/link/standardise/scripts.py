"""Names of other scripts in Latin letters, as their bearers spell them.

`anyascii` goes letter by letter. Here stands what a letter alone does not tell: sounds that hang
on the place in the word, letters that are not spoken, and the vowels that some scripts leave out.
The rules are those of the common romanisations: ELOT 743 for Greek, the Hebrew Academy's of 2006,
the Royal Thai one, and for Korean family names the spellings that nearly all bearers use.
"""

# ruff: noqa: RUF001 - letters of other scripts look like Latin ones

import re
import unicodedata
from typing import Final

from anyascii import anyascii

_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARTICLE: Final = re.compile(
    r"\bال(?!ياس|هام|طاف|كسندر|كساندر|يزابيث|برت|فريد|يسا|ينا)(?=[\u0621-\u064a]{3})"
)
"""Written on to the name in Arabic, a word of its own in Latin letters; not in Elias and Alexander,
which only look like it."""
_VOWEL_CARRIERS: Final = re.compile(r"\b[\u0622\u0623\u0625\u0627\u0639\u0671]")
"""Alif in its forms, and ain, at the start of a word: a first vowel is ``a`` in every key."""
_PERSIAN: Final = re.compile(
    r"[\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06cc\u06d2]"
)
"""Letters of Persian and Urdu, in which the Arabic d-like letters below are spoken z."""
_SPOKEN_Z: Final = str.maketrans(dict.fromkeys("ضظذ", "z"))

_HEBREW: Final = re.compile(r"[\u05d0-\u05ea]")
_HEBREW_POINTS: Final = re.compile(r"[\u0591-\u05c7]")
_HEBREW_RULES: Final = tuple(
    (re.compile(pattern), latin)
    for pattern, latin in (
        (r"[צץ]['׳]", "ch"),
        (r"ז['׳]", "zh"),
        (r"ג['׳]", "j"),
        (r"ת['׳]", "th"),
        (r"\bשוו?(?=[ארלמנק])", "shv"),
        (r"\b[אע]", "a"),
        (r"\bב", "b"),
        (r"\bכ", "k"),
        (r"\bפ", "p"),
        (r"וו", "v"),
        (r"\bו", "v"),
        (r"ו", "o"),
        (r"\bי", "y"),
        (r"י", "i"),
        (r"ה\b", "a"),
        (r"(?<!\b)ה", "ah"),
        (r"[אע]", "a"),
        (r"ח", "h"),
        (r"כ|ך", "kh"),
    )
)

_GREEK: Final = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_RULES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), latin)
    for pattern, latin in (
        (r"ου", "ou"),
        (r"([αεη])υ(?=[αεηιουωβγδζλμνρ])", r"\1v"),
        (r"([αεη])υ(?=[θκξπσςτφχψ])", r"\1f"),
        (r"γγ", "ng"),
        (r"γξ", "nx"),
        (r"γχ", "nch"),
        (r"\bμπ", "b"),
        (r"\bντ", "d"),
        (r"\bγκ", "g"),
        (r"γκ", "ng"),
        (r"\bτζ", "tz"),
    )
)

_THAI: Final = re.compile(r"[\u0e01-\u0e5b]")
_THAI_SILENT: Final = re.compile(r"[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c")
_THAI_VOWEL_FIRST: Final = re.compile(r"([\u0e40-\u0e44])([\u0e01-\u0e2e])")

_TAMIL: Final = re.compile(r"[\u0b80-\u0bff]")
_AFTER_VOWEL: Final = r"(?<=[\u0b85-\u0bcc])"
_TAMIL_RULES: Final = tuple(
    (re.compile(pattern), latin)
    for pattern, latin in (
        (r"ங்க", "ng"),
        (r"ஞ்ச", "nj"),
        (r"ண்ட|ந்த", "nd"),
        (r"ம்ப", "mb"),
        (r"ச்ச", "ch"),
        (r"ச", "s"),
        (rf"{_AFTER_VOWEL}க(?!்)", "g"),
        (rf"{_AFTER_VOWEL}ட(?!்)", "d"),
        (rf"{_AFTER_VOWEL}ப(?!்)", "b"),
    )
)
"""One Tamil letter serves k and g, t and d, p and b: voiced between vowels and after a nasal."""

_NASAL_BEFORE_H: Final = re.compile(r"\u0902(?=\u0939)")
"""Devanagari: ``simha`` is spoken and written ``singh``."""

_EAST_ASIAN: Final = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]")
_SYLLABLES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_KOREAN_FAMILY: Final = re.compile(r"(?<![\uac00-\ud7af])([\uac00-\ud7af])(?![\uac00-\ud7af])")
_KOREAN_FAMILIES: Final = dict(
    pair.split(":")
    for line in (
        "김:kim 이:lee 박:park 최:choi 정:jung 강:kang 조:cho 윤:yoon 장:jang 임:lim 한:han 오:oh",
        "서:seo 신:shin 권:kwon 황:hwang 안:ahn 송:song 류:ryu 유:yoo 홍:hong 전:jeon 고:ko",
        "문:moon 양:yang 손:son 배:bae 백:baek 허:heo 남:nam 심:shim 노:noh 하:ha 곽:kwak 성:sung",
        "차:cha 주:joo 우:woo 구:koo 나:na 민:min 진:jin 지:ji 엄:eom 변:byun 원:won 천:chun",
        "방:bang 공:kong 현:hyun 함:ham 여:yeo 추:choo 도:do 소:so 석:seok 선:sun 설:seol 마:ma",
        "길:gil 연:yeon 위:wi 표:pyo 명:myung 기:ki 반:ban 왕:wang",
    )
    for pair in line.split()
)


def latin(name: str) -> str:
    """A name in Latin letters of ASCII; capitals and marks between words may remain."""
    if name.isascii():
        return name
    text = unicodedata.normalize("NFKC", name)
    if _ARABIC.search(text):
        text = _arabic(text)
    elif _HEBREW.search(text):
        text = _replaced(_HEBREW_POINTS.sub("", text), _HEBREW_RULES)
    elif _GREEK.search(text):
        plain = unicodedata.normalize("NFKD", text)
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        text = _replaced(plain, _GREEK_RULES)
    elif _THAI.search(text):
        text = _THAI_VOWEL_FIRST.sub(r"\2\1", _THAI_SILENT.sub("", text))
    elif _TAMIL.search(text):
        text = _replaced(text, _TAMIL_RULES)
    else:
        text = _NASAL_BEFORE_H.sub("ng", text)
    if _EAST_ASIAN.search(text):
        text = _KOREAN_FAMILY.sub(
            lambda found: _KOREAN_FAMILIES.get(found[1], found[1]).capitalize(), text
        )
        return _SYLLABLES.sub(" ", str(anyascii(text)))
    return str(anyascii(text))


def by_letter(name: str) -> str | None:
    """A Tamil name letter by letter, as many of its bearers spell it too; none of another script.

    Where one letter is several sounds, both spellings are in use: Murukan and Murugan.
    """
    return str(anyascii(unicodedata.normalize("NFKC", name))) if _TAMIL.search(name) else None


def _arabic(text: str) -> str:
    if _PERSIAN.search(text):
        text = text.translate(_SPOKEN_Z)
    return _VOWEL_CARRIERS.sub("a", _ARTICLE.sub("al ", text))


def _replaced(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, letters in rules:
        text = pattern.sub(letters, text)
    return text
