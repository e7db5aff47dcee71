"""docs/views.md: it names every view and column that the warehouse has, and its examples work."""

import re

import pandas as pd
import pytest
import sqlalchemy as sa

from jobs.runtime.settings import ROOT
from jobs.warehouse.ddl.views_page import EXAMPLES, views_markdown


def test_every_view_and_column_of_the_warehouse_is_named_with_its_meaning(
    warehouse: sa.Engine,
) -> None:
    columns = pd.read_sql(
        sa.text(
            "SELECT table_schema || '.' || table_name AS view, column_name FROM "
            "information_schema.columns WHERE table_schema IN ('report', 'quality')"
        ),
        warehouse,
    )
    sections = re.split(r"\n## `", views_markdown())[1:]
    told = {
        (section.partition("`")[0], column)
        for section in sections
        for column in re.findall(r"^\| `(\w+)` \| \S", section, re.MULTILINE)
    }
    assert told == set(columns.itertuples(index=False, name=None))


@pytest.mark.parametrize("tool", EXAMPLES)
def test_an_example_is_answered_and_stands_on_the_page(warehouse: sa.Engine, tool: str) -> None:
    assert EXAMPLES[tool] in (ROOT / "docs" / "views.md").read_text(encoding="utf-8")
    with warehouse.connect() as connection:
        assert connection.execute(sa.text(EXAMPLES[tool])).keys()


def test_the_pieces_of_python_are_python() -> None:
    pieces = re.findall(r"```python\n(.*?)```", views_markdown(), re.DOTALL)
    assert len(pieces) == 2
    for piece in pieces:
        compile(piece, "views.md", "exec")
