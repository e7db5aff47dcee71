"""How many people the world holds, in four groups.

The cohort of 1,023, other foreign prisoners at true scale, a sample of British prisoners, and a
sample of people whom only the immigration register knows.
"""

from dataclasses import dataclass
from typing import Final

from jobs.runtime.errors import BadInput
from jobs.synthetic.base import published_figures as published

COHORT, FOREIGN, BRITISH, RESIDENT = range(4)
"""Groups of people; residents are known to the immigration register only."""

DEFAULT_PEOPLE: Final = 150_000
TRUE_SCALE_PEOPLE: Final = 100_000
"""Size of the registers from which foreign prisoners stand at true scale."""
FEWEST_PEOPLE: Final = 1_200
MOST_PEOPLE: Final = 5_000_000
BRITISH_PEOPLE: Final = 1_000_000
"""British people held at some time from 1994 to April 2006: this project's estimate, from about
130,000 receptions a year of whom many came back. A rate of British prisoners is a share of it."""
OTHER_PEOPLE: Final = 4_000_000
"""People whom the immigration service dealt with from 1996 to April 2006 and no prison held: this
project's estimate, for asylum, leave and visas. A rate of others is a share of it."""
AFTER_FOUND: Final = 0.14
"""British and resident people who first appear after the night of counting, to those before."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many people a world holds, counted on the night of 25 April 2006.

    ``people`` is the number of persons in each register, without second records of one person.
    From `TRUE_SCALE_PEOPLE` upwards every foreign prisoner there was is among them and the samples
    (British prisoners; the immigration register's other people) fill the rest. Below, foreign
    prisoners shrink too, and with them every published figure but those of the cohort, which is
    always whole. Half of the prison register is in the immigration register as well, or as many as
    can be: British prisoners seldom are, so a register of a million shares about 100,000.

    ``british_rate`` and ``others_rate`` take a sample of that share of `BRITISH_PEOPLE` and
    `OTHER_PEOPLE` instead; the register is then as large as they make it. ``shared_rate`` has that
    share of the prison register known to the immigration register, whoever they are: more British
    people were naturalised then than ever were, which only measurements want.

    Raises:
        BadInput: a size that cannot hold the cohort or one machine, or a rate outside 0 to 1.
    """

    people: int = DEFAULT_PEOPLE
    british_rate: float | None = None
    others_rate: float | None = None
    shared_rate: float | None = None

    def __post_init__(self) -> None:
        if not FEWEST_PEOPLE <= self.people <= MOST_PEOPLE:
            raise BadInput(
                "people",
                f"[{self.people}] is not possible: the cohort alone is {published.COHORT}",
                f"give a number from {FEWEST_PEOPLE} to {MOST_PEOPLE}",
            )
        for name in ("british_rate", "others_rate", "shared_rate"):
            rate = getattr(self, name)
            if rate is not None and not 0 <= rate <= 1:
                where = name.replace("_", " ")
                raise BadInput(where, f"[{rate}] is not a rate", "give a number from 0 to 1")

    @property
    def foreign_share(self) -> float:
        """Share of the true number of foreign prisoners that a world of this size holds."""
        above = self.people - published.COHORT
        return min(1.0, above / (TRUE_SCALE_PEOPLE - published.COHORT))

    def british(self, others: int) -> int:
        """British prisoners by the night of counting, beside ``others`` in the prison register."""
        if self.british_rate is None:
            return max(self.people - others, 0)
        return round(self.british_rate * BRITISH_PEOPLE)

    def residents(self, others: int) -> int:
        """People never in prison, beside ``others`` in the immigration register."""
        if self.others_rate is None:
            return max(self.people - others, 0)
        return round(self.others_rate * OTHER_PEOPLE)
