"""Which nationalities the world's people have, and which culture their names come from.

The shares of prisoners follow the order of the published tables of foreign prisoners (1996 to
2010); the shares of the immigration register's other people are this project's.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from jobs.contract import codes
from jobs.synthetic.base import days
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, choose


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where people of a nationality come from: weights, name cultures and birth places."""

    code: str
    early: float
    late: float
    other: float
    cultures: tuple[str, ...]
    towns: tuple[str, ...]


def _origins(text: str) -> tuple[Origin, ...]:
    found = []
    for line in text.strip().splitlines():
        code, early, late, other, cultures, towns = (part.strip() for part in line.split("|"))
        found.append(
            Origin(
                code=code,
                early=float(early),
                late=float(late),
                other=float(other),
                cultures=tuple(cultures.split()),
                towns=tuple(town.strip() for town in towns.split(",")),
            )
        )
    return tuple(found)


BRITISH_CULTURES: Final = (
    ("english",) * 13
    + ("irish", "caribbean", "caribbean", "urdu")
    + (
        "punjabi",
        "bengali",
        "yoruba",
    )
)
BRITISH_TOWNS: Final = (
    "London", "Birmingham", "Manchester", "Leeds", "Liverpool", "Bristol", "Sheffield", "Cardiff",
    "Leicester", "Nottingham", "Newcastle", "Hull", "Bradford", "Plymouth", "Derby", "Swansea",
)  # fmt: skip

# code | share 1996 | share 2006 | share of other immigration cases | cultures | birth places
ORIGINS: Final = _origins(
    """
JAMAICA  | 13.0 | 13.5 | 6  | caribbean       | Kingston, Spanish Town, Montego Bay, May Pen
NIGERIA  | 8.0  | 9.5  | 7  | yoruba igbo     | Lagos, Ibadan, Benin City, Enugu, Kano
IRELAND  | 11.0 | 6.5  | 0.2| irish           | Dublin, Cork, Limerick, Galway, Dundalk
PAKISTAN | 5.5  | 4.5  | 9  | urdu            | Lahore, Karachi, Mirpur, Rawalpindi, Gujrat
INDIA    | 4.0  | 3.0  | 8  | punjabi         | Jalandhar, Delhi, Ludhiana, Mumbai, Amritsar
TURKEY   | 4.0  | 3.6  | 5  | turkish         | Istanbul, Ankara, Gaziantep, Adana
VIETNAM  | 0.8  | 4.6  | 3  | vietnamese      | Hanoi, Hai Phong, Vinh, Ho Chi Minh City
SOMALIA  | 1.5  | 4.4  | 8  | somali          | Mogadishu, Hargeisa, Kismayo, Burao
CHINA    | 1.0  | 3.4  | 6  | chinese         | Fuqing, Fuzhou, Changle, Shenyang
IRAQ     | 1.0  | 3.0  | 7  | arabic          | Baghdad, Kirkuk, Sulaymaniyah, Basra
ALBANIA  | 0.4  | 2.2  | 3  | albanian        | Tirana, Shkoder, Durres, Vlore
KOSOVO   | 0.5  | 1.2  | 3  | albanian        | Pristina, Prizren, Peja
GHANA    | 2.6  | 2.2  | 3  | akan            | Accra, Kumasi, Takoradi
BANGLA   | 1.5  | 1.7  | 4  | bengali         | Sylhet, Dhaka, Chittagong
SRILANKA | 1.2  | 1.8  | 5  | tamil           | Jaffna, Colombo, Trincomalee
ALGERIA  | 1.4  | 2.2  | 3  | maghreb         | Algiers, Oran, Constantine
MOROCCO  | 1.3  | 1.0  | 1  | maghreb         | Casablanca, Tangier, Fes
TUNISIA  | 0.3  | 0.3  | 0.3| maghreb         | Tunis, Sfax
IRAN     | 1.5  | 2.4  | 6  | persian         | Tehran, Isfahan, Shiraz, Ahvaz
AFGHAN   | 0.3  | 1.7  | 7  | persian         | Kabul, Jalalabad, Herat
ZIMBABWE | 0.5  | 2.0  | 5  | shona           | Harare, Bulawayo, Mutare
SAFRICA  | 1.3  | 1.6  | 2  | shona           | Johannesburg, Durban, Cape Town
KENYA    | 0.6  | 0.7  | 1.5| shona           | Nairobi, Mombasa
UGANDA   | 0.6  | 0.8  | 1.5| shona           | Kampala, Jinja
MALAWI   | 0.1  | 0.2  | 0.5| shona           | Blantyre, Lilongwe
ZAMBIA   | 0.2  | 0.3  | 0.3| shona           | Lusaka, Ndola
COLOMBIA | 4.2  | 1.9  | 1.5| hispanic        | Cali, Bogota, Medellin, Pereira
ECUADOR  | 0.3  | 0.4  | 0.7| hispanic        | Guayaquil, Quito
SPAIN    | 1.8  | 1.0  | 0.1| hispanic        | Madrid, Barcelona, Malaga
BRAZIL   | 0.5  | 1.4  | 1.5| lusophone       | Goiania, Sao Paulo, Rio de Janeiro
PORTUGAL | 1.2  | 3.0  | 0.2| lusophone       | Lisbon, Porto, Funchal
ANGOLA   | 0.6  | 1.2  | 1.5| lusophone       | Luanda, Cabinda
CONGO    | 1.0  | 1.7  | 3  | congolese       | Kinshasa, Lubumbashi, Goma
CAMEROON | 0.2  | 0.4  | 0.7| congolese       | Douala, Yaounde
IVORY    | 0.2  | 0.4  | 0.7| congolese       | Abidjan, Bouake
SENEGAL  | 0.1  | 0.2  | 0.3| congolese       | Dakar
SIERRA   | 0.5  | 0.9  | 1.5| akan            | Freetown, Bo
GAMBIA   | 0.3  | 0.6  | 0.8| akan            | Banjul, Serekunda
LIBERIA  | 0.2  | 0.4  | 0.5| akan            | Monrovia
TRINIDAD | 1.0  | 0.9  | 0.5| caribbean       | Port of Spain, San Fernando
GUYANA   | 0.7  | 0.6  | 0.4| caribbean       | Georgetown
BARBADOS | 0.5  | 0.3  | 0.2| caribbean       | Bridgetown
GRENADA  | 0.3  | 0.2  | 0.1| caribbean       | Saint George's
NETHERL  | 3.2  | 2.0  | 0.1| germanic        | Rotterdam, Amsterdam, The Hague
GERMANY  | 2.2  | 1.4  | 0.1| germanic turkish| Hamburg, Cologne, Berlin
BELGIUM  | 0.8  | 0.6  | 0.1| germanic southern| Antwerp, Brussels
DENMARK  | 0.2  | 0.2  | 0.1| germanic        | Copenhagen
SWEDEN   | 0.2  | 0.2  | 0.1| germanic        | Stockholm, Malmo
NORWAY   | 0.1  | 0.1  | 0.1| germanic        | Oslo
AUSTRIA  | 0.2  | 0.1  | 0.1| germanic        | Vienna
SWITZ    | 0.1  | 0.1  | 0.1| germanic        | Zurich
FRANCE   | 2.3  | 1.7  | 0.1| southern maghreb| Paris, Marseille, Lille
ITALY    | 1.8  | 1.2  | 0.1| southern        | Naples, Rome, Palermo
GREECE   | 0.5  | 0.4  | 0.1| southern        | Athens, Thessaloniki
CYPRUS   | 1.4  | 0.6  | 0.3| southern turkish| Nicosia, Limassol
MALTA    | 0.2  | 0.1  | 0.1| southern        | Valletta
POLAND   | 0.9  | 3.4  | 1  | polish          | Warsaw, Gdansk, Lodz, Lublin, Szczecin
LITHUANI | 0.3  | 2.4  | 0.6| baltic          | Vilnius, Kaunas, Klaipeda
LATVIA   | 0.2  | 0.7  | 0.3| baltic          | Riga, Daugavpils
ESTONIA  | 0.1  | 0.2  | 0.1| baltic          | Tallinn
CZECH    | 0.3  | 0.6  | 0.5| slavic          | Prague, Ostrava
SLOVAKIA | 0.1  | 0.5  | 0.4| slavic          | Bratislava, Kosice
HUNGARY  | 0.2  | 0.3  | 0.1| slavic          | Budapest
ROMANIA  | 0.8  | 2.0  | 1.5| romanian        | Bucharest, Iasi, Timisoara, Constanta
MOLDOVA  | 0.1  | 0.5  | 0.4| romanian        | Chisinau
BULGARIA | 0.2  | 0.5  | 0.5| slavic          | Sofia, Plovdiv
RUSSIA   | 0.6  | 0.9  | 1  | slavic          | Moscow, Saint Petersburg
UKRAINE  | 0.3  | 1.0  | 1.2| slavic          | Kiev, Lviv, Odessa
SERBIA   | 0.7  | 0.8  | 1.5| slavic          | Belgrade, Novi Sad
ERITREA  | 0.1  | 0.7  | 2.5| horn            | Asmara, Keren
ETHIOPIA | 0.3  | 0.5  | 1.5| horn            | Addis Ababa, Gondar
SUDAN    | 0.2  | 0.7  | 2.5| horn arabic     | Khartoum, Omdurman
EGYPT    | 0.5  | 0.4  | 0.5| arabic          | Cairo, Alexandria
LEBANON  | 0.7  | 0.5  | 0.7| arabic          | Beirut, Tripoli
SYRIA    | 0.2  | 0.3  | 0.7| arabic          | Damascus, Aleppo
LIBYA    | 0.2  | 0.5  | 0.7| arabic          | Tripoli, Benghazi
YEMEN    | 0.3  | 0.3  | 0.4| arabic          | Aden, Sanaa
NEPAL    | 0.1  | 0.2  | 0.8| punjabi         | Kathmandu, Pokhara
MALAYSIA | 0.3  | 0.9  | 0.5| chinese tamil   | Kuala Lumpur, Penang
MAURITIUS| 0.4  | 0.4  | 0.8| tamil           | Port Louis
PHILIPPI | 0.1  | 0.2  | 1  | hispanic        | Manila, Cebu
USA      | 1.2  | 0.7  | 0.6| english         | New York, Miami, Houston
CANADA   | 0.5  | 0.4  | 0.3| english         | Toronto, Montreal
AUSTRALIA| 0.4  | 0.3  | 0.6| english         | Sydney, Perth
TANZANIA | 0.2  | 0.3  | 0.3| shona           | Dar es Salaam
RWANDA   | 0.1  | 0.2  | 0.4| congolese       | Kigali
OTHER    | 0.4  | 0.4  | 0.3| persian         | Tashkent, Ulaanbaatar, Phnom Penh
"""
)

CODES: Final = ("BRIT", *(origin.code for origin in ORIGINS), "UNKNOWN", "REF", "STATE")
"""Nationality codes by their position, which is how the world holds them; British is 0."""
BRITISH: Final = 0
IRISH: Final = CODES.index("IRELAND")
UNKNOWN: Final = CODES.index("UNKNOWN")
REFUSED: Final = CODES.index("REF")
STATELESS: Final = CODES.index("STATE")

_DECLARED: Final = {
    entry.code: entry
    for entry in codes.NATIONALITY.codes
    if isinstance(entry, codes.NationalityCode)
}
EEA_FROM: Final[Ints] = np.array(
    [
        days.NEVER if member is None else days.number(member)
        for member in (_DECLARED[code].eea_from for code in CODES)
    ],
    dtype=np.int64,
)
"""Day from which each nationality was in the EEA; `days.NEVER` if not."""
_EARLY_YEAR: Final = days.number(date(1996, 1, 1))
_LATE_YEAR: Final = days.number(date(2006, 1, 1))


def of_prisoners(rng: np.random.Generator, first_reception: Ints) -> Ints:
    """Nationalities of foreign prisoners, from the mix of the time of their first reception."""
    size = len(first_reception)
    early = choose(rng, [origin.early for origin in ORIGINS], size)
    late = choose(rng, [origin.late for origin in ORIGINS], size)
    share = np.clip((first_reception - _EARLY_YEAR) / (_LATE_YEAR - _EARLY_YEAR), 0.0, 1.1)
    return 1 + np.where(rng.random(size) < share, late, early)


def of_others(rng: np.random.Generator, size: int) -> Ints:
    """Nationalities of people whom only the immigration register knows."""
    return 1 + choose(rng, [origin.other for origin in ORIGINS], size)


def weights_where(allowed: Flags) -> Floats:
    """Late weights of the nationalities for which ``allowed`` (by position) is true."""
    weights = np.zeros(len(CODES))
    weights[1 : 1 + len(ORIGINS)] = [origin.late for origin in ORIGINS]
    return np.where(allowed, weights, 0.0)
