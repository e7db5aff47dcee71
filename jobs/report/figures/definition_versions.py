"""What of a figure may not change under one version (`jobs.contract.versions`)."""

from jobs.report.figures.figure import Figure
from jobs.runtime.files import text_digest


def definition_digest(figure: Figure) -> str:
    """Digest of what a figure counts; its title and owner may change freely."""
    parts = (figure.definition, figure.population, figure.unit, figure.groups)
    return text_digest(*parts, *figure.series_breaks)
