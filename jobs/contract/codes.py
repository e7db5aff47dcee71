"""Code lists of both registers.

Prison codes follow the public prison APIs; immigration codes are this project's, because no
public schema exists. Nationality codes look like the ones that prisons use: ``NIGERIA`` is not
``NIGER``, and ``UNKNOWN``, ``REF`` (refused to say) and ``STATE`` (stateless) are values of their
own, never read as British.
"""

from dataclasses import dataclass
from datetime import date

from jobs.contract.schema import Code, CodeList, codes

PRISON_API = "public schema of the prison APIs"
PROJECT = "this project: no public schema exists"

GENDER = codes(
    "gender", PRISON_API, {"M": "male", "F": "female", "NK": "not known", "NS": "not specified"}
)
CUSTODY_STATUS = codes(
    "custody status",
    PRISON_API,
    {
        "ACTIVE IN": "in a prison",
        "ACTIVE OUT": "on the roll, out for a court or a day",
        "INACTIVE OUT": "left prison",
        "INACTIVE TRN": "being moved between prisons",
    },
)
IN_OUT_STATUS = codes(
    "in-out status", PRISON_API, {"IN": "inside", "OUT": "outside", "TRN": "in transit"}
)
LEGAL_STATUS = codes(
    "legal status",
    PRISON_API,
    {
        "RECALL": "recalled to prison",
        "DEAD": "died",
        "INDETERMINATE_SENTENCE": "serving a sentence without a fixed end",
        "SENTENCED": "serving a sentence",
        "CONVICTED_UNSENTENCED": "convicted, not yet sentenced",
        "CIVIL_PRISONER": "held for a civil matter",
        "IMMIGRATION_DETAINEE": "held under immigration powers",
        "REMAND": "awaiting trial",
        "UNKNOWN": "not known",
        "OTHER": "other",
    },
)
IMPRISONMENT_STATUS = codes(
    "imprisonment status",
    PRISON_API,
    {
        "SENT": "sentenced, no recommendation",
        "REC_DEP": "recommended for deportation by the court",
        "LIFE": "life sentence",
        "RX": "remanded",
        "JR": "convicted, awaiting sentence",
        "DET": "detained under immigration powers",
        "CIVIL": "civil prisoner",
        "LR": "recalled on licence",
        "UNKNOWN": "not known",
    },
)
CALCULATION_TYPE = codes(
    "sentence calculation type",
    PRISON_API,
    {
        "ADIMP": "determinate, Criminal Justice Act 2003",
        "ADIMP_1991": "determinate, Criminal Justice Act 1991",
        "YOI": "detention in a young offender institution",
        "EDS": "extended determinate",
        "SDS_PLUS": "determinate, two thirds to serve",
        "LIFE": "life",
        "IPP": "imprisonment for public protection",
        "SUSP": "suspended",
        "FINE": "default of a fine",
        "HOSP": "hospital order",
    },
)
MOVEMENT_TYPE = codes(
    "movement type",
    PRISON_API,
    {
        "ADM": "admission",
        "REL": "release",
        "TRN": "transfer",
        "CRT": "court",
        "TAP": "temporary absence",
    },
)
MOVEMENT_REASON = codes(
    "movement reason",
    PRISON_API,
    {
        "N": "new committal",
        "I": "imprisonment",
        "INT": "transfer in from another prison",
        "24": "recall from licence",
        "NOTR": "normal transfer",
        "CRT": "court appearance",
        "CR": "conditional release",
        "NP": "non-parole release",
        "PX": "parole release",
        "HR": "home detention curfew release",
        "HU": "home detention curfew release, under 18",
        "BL": "bail",
        "BD": "bailed immigration detainee",
        "DD": "sentence end and deported",
        "DE": "deported, no sentence",
        "DL": "deported on licence",
        "RE": "release from remand",
        "EX": "extradited",
        "HP": "transferred to hospital",
        "RP": "repatriated to serve the sentence abroad",
        "ET": "immigration detainee moved to a removal centre",
        "UAL": "unlawfully at large",
        "ESCP": "escaped",
        "DEC": "died",
    },
)
"""UAL and ESCP are absences, DEC is a death, HP and RP stay under an order: none is a release."""
RELEASE_REASONS = frozenset({"CR", "NP", "PX", "HR", "HU", "BL", "BD", "RE"})
REMOVAL_REASONS = frozenset({"DD", "DE", "DL", "EX", "RP"})
ALERT = codes(
    "alert",
    PRISON_API,
    {
        "XLDEPORT": "notified of liability to deportation",
        "XSDEPORT": "deportation order served",
        "XRF": "risk to females",
        "XCH": "risk to children",
        "HA": "at risk of self-harm",
    },
)
IDENTIFIER_TYPE = codes(
    "identifier type",
    PRISON_API,
    {
        "PNC": "Police National Computer number",
        "CRO": "Criminal Records Office number",
        "HOREF": "Home Office reference",
        "NINO": "National Insurance number",
        "PASS": "passport number",
        "MERGED": "prison number that was merged into this one",
    },
)

CASE_TYPE = codes(
    "case type",
    PROJECT,
    {
        "CRIMINAL": "deportation of a foreign national prisoner",
        "ASYLUM": "asylum claim",
        "LEAVE": "leave to enter or remain",
        "NATIONALITY": "naturalisation or registration",
        "ENFORCEMENT": "removal without a criminal case",
    },
)
STAGE = codes(
    "case stage",
    PROJECT,
    {
        "REFERRED": "referral received, nothing done",
        "ACCEPTED": "accepted and allocated",
        "STAGE1_NOTICE_SERVED": "notice of liability served",
        "REPRESENTATIONS": "representations awaited or received",
        "STAGE2_DECISION": "decision made",
        "APPEAL_PENDING": "appeal lodged",
        "APPEAL_RIGHTS_EXHAUSTED": "no appeal left",
        "DEPORTATION_ORDER_SIGNED": "order signed",
        "TRAVEL_DOCUMENT": "travel document sought",
        "REMOVAL_DIRECTIONS": "removal set",
        "REMOVED": "removed; closed",
        "LEAVE_GRANTED": "allowed to stay; closed",
        "EXEMPT": "exempt from deportation; closed",
        "BRITISH": "found to be British; closed",
        "NO_ACTION": "no action; closed",
    },
)
TERMINAL_STAGES = frozenset({"REMOVED", "LEAVE_GRANTED", "EXEMPT", "BRITISH", "NO_ACTION"})
REFERRAL_SOURCE = codes(
    "referral source",
    PROJECT,
    {
        "PRISON": "prison service",
        "COURT": "court",
        "POLICE": "police",
        "PROBATION": "probation service",
        "INTERNAL": "immigration service itself",
    },
)
EVENT_TYPE = codes(
    "event type",
    PROJECT,
    {
        "REFERRED": "referral received",
        "ALLOCATED": "given to a caseworker",
        "STARTED": "work started",
        "QUESTIONNAIRE_SENT": "questionnaire sent to the person",
        "QUESTIONNAIRE_RETURNED": "questionnaire returned",
        "STAGE1_NOTICE_SERVED": "notice of liability served",
        "REPRESENTATIONS_RECEIVED": "representations received",
        "DECISION_PURSUE": "decided to pursue deportation",
        "DECISION_NOT_PURSUE": "decided not to pursue deportation",
        "DECISION_DEFERRED": "decision deferred to a date, with a reason",
        "DECISION_WITHDRAWN": "an earlier decision withdrawn",
        "DETENTION_AUTHORISED": "detention authorised",
        "MONITORING_ORDERED": "electronic monitoring ordered",
        "RESTRICTION_ORDERED": "residence, reporting or work restricted",
        "APPEAL_LODGED": "appeal lodged",
        "APPEAL_DETERMINED": "appeal determined",
        "DEPORTATION_ORDER_SIGNED": "order signed",
        "REMOVAL_DIRECTIONS_SET": "removal set",
        "REMOVED": "removed",
        "CLOSED": "case closed",
    },
)
RESTRICTION_EVENTS = frozenset(
    {"DETENTION_AUTHORISED", "MONITORING_ORDERED", "RESTRICTION_ORDERED"}
)
DECISION_EVENTS = frozenset({"DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED"})
CASE_OUTCOME = codes(
    "case outcome",
    PROJECT,
    {
        "PURSUE": "deportation pursued",
        "NOT_PURSUE": "deportation not pursued",
        "DEFERRED": "decision deferred",
        "DEPORTED": "deported",
        "ALLOWED_TO_STAY": "allowed to stay",
        "BRITISH": "found to be British",
        "DIED": "died",
    },
)
BARRIER_TYPE = codes(
    "barrier type",
    PROJECT,
    {
        "TRAVEL_DOCUMENT": "no travel document",
        "APPEAL": "appeal outstanding",
        "ASYLUM_CLAIM": "asylum claim outstanding",
        "NATIONALITY_DISPUTED": "nationality disputed",
        "MEDICAL": "unfit to travel",
        "JUDICIAL_REVIEW": "judicial review",
        "COUNTRY_SITUATION": "no returns to the country",
    },
)
APPEAL_OUTCOME = codes(
    "appeal outcome",
    PROJECT,
    {
        "ALLOWED": "allowed",
        "DISMISSED": "dismissed",
        "WITHDRAWN": "withdrawn",
        "STRUCK_OUT": "struck out",
        "ABANDONED": "abandoned",
    },
)
BAIL_STATUS = codes(
    "bail status",
    PROJECT,
    {"ACTIVE": "on bail", "ENDED": "ended", "ABSCONDED": "absconded"},
)
REMOVAL_TYPE = codes(
    "removal type",
    PROJECT,
    {
        "DEPORTATION": "deportation",
        "EARLY_REMOVAL": "early removal before the release point",
        "ADMINISTRATIVE": "administrative removal",
        "VOLUNTARY": "voluntary departure",
        "TRANSFER": "transfer under a prisoner agreement",
    },
)
LOCATED_STATUS = codes(
    "located status",
    PROJECT,
    {
        "IN_CUSTODY": "in prison or detained",
        "LOCATED": "address known",
        "NOT_LOCATED": "cannot be found",
        "ABROAD": "left the country",
        "UNKNOWN": "not recorded",
    },
)


@dataclass(frozen=True, kw_only=True)
class Offence(Code):
    """An offence and its line in the list of the 1,023 (the Guardian, May 2006).

    ``seriousness`` runs from 1 (most serious) to 5; it is this project's grouping, used to rank.
    """

    category: str
    seriousness: int


def _offences(entries: dict[str, tuple[str, str, int]]) -> CodeList:
    return CodeList(
        name="offence",
        source="categories of the published list of the 1,023; codes of this project",
        codes=tuple(
            Offence(code=code, meaning=meaning, category=category, seriousness=seriousness)
            for code, (meaning, category, seriousness) in entries.items()
        ),
    )


OFFENCE = _offences(
    {
        "MURDER": ("murder", "Murder", 1),
        "MANSLAUGHTER": ("manslaughter", "Manslaughter", 1),
        "RAPE": ("rape", "Rape", 1),
        "SEX_CHILD": ("sexual offence against a child", "Sex offences (other)", 1),
        "INDECENT_ASSAULT": ("indecent assault", "Sex offences (other)", 2),
        "SEX_OTHER": ("other sexual offence", "Sex offences (other)", 2),
        "KIDNAP": ("kidnapping", "Kidnapping", 1),
        "FALSE_IMPRISONMENT": ("false imprisonment", "False imprisonment", 2),
        "ABH_GBH": (
            "actual or grievous bodily harm",
            "Actual or grievous bodily harm",
            2,
        ),
        "VIOLENCE": ("other violence", "Violence", 2),
        "ROBBERY": ("robbery", "Robbery", 2),
        "ARSON": ("arson", "Arson", 2),
        "DRUGS": ("drug offence", "Drugs", 3),
        "BURGLARY": ("burglary", "Burglary", 3),
        "CONSPIRACY": ("conspiracy", "Conspiracy", 3),
        "ILLEGAL_ENTRY": ("assisting illegal entry", "Assisting illegal entry", 3),
        "CUSTOMS": ("customs offence", "Customs", 4),
        "DECEPTION": ("deception", "Deception", 4),
        "FRAUD": ("fraud", "Fraud", 4),
        "FORGERY": ("forgery", "Forgery", 4),
        "IMMIGRATION": ("immigration offence", "Immigration", 4),
        "THEFT": ("theft", "Theft", 5),
        "DRIVING": ("driving offence", "Driving offences", 5),
        "OTHER": ("other offence", "Other", 5),
    }
)


@dataclass(frozen=True, kw_only=True)
class Nationality(Code):
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
            Nationality(code="BRIT", meaning="British", is_british=True),
            Nationality(code="IRELAND", meaning="Ireland", eea_from=_EEA_1994, is_irish=True),
            *(
                Nationality(code=code, meaning=meaning, eea_from=eea_from)
                for code, (meaning, eea_from) in eea.items()
            ),
            *(Nationality(code=code, meaning=meaning) for code, meaning in plain.items()),
            Nationality(code="OTHER", meaning="another nationality"),
            Nationality(code="STATE", meaning="stateless", is_unknown=True),
            Nationality(code="REF", meaning="refused to say", is_unknown=True),
            Nationality(code="UNKNOWN", meaning="not known", is_unknown=True),
        ),
    )


NATIONALITY = _nationalities()
