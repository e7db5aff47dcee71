"""The page of a trial of rules: one file, marked as a trial from head to foot."""

from collections.abc import Iterable, Sequence

from jobs.report.site.site import SERVICE, PageSection, asset, environment


def render_trial(
    *,
    night: str,
    notice: str,
    lead: str,
    lines: Sequence[str],
    about: str,
    sections: Iterable[PageSection],
) -> str:
    """The page, whole in one file.

    Args:
        night: the night on whose data the rules were tried.
        notice: that it is a trial.
        lead: what the trial found, in a sentence.
        lines: further sentences.
        about: what it was tried on.
        sections: tables under their titles.
    """
    return (
        environment()
        .get_template("trial.html.j2")
        .render(
            service=SERVICE,
            css=asset("site.css"),
            script=asset("site.js"),
            night=night,
            notice=notice,
            lead=lead,
            lines=lines,
            about=about,
            sections=list(sections),
        )
    )
