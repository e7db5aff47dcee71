"""Code lists of a person: gender and nationality.

Nationality codes look like the ones that prisons use: ``NIGERIA`` is not ``NIGER``, and
``UNKNOWN``, ``REF`` (refused to say) and ``STATE`` (stateless) are values of their own, never read
as British.
"""

from dataclasses import dataclass
from datetime import date

from jobs.contract.codes.code_sources import PRISON_API
from jobs.contract.schema import Code, CodeList, codes

GENDER = codes(
    "gender", PRISON_API, {"M": "male", "F": "female", "NK": "not known", "NS": "not specified"}
)


@dataclass(frozen=True, kw_only=True)
class NationalityCode(Code):
    """A nationality, with the day from which its state was in the EEA (Swiss: treated as such)."""

    eea_from: date | None = None
    is_british: bool = False
    is_irish: bool = False
    is_unknown: bool = False


_EEA_1994 = date(1994, 1, 1)
_EEA_1995 = date(1995, 5, 1)
_ACCESSION_2004 = date(2004, 5, 1)
_ACCESSION_2007 = date(2007, 1, 1)
_ACCESSION_2013 = date(2013, 7, 1)
_SWISS_2002 = date(2002, 6, 1)


def _nationalities() -> CodeList:
    plain = {
        "AFGHAN": "Afghanistan",
        "ALBANIA": "Albania",
        "ALGERIA": "Algeria",
        "ANGOLA": "Angola",
        "AUSTRALIA": "Australia",
        "BANGLA": "Bangladesh",
        "BARBADOS": "Barbados",
        "BRAZIL": "Brazil",
        "CAMEROON": "Cameroon",
        "CANADA": "Canada",
        "CHINA": "China",
        "COLOMBIA": "Colombia",
        "CONGO": "Democratic Republic of the Congo",
        "ECUADOR": "Ecuador",
        "EGYPT": "Egypt",
        "ERITREA": "Eritrea",
        "ETHIOPIA": "Ethiopia",
        "GAMBIA": "Gambia",
        "GHANA": "Ghana",
        "GRENADA": "Grenada",
        "GUYANA": "Guyana",
        "INDIA": "India",
        "IRAN": "Iran",
        "IRAQ": "Iraq",
        "IVORY": "Ivory Coast",
        "JAMAICA": "Jamaica",
        "KENYA": "Kenya",
        "KOSOVO": "Kosovo",
        "LEBANON": "Lebanon",
        "LIBERIA": "Liberia",
        "LIBYA": "Libya",
        "MALAWI": "Malawi",
        "MALAYSIA": "Malaysia",
        "MAURITIUS": "Mauritius",
        "MOLDOVA": "Moldova",
        "MOROCCO": "Morocco",
        "NEPAL": "Nepal",
        "NIGER": "Niger",
        "NIGERIA": "Nigeria",
        "PAKISTAN": "Pakistan",
        "PHILIPPI": "Philippines",
        "RUSSIA": "Russia",
        "RWANDA": "Rwanda",
        "SENEGAL": "Senegal",
        "SERBIA": "Serbia",
        "SIERRA": "Sierra Leone",
        "SOMALIA": "Somalia",
        "SAFRICA": "South Africa",
        "SRILANKA": "Sri Lanka",
        "SUDAN": "Sudan",
        "SYRIA": "Syria",
        "TANZANIA": "Tanzania",
        "TRINIDAD": "Trinidad and Tobago",
        "TUNISIA": "Tunisia",
        "TURKEY": "Turkey",
        "UGANDA": "Uganda",
        "UKRAINE": "Ukraine",
        "USA": "United States",
        "VIETNAM": "Vietnam",
        "YEMEN": "Yemen",
        "ZAMBIA": "Zambia",
        "ZIMBABWE": "Zimbabwe",
    }
    eea = {
        "AUSTRIA": ("Austria", _EEA_1994),
        "BELGIUM": ("Belgium", _EEA_1994),
        "BULGARIA": ("Bulgaria", _ACCESSION_2007),
        "CROATIA": ("Croatia", _ACCESSION_2013),
        "CYPRUS": ("Cyprus", _ACCESSION_2004),
        "CZECH": ("Czech Republic", _ACCESSION_2004),
        "DENMARK": ("Denmark", _EEA_1994),
        "ESTONIA": ("Estonia", _ACCESSION_2004),
        "FINLAND": ("Finland", _EEA_1994),
        "FRANCE": ("France", _EEA_1994),
        "GERMANY": ("Germany", _EEA_1994),
        "GREECE": ("Greece", _EEA_1994),
        "HUNGARY": ("Hungary", _ACCESSION_2004),
        "ICELAND": ("Iceland", _EEA_1994),
        "ITALY": ("Italy", _EEA_1994),
        "LATVIA": ("Latvia", _ACCESSION_2004),
        "LIECHT": ("Liechtenstein", _EEA_1995),
        "LITHUANI": ("Lithuania", _ACCESSION_2004),
        "LUXEMB": ("Luxembourg", _EEA_1994),
        "MALTA": ("Malta", _ACCESSION_2004),
        "NETHERL": ("Netherlands", _EEA_1994),
        "NORWAY": ("Norway", _EEA_1994),
        "POLAND": ("Poland", _ACCESSION_2004),
        "PORTUGAL": ("Portugal", _EEA_1994),
        "ROMANIA": ("Romania", _ACCESSION_2007),
        "SLOVAKIA": ("Slovakia", _ACCESSION_2004),
        "SLOVENIA": ("Slovenia", _ACCESSION_2004),
        "SPAIN": ("Spain", _EEA_1994),
        "SWEDEN": ("Sweden", _EEA_1994),
        "SWITZ": ("Switzerland", _SWISS_2002),
    }
    return CodeList(
        name="nationality",
        source="codes as prisons use them; EEA Agreement and accession treaties for the dates",
        codes=(
            NationalityCode(code="BRIT", meaning="British", is_british=True),
            NationalityCode(code="IRELAND", meaning="Ireland", eea_from=_EEA_1994, is_irish=True),
            *(
                NationalityCode(code=code, meaning=meaning, eea_from=eea_from)
                for code, (meaning, eea_from) in eea.items()
            ),
            *(NationalityCode(code=code, meaning=meaning) for code, meaning in plain.items()),
            NationalityCode(code="BNO", meaning="British National (Overseas)"),
            NationalityCode(code="BOC", meaning="British overseas citizen"),
            NationalityCode(code="BOTC", meaning="British overseas territories citizen"),
            NationalityCode(code="BPP", meaning="British protected person"),
            NationalityCode(code="BRITSUB", meaning="British subject, not a citizen"),
            NationalityCode(code="OTHER", meaning="another nationality"),
            NationalityCode(code="STATE", meaning="stateless", is_unknown=True),
            NationalityCode(code="REF", meaning="refused to say", is_unknown=True),
            NationalityCode(code="UNKNOWN", meaning="not known", is_unknown=True),
        ),
    )


NATIONALITY = _nationalities()
