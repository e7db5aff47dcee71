"""One night in order: the whole architecture on one page.

``extract -> check -> link -> assess -> report -> publish``. Each step reads what the steps before
it left in the run's folder and leaves its own part there, whole or not at all, so a step can be
killed and run again. Between steps only ids and small counts travel. The steps know nothing of
each other: what one needs of another comes in here, as an argument.
"""

import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from expectations import EXCEPTIONS, suite
from jobs.assess import assess, assess_lists
from jobs.check import (
    Audited,
    check_night,
    check_results_of_night,
    failed_critical,
    refuse_override_of,
)
from jobs.check.corrections import write_corrections
from jobs.contract import immigration, results
from jobs.contract.registers import REGISTERS
from jobs.contract.schema import TablesOnDemand
from jobs.extract import land
from jobs.link import Model, engine_named, link_registers, model_of
from jobs.notify import limited_readers
from jobs.operate.attestation import publish_attested
from jobs.operate.databases import databases, page_warehouse, warehouse
from jobs.operate.earlier_publications import (
    FOLLOWS,
    earlier_figures,
    earlier_table,
    followed_by,
    shown_beside,
)
from jobs.operate.model_registry import model_in_use
from jobs.operate.rebase import COMPARED_WITH, compared_with, explained_since, versions_of
from jobs.operate.run.described import described, read_by_pages
from jobs.operate.run.kept_check_history import HISTORY, keep_history, kept_history, read_history
from jobs.operate.run.night_manifest import (
    MANIFEST,
    TRUSTED,
    checks_input,
    checks_of,
    left_manifest,
    manifest_text,
    night_manifest,
    refuse_other_texts,
    trusted_texts,
)
from jobs.operate.run.placing import PUBLICATION, place_files, published_by, verdict_stands
from jobs.operate.run.run_folder import Frames, RunFolder, frame_digest, measured
from jobs.operate.run.run_outcomes import complete, record_failure, record_killed, record_published
from jobs.operate.run.unchanged_steps import standing_publication, taken_over
from jobs.operate.site_rules.exceptions_of_night import SiteExceptions, exceptions_of_file
from jobs.operate.site_rules.rules_of_night import SiteRules, site_rules
from jobs.planted import try_on_night
from jobs.report import build_report, render_pages
from jobs.report.movement import Position
from jobs.runtime.files import canonical_json, locked
from jobs.runtime.progress import steps
from jobs.warehouse import (
    CheckOverride,
    Manifest,
    audit_written,
    decisions,
    known_identities_digest,
    latest_identities,
    publications,
    record_answer,
)
from jobs.warehouse.store.publishing import DESPITE

Counts = dict[str, int]
MODEL: Final = "model.json"


@dataclass(frozen=True, kw_only=True)
class Night(RunFolder):
    """One run of the job for one as-of date: its steps, in order.

    ``despite`` is a named person's word that it is published in spite of failed checks, ``actor``
    who he is by Airflow's login; None where the database knows who is at work.
    """

    seals: dict[str, str] | None = field(default_factory=dict, compare=False, repr=False)
    despite: CheckOverride | None = None
    actor: str | None = None

    @measured
    def extract(self, register: str, *, fetch_again: bool = False) -> Counts:
        """Copy one register to its landing, unless the landing has it; give rows by table."""
        with databases(self.settings) as opened:
            landing = land(
                register=register,
                source=opened.register(register),
                mapping=getattr(self.settings, f"{register}_mapping"),
                as_of=self.as_of,
                folder=self.landings,
                refetch=fetch_again,
                silence=self.settings.silence_seconds,
            )
        self.seal_landing(landing)
        return {name: table.rows for name, table in landing.manifest.tables.items()}

    @measured
    def check(self) -> Counts:
        """Check the landings: contract, row rules, quality gate; stop if a critical check fails."""
        trusted = trusted_texts(self, exceptions=EXCEPTIONS)
        follows = followed_by(self.settings, as_of=self.as_of)
        if self.despite is not None:
            refuse_override_of(self.despite.rules, suite=suite())
        with warehouse(self.settings) as engine:
            history, nights = read_history(engine, as_of=self.as_of)
            excepted = exceptions_of_file(engine, EXCEPTIONS, suite=suite, as_of=self.as_of)
        inputs = {FOLLOWS: follows, "nights_before": nights, **excepted.named}
        if self.despite is not None:
            inputs[DESPITE] = self._answer(self.despite).as_json()
        if stands := taken_over(self, "check", reads={**inputs, **trusted}):
            return stands
        asked = excepted.on(suite())
        checked = check_night(tables=self.landed(), as_of=self.as_of, suite=asked, history=history)
        with self.leaving(HISTORY) as folder:
            keep_history(history, folder)
        with self.leaving("corrections") as folder:
            write_corrections(
                to_mend=checked.to_mend,
                results=checked.results,
                faults=checked.faults,
                folder=folder,
            )
        self.leave(
            "check",
            {
                results.ROW_COUNTS.full_name: checked.row_counts,
                results.QUARANTINE.full_name: checked.quarantine,
                results.CHECK_RESULTS.full_name: checked.results,
                results.PROFILE.full_name: checked.profile,
                results.FAULTS.full_name: checked.faults,
                results.FAULTY_ROWS.full_name: checked.faulty_rows,
            },
            accepted=checked.tables,
            inputs=inputs,
            texts={TRUSTED: canonical_json(trusted)},
        )
        checked.stop_if_critical(despite=self.despite.rules if self.despite else ())
        return {
            "accepted": int(checked.row_counts["accepted"].sum()),
            "quarantined": int(checked.row_counts["quarantined"].sum()),
        }

    @measured
    def link(self) -> Counts:
        """Link the persons of both registers and give each its identity."""
        with warehouse(self.settings) as engine:
            decided = decisions(engine)
            known = latest_identities(engine, before=self.as_of)
            inputs = self.inputs("check")
            inputs |= {
                "decisions": frame_digest(decided),
                "known_identities": known_identities_digest(engine, before=self.as_of),
                **checks_input(engine, as_of=self.as_of),
            }
            file, follows = self.settings.policy_overrides, inputs[FOLLOWS]
            inputs |= site_rules(engine, file=file, as_of=self.as_of, follows=follows).named
            model = model_in_use(engine)
            inputs[COMPARED_WITH] = compared_with(
                engine,
                manifest=night_manifest(self, decisions=inputs, model=model).as_json(),
                as_of=self.as_of,
                follows=inputs[FOLLOWS],
            )
        with_model = {**inputs, MODEL: model.digest, "link_engine": self.settings.link_engine}
        if stands := taken_over(self, "link", reads=with_model):
            return stands
        linked = link_registers(
            tables=self.accepted(),
            decisions=decided,
            previous_identities=known,
            model=model,
            engine=engine_named(self.settings.link_engine, store=self.settings.shared_store),
        )
        self.leave(
            "link",
            {
                results.LINKS.full_name: linked.links,
                results.IDENTITIES.full_name: linked.identities,
                results.IDENTITY_CHANGES.full_name: linked.identity_changes,
            },
            inputs=inputs,
            texts={MODEL: model.text},
        )
        outcomes = linked.links["outcome"].value_counts()
        persons = self.accepted_rows(immigration.PERSONS.full_name)
        return {**{str(k): int(v) for k, v in outcomes.items()}, "immigration_persons": persons}

    @measured
    def assess(self) -> Counts:
        """Assess every custody episode against the rules in force."""
        refuse_other_texts(self, exceptions=EXCEPTIONS)
        if stands := taken_over(self, "assess", reads={}):
            return stands
        facts = self.facts("check", "link")
        earlier = functools.partial(earlier_table, self.settings, self.inputs("check")[FOLLOWS])
        given: dict[str, Any] = {
            "tables": self.accepted(),
            "links": facts[results.LINKS.full_name],
            "identities": facts[results.IDENTITIES.full_name],
            "as_of": self.as_of,
            "quarantine": facts[results.QUARANTINE.full_name],
            "previous_assessments": earlier(results.ASSESSMENTS),
        }
        rules = SiteRules.of(self.inputs("link"))
        discrepancies = earlier(results.DISCREPANCIES)
        assessed = assess(**given, policy=rules.policy, previous_discrepancies=discrepancies)
        self.leave(
            "assess",
            {
                results.ASSESSMENTS.full_name: assessed.assessments,
                results.RELEASES.full_name: assessed.releases,
                results.CASEWORK.full_name: assessed.casework,
                results.REASONS.full_name: assessed.reasons,
                results.FLAGS.full_name: assessed.flags,
                results.DISCREPANCIES.full_name: assessed.discrepancies,
                **rules.effects(assessed.lists, under=functools.partial(assess_lists, **given)),
            },
        )
        return {str(k): int(v) for k, v in assessed.assessments["status"].value_counts().items()}

    @measured
    def report(self) -> Counts:
        """Compute figures and lists, audit them, and render the pages, all before publishing."""
        refuse_other_texts(self, exceptions=EXCEPTIONS)
        shown = earlier_figures(self.settings, as_of=self.as_of)
        reads = {**read_by_pages(self.settings), "earlier figures": frame_digest(shown)}
        if stands := taken_over(self, "report", reads=reads):
            return stands
        facts = self.facts("check", "link", "assess")
        tables, counted = self.accepted(), checks_of(self)
        reported = build_report(
            tables=tables,
            facts=facts,
            as_of=self.as_of,
            checks=counted,
            notices=earlier_table(self.settings, self.inputs("check")[FOLLOWS], results.NOTICES),
            notice_days=self.settings.notice_days,
        )
        made = reported.tables
        manifest = night_manifest(
            self, decisions=self.inputs("link"), model=self._model(), facts=facts | made
        )
        made |= self._explained(facts | made, manifest, tables)
        history = kept_history(self.part(HISTORY))
        asked = SiteExceptions.of(self.inputs("check")).on(suite())
        audited = check_results_of_night(
            facts=facts | made, as_of=self.as_of, suite=asked, history=history
        )
        checks = [facts[results.CHECK_RESULTS.full_name], audited.results]
        made[results.CHECK_RESULTS.full_name] = found = pd.concat(checks, ignore_index=True)
        facts |= made
        self.leave("audit", {results.CHECK_RESULTS.full_name: found})
        override = self._override()
        audited.stop_if_critical(despite=override.rules if override else ())
        if override:
            override.refuse_idle(failed_critical(found)["check_id"])
        with self.leaving("site") as folder:
            render_pages(
                facts=facts,
                about=described(self, manifest=manifest, override=override),
                folder=folder,
                readers=limited_readers(self.settings.recipients),
                history=shown,
                earlier=shown_beside(
                    self.settings,
                    self.inputs("check")[FOLLOWS],
                    checks=history.of(results.CHECK_RESULTS),
                ),
            )
        texts = {PUBLICATION: manifest.publication_id, MANIFEST: manifest_text(manifest)}
        self.leave("report", made, texts=texts)
        return {"figures": len(reported.figures), "backlog": len(reported.backlog)}

    def publish(self) -> str:
        """Write everything, audit what was written and make it current, in one transaction."""
        committed: list[str] = []
        with verdict_stands(self.as_of, committed), warehouse(self.settings) as engine:
            earlier = {found.publication_id for found in publications(engine, as_of=self.as_of)}
            made = self._publish(engine, committed)
            record_published(engine, self, publication_id=made, is_known=made in earlier)
        return made

    @measured
    def _publish(self, engine: sa.Engine, committed: list[str]) -> str:
        """Publish; ``committed`` takes the id at once, whatever happens after."""
        manifest, override = left_manifest(self), self._override()
        if standing_publication(engine, self, publication_id=manifest.publication_id):
            committed.append(manifest.publication_id)
            return manifest.publication_id
        facts = self.facts("check", "link", "assess", "report")
        # What stopped a step stops here too: somebody may have marked its task as a success.
        results_of_checks = Audited(results=facts[results.CHECK_RESULTS.full_name])
        results_of_checks.stop_if_critical(despite=override.rules if override else ())
        return publish_attested(
            engine,
            settings=self.settings,
            manifest=manifest,
            tables=facts,
            audit=audit_written,
            override=override,
            committed=committed,
        ).publication_id

    def place(self) -> None:
        """Put pages and corrections where readers find them; `NotPlaced` where that fails."""
        with verdict_stands(self.as_of, published_by(self)):
            try_on_night(self)
            self._place()
            complete(self)

    @measured
    def _place(self) -> None:
        place_files(self)

    def note_killed(self, step: str) -> None:
        """Write into the run log that an attempt at a step was killed; nobody else could."""
        record_killed(self, step)

    def _answer(self, word: CheckOverride) -> CheckOverride:
        """Record who answers for failed checks."""
        opened = warehouse if self.actor is None else page_warehouse
        with opened(self.settings) as engine:
            return record_answer(engine, as_of=self.as_of, answer=word, actor=self.actor)

    def _override(self) -> CheckOverride | None:
        """The word under which this night's check let failures pass."""
        word = self.inputs("check").get(DESPITE)
        return None if word is None else CheckOverride.from_json(word)

    def _explained(self, facts: Frames, manifest: Manifest, tables: TablesOnDemand) -> Frames:
        """What moved since the publication compared with, and what closed which line."""
        after = Position(
            as_of=self.as_of,
            publication_id=manifest.publication_id,
            versions=versions_of(manifest.as_json()),
            facts=facts,
        )
        return explained_since(
            manifest.decisions,
            after=after,
            settings=self.settings,
            policy=SiteRules.of(self.inputs("link")).policy,
            model=self._model(),
            cases=tables[immigration.CASES.full_name]["case_id"].to_pylist(),
        )

    def _model(self) -> Model:
        """The model that this run's links were made with."""
        return model_of(self.part("link").text(MODEL), where="the model of this run")


def run_night(night: Night, *, fetch_again: bool = False, dry_run: bool = False) -> str:
    """Run every step without Airflow; give the publication's id, empty after a dry run.

    A dry run leaves every step's part in the run's folder and publishes nothing.

    Raises:
        BadInput: something delivered is wrong, or a critical check failed; nothing is published.
        NotPlaced: it is published, but its pages are not where readers find them.
    """
    lock = night.folder.with_suffix(".lock")
    with (
        locked(lock, f"the night of {night.as_of}"),
        steps(f"night of {night.as_of}", 6) as progress,
    ):
        try:
            progress.start("extract")
            with ThreadPoolExecutor() as side_by_side:
                extract = functools.partial(night.extract, fetch_again=fetch_again)
                list(side_by_side.map(extract, REGISTERS))
            for step in (night.check, night.link, night.assess, night.report):
                progress.start(step.__name__)
                step()
            if dry_run:
                return ""
            progress.start("publish")
            publication_id = night.publish()
        except BaseException as error:
            record_failure(night, error)
            raise
        night.place()
        return publication_id
