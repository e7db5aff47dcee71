"""The command that tries proposed rules on nights that were published."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.commands.options import AsOf


def policy_try(
    proposed: Annotated[Path, typer.Argument(help="TOML file of overrides, or of whole rules.")],
    as_of: AsOf,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Try every published night from this one on."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(help="Reference of an episode: its reasons under both, instead of the page."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; empty: trials, in the data folder.")
    ] = None,
) -> None:
    """Try proposed rules on the data of a night: who is concerned, and what it takes.

    Writes a page that is marked as a trial, and CSV files beside it. Nothing is published.
    """
    from jobs.assess import changed_rules, load_proposed
    from jobs.operate.databases import warehouse
    from jobs.operate.site_rules.rules_of_night import SiteRules
    from jobs.report import explain as explain_episode
    from jobs.runtime.files import file_digest
    from jobs.runtime.settings import load_settings
    from jobs.trial import RuleTrial, TrialNight, nights_to_try
    from jobs.trial.page import trial_lines, write_trial

    settings = load_settings()
    trials = []
    with warehouse(settings) as engine:
        chosen = nights_to_try(engine, as_of=as_of.date(), since=since.date() if since else None)
        for publication in chosen:
            night = TrialNight.of(
                publication, engine=engine, landings=settings.data_dir / "landing"
            )
            policy = SiteRules.of(publication.manifest["decisions"]).policy
            under = load_proposed(policy, proposed)
            trial = RuleTrial(night=night, before=night.under(policy), after=night.under(under))
            trials.append(trial)
    trial = trials[-1]
    if explain is not None:
        for words, facts in (("In force", trial.before), ("Proposed", trial.after)):
            typer.echo(f"{words}\n{explain_episode(explain, facts)}")
        return
    name = f"{as_of:%Y-%m-%d}-{proposed.stem}-{file_digest(proposed)[:8]}"
    folder = (out or settings.data_dir / "trials") / name
    write_trial(trials, changed=changed_rules(policy, under), folder=folder)
    for line in trial_lines(trial):
        typer.echo(line)
    typer.echo(f"Page: {folder / 'index.html'}")
