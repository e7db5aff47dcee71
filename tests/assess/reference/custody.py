"""Whether somebody is held, released, or gone by another way, and since when."""

from datetime import date

from jobs.contract.codes import REMOVAL_REASONS
from tests.assess.reference.answers import Exit, Row, Term, has_text, last
from tests.assess.reference.sentences import Sentences


class Custody(Sentences):
    """Where the person of each episode is on the night."""

    def movements(self, episode: Row) -> list[Row]:
        return sorted(
            (
                row
                for row in self.registers["prison.movements"]
                if row["episode_id"] == episode["episode_id"]
                and self.is_known(row)
                and not (row["movement_date"] and row["movement_date"] > self.night)
            ),
            key=lambda row: row["movement_sequence"],
        )

    def exit(self, episode: Row) -> Exit:
        movements = self.movements(episode)
        turns = [row for row in movements if row["movement_type"] in ("REL", "ADM")]
        exits = [row for row in turns if row["movement_type"] == "REL"]
        turn = turns[-1] if turns else None
        own_day = episode["last_movement_date"]
        says_exit = episode["last_movement_type"] == "REL"
        row_exit = own_day if says_exit or not has_text(episode["last_movement_type"]) else None
        if row_exit and row_exit > self.night:
            row_exit = None
        own_kind = self.own_kind(episode)
        if turn and turn["movement_type"] == "REL":
            reason = turn["movement_reason"]
            if not has_text(reason):
                if own_kind == "released":
                    turn = self.went(episode, turn)
                return Exit(
                    kind=own_kind,
                    day=turn["movement_date"] or row_exit,
                    row=turn,
                    reason=episode["last_movement_reason"],
                )
            if kind_of(reason) == "released":
                turn = self.went(episode, turn)
            return Exit(
                kind=kind_of(reason),
                day=turn["movement_date"] or row_exit,
                row=turn,
                reason=turn["movement_reason"],
            )
        entered = turn["movement_date"] if turn else None
        returned = bool(exits)
        stale = returned and not (own_day and entered and own_day > entered)
        leaves = says_exit and not (own_day and own_day > self.night) and not stale
        if episode["status"] == "INACTIVE OUT" or leaves:
            if row_exit and entered and row_exit < entered:
                row_exit = None
            return Exit(
                kind=own_kind, day=row_exit, row=None, reason=episode["last_movement_reason"]
            )
        return Exit(kind="held", day=None, row=None)

    def went(self, episode: Row, release: Row) -> Row:
        """Nobody leaves twice: the first of the last releases in a row with this one."""
        rows = next(rows for rows in self.in_a_row(episode) if any(row is release for row in rows))
        dated = [row for row in self.apart(episode, rows)[-1] if row["movement_date"]]
        return min(dated, key=lambda row: row["movement_date"], default=release)

    def in_a_row(self, episode: Row) -> list[list[Row]]:
        """Releases with no other movement between them."""
        found: list[list[Row]] = [[]]
        for row in self.movements(episode):
            if row["movement_type"] == "REL" and kind_of(row["movement_reason"]) == "released":
                found[-1].append(row)
            else:
                found.append([])
        return [rows for rows in found if rows]

    def apart(self, episode: Row, in_a_row: list[Row]) -> list[list[Row]]:
        """Those between which nobody was sentenced; one without a day goes with the next."""
        counted = [self.passed(row) for row in self.sentences(episode) if self.counts(row)]
        days = [row["movement_date"] for row in in_a_row]
        found: dict[int, list[Row]] = {}
        for place, row in enumerate(in_a_row):
            after = [day for day in days[place:] if day]
            before = [day for day in days[:place] if day]
            near = after[0] if after else before[-1] if before else date.min
            found.setdefault(sum(day <= near for day in counted if day), []).append(row)
        return [found[part] for part in sorted(found)]

    def own_kind(self, episode: Row) -> str:
        reason = episode["last_movement_reason"]
        is_exit = episode["last_movement_type"] == "REL" or not has_text(
            episode["last_movement_type"]
        )
        kind = kind_of(reason) if is_exit else "released"
        known_release = reason in ("CR", "NP", "PX", "HR", "HU", "BL", "BD", "RE")
        if kind == "released" and episode["legal_status"] == "DEAD" and not known_release:
            return "died"
        return kind

    def limit(self, episode: Row, term: Term, out: Exit) -> date | None:
        if not out.is_gone:
            return self.night
        if out.day is not None:
            return out.day
        seen = [
            row["movement_date"]
            for row in self.movements(episode)
            if out.row is None or row["movement_sequence"] < out.row["movement_sequence"]
        ]
        first = term.first if term.first and term.first <= self.night else None
        return last([*seen, episode["reception_date"], first])


def kind_of(reason: str | None) -> str:
    if reason in REMOVAL_REASONS:
        return "removed"
    return {"DEC": "died", "HP": "hospital", "UAL": "away", "ESCP": "away", "ET": "centre"}.get(
        reason or "", "released"
    )
