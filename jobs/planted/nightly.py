"""The planted cases of a night that was published: tried, written down and told of."""

import logging

from jobs.contract import results
from jobs.contract.proof.failure_kinds import PlantedCases
from jobs.contract.registers import REGISTERS
from jobs.link import model_of
from jobs.operate.databases import warehouse
from jobs.operate.run.placing import publication_of
from jobs.operate.run.run_folder import RunFolder, measured
from jobs.operate.run.step_records import one_line
from jobs.operate.site_rules.rules_of_night import SiteRules
from jobs.planted.self_test import try_planted
from jobs.warehouse import planted_cases, record_planted

log = logging.getLogger(__name__)
MODEL = "model.json"


def try_on_night(run: RunFolder) -> PlantedCases | None:
    """Try planted cases on a published night, once, and write down what came of them.

    The same publication gives the same sample and the same answer, so they are tried again only
    where the test could not be made.

    What fails here undoes no night: it is written down as a test that could not be made, which is
    told as loudly as a case that was not found. None where not even that could be written. A test
    of which only what it took could not be written is one that was made.
    """
    try:
        cases = _recorded(run)
        if _is_made(cases):
            return cases
        try:
            self_test(run)
        except Exception as error:  # noqa: BLE001 - the night is published, whatever fails here
            log.warning("what the planted cases took is not known: %s", one_line(error))
            if not _is_made(_recorded(run)):
                _record(run, _unmeasured(run))
        cases = _recorded(run)
    except Exception as unwritten:  # noqa: BLE001
        log.warning("what became of the planted cases is not written: %s", one_line(unwritten))
        return None
    for warning in cases.warnings if cases else ():
        log.warning("%s", warning)
    return cases


@measured
def self_test(run: RunFolder) -> dict[str, int]:
    """Try planted cases on the run's landings, and write down what came of them."""
    cases = try_on(run)
    _record(run, cases)
    return {
        "planted": sum(cases.planted.values()),
        "found": sum(cases.found.values()),
        "blamed": cases.blamed,
    }


def try_on(run: RunFolder) -> PlantedCases:
    """Try planted cases on a run's landings, under its own model and rules; nothing is written."""
    landings = [run.landing(register) for register in REGISTERS]
    return try_planted(
        files={
            name: landing.folder / table.file
            for landing in landings
            for name, table in landing.manifest.tables.items()
        },
        links=results.LINKS.of(run.facts("link")),
        as_of=run.as_of,
        seed=publication_of(run.folder),
        model=model_of(run.part("link").text(MODEL), where="the model of this run"),
        policy=SiteRules.of(run.inputs("link")).policy,
    )


def _is_made(cases: PlantedCases | None) -> bool:
    return cases is not None and not cases.failure


def _unmeasured(run: RunFolder) -> PlantedCases:
    """The planted cases on a run whose folder takes no record; why not, where they fail too."""
    try:
        return try_on(run)
    except Exception as error:  # noqa: BLE001 - as above
        return PlantedCases(planted={}, found={}, failure=one_line(error))


def _record(run: RunFolder, cases: PlantedCases) -> None:
    with warehouse(run.settings) as engine:
        record_planted(engine, publication_id=publication_of(run.folder), cases=cases)


def _recorded(run: RunFolder) -> PlantedCases | None:
    with warehouse(run.settings) as engine:
        return planted_cases(engine, publication_id=publication_of(run.folder))
