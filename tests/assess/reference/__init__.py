"""The rules once more, slow and obvious: one episode at a time, in plain Python.

Nothing is shared with `jobs.assess` but the code lists; the numbers of the rules are written out.
The fast assessment must agree with this on whatever registers Hypothesis invents. Each file reads
like the rules of one subject: sentences, custody, people, casework, scope, release, considering,
judging, flags and discrepancies, each built upon those before.
"""

from tests.assess.reference.answers import Discrepancy, Flagged, Judgement, Released
from tests.assess.reference.discrepancies import Discrepancies


class Reference(Discrepancies):
    """The registers, the links and the night, and what is to be said of each episode."""

    def judge_all(self) -> dict[str, Judgement]:
        """A judgement on every episode."""
        return {
            episode["episode_id"]: self.judgement(self.facts(episode))
            for episode in self.registers["prison.episodes"]
        }

    def release_all(self) -> dict[str, Released]:
        """Every release that consideration had to precede, by episode and number."""
        found = [
            release
            for episode in self.registers["prison.episodes"]
            for release in self.released(self.facts(episode))
        ]
        return {f"{each.episode_id}|{each.release_number}": each for each in found}

    def flag_all(self) -> dict[str, Flagged]:
        """The flags of every episode whose person is not simply British."""
        flagged = {
            episode["episode_id"]: self.flagged(self.facts(episode))
            for episode in self.registers["prison.episodes"]
        }
        return {name: flags for name, flags in flagged.items() if flags is not None}


__all__ = ["Discrepancy", "Flagged", "Judgement", "Reference", "Released"]
