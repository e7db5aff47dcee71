"""The data dictionary holds every table, field and code of the contract and the results."""

import re

from jobs.contract.dictionary import data_dictionary_markdown
from jobs.contract.registers import TABLES
from jobs.contract.results import NIGHTLY


def test_every_table_field_and_code_is_in_the_dictionary() -> None:
    text = data_dictionary_markdown()
    for table in [*TABLES.values(), *NIGHTLY.values()]:
        section = text.split(f"\n### {table.full_name}\n")[1].split("\n### ")[0]
        for field in table.fields:
            assert f"| `{field.name}` | {field.kind} |" in section
            if field.codes is not None:
                codes = text.split(f"\n### {field.codes.name}\n")[1].split("\n### ")[0]
                assert all(f"| `{code}` |" in codes for code in field.codes.values)


def test_every_link_leads_to_a_heading() -> None:
    text = data_dictionary_markdown()
    headings = {
        re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\(#([^)]+)\)", text)) <= headings


def test_personal_fields_are_marked() -> None:
    line = next(
        line
        for line in data_dictionary_markdown().splitlines()
        if line.startswith("| `date_of_birth` |")
    )
    assert line.split("|")[6].strip() == "yes"
