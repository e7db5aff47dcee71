"""The picture of a night's first page in ``docs/pictures``, taken with Chromium after ``make run``.

::

    make picture
"""

import argparse
import io
from pathlib import Path
from typing import Final

from PIL import Image

from benchmarks.samples.browser import browser, quiet_page
from jobs.runtime.settings import ROOT, load_settings

WIDTH: Final = 1120
HEIGHT: Final = 1560
COLOURS: Final = 64
TARGET: Final = ROOT / "docs" / "pictures" / "first-page.png"


def main() -> None:
    """Take the picture of the first page of a published night."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--as-of", default="2006-04-25")
    page_of_night: Path = load_settings().data_dir / "pages" / given.parse_args().as_of
    with browser() as opened, quiet_page(opened, width=WIDTH) as page:
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto((page_of_night / "index.html").as_uri())
        taken = Image.open(io.BytesIO(page.screenshot()))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
