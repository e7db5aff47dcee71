"""On which line of a rule file something stands."""

from typing import Any

import pytest

from jobs.assess.policy.toml_lines import line_of

TEXT = """# A remark.
title = "above all tables"

[[rule]]
id = "one"
  says = "indented"

[[rule.period]]
to = 2004-01-01
[[rule.period]]
from = 2004-01-01
numbers = { months = 12 }
[ site ]
owner = "somebody"
[site.contact]
mail = "none"

[[rule]]
id = "two"
[rule.notes]
text = "x = y"
[[rule.period]]
[[rule.period]]
[[rule.period]]
to = 2005-01-01
"""

PLACES = [
    pytest.param(("title",), 2, id="a key above all tables"),
    pytest.param(("rule", 0), 4, id="the first table of a list"),
    pytest.param(("rule", 0, "id"), 5, id="its first key"),
    pytest.param(("rule", 0, "says"), 6, id="an indented key"),
    pytest.param(("rule", 0, "period", 0), 8, id="the first table of a list in a list"),
    pytest.param(("rule", 0, "period", 0, "to"), 9, id="its key"),
    pytest.param(("rule", 0, "period", 1), 10, id="the second"),
    pytest.param(("rule", 0, "period", 1, "from"), 11, id="the second one's key"),
    pytest.param(("rule", 0, "period", 1, "numbers", "months"), 12, id="inside an inline table"),
    pytest.param(("rule", 0, "period", 1, "citation"), 10, id="a missing key: its table"),
    pytest.param(("rule", 0, "period", 2, "to"), 4, id="a missing table: the one around it"),
    pytest.param(("site",), 13, id="a table that is no list, with spaces"),
    pytest.param(("site", "owner"), 14, id="its key, once"),
    pytest.param(("site", "contact"), 15, id="a table in a table"),
    pytest.param(("site", "contact", "mail"), 16, id="the key of a table in a table"),
    pytest.param(("rule", 1), 18, id="the second table of the list"),
    pytest.param(("rule", 1, "id"), 19, id="the second one's first key"),
    pytest.param(("rule", 1, "notes"), 20, id="a table in the second one"),
    pytest.param(("rule", 1, "notes", "text"), 21, id="a value that looks like a key"),
    pytest.param(("rule", 1, "period", 0), 22, id="the inner list starts anew"),
    pytest.param(("rule", 1, "period", 2), 24, id="the third of it"),
    pytest.param(("rule", 1, "period", 2, "to"), 25, id="the third one's key"),
    pytest.param(("rule", 2), 1, id="a table that is not there"),
    pytest.param((), 1, id="nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "line"), PLACES)
def test_the_line_of_a_place(where: tuple[Any, ...], line: int) -> None:
    assert line_of(TEXT, where) == line
