"""Code lists of custody, as the public prison APIs have them."""

from jobs.contract.codes.code_sources import PRISON_API
from jobs.contract.schema import codes

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
        "DTO": "detention and training order, under 18",
        "SEC91_03": "long-term detention, under 18, to November 2020",
        "SEC250": "long-term detention, under 18, from December 2020",
        "SEC93": "custody for life, 18 to 20",
        "HMPL": "detention at His Majesty's pleasure",
        "DPP": "detention for public protection, under 18",
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
        "TERS": "removed at the end of the tariff",
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
LICENCE_REASONS = frozenset({"CR", "NP", "PX", "HR", "HU"})
"""Releases that a licence may follow: it does where the record says until when, or for life."""
REMOVAL_REASONS = frozenset({"DD", "DE", "DL", "TERS", "EX", "RP"})
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
