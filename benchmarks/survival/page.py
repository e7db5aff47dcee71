"""The figures of the long forms in ``docs/promises.md``, a line for each, between two marks."""

from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "promises.md"
BEGIN: Final = "<!-- figures: python -m benchmarks.survival ... --page -->"
END: Final = "<!-- end of the figures -->"


def write_line(name: str, said: str, *, page: Path = PAGE) -> None:
    """Put the figures of a run into the page, in place of those of the run before.

    Args:
        name: which command it was; a line begins with it.
        said: the figures, one sentence.
        page: the page.
    """
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    kept, after = rest.split(END, 1)
    lines = dict(line.removeprefix("- ").split(": ", 1) for line in kept.splitlines() if line)
    lines[name] = said
    listed = "".join(f"- {each}: {lines[each]}\n" for each in sorted(lines))
    page.write_text(f"{before}{BEGIN}\n\n{listed}\n{END}{after}", encoding="utf-8")
