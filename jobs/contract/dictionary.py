"""docs/data-dictionary.md, generated from the contract and the declared results."""

from collections.abc import Iterable, Mapping, Sequence

from jobs.contract.registers import CONTRACT_VERSION, REGISTERS
from jobs.contract.results import DECISIONS, NIGHTLY
from jobs.contract.schema import CodeList, Field, Table

_HEAD = f"""# Data dictionary

Generated from `jobs/contract/`; do not edit. Contract version {CONTRACT_VERSION}.

Dates are calendar dates in England and Wales, timestamps are UTC. *Personal* marks a value that
identifies a person: it stays out of logs, emails, error messages and check results. Everybody in
the demonstration data is invented.
"""


def data_dictionary_markdown() -> str:
    """The text of ``docs/data-dictionary.md``: every table, field and code list."""
    results = {**NIGHTLY, DECISIONS.full_name: DECISIONS}
    groups: list[tuple[str, Mapping[str, Table]]] = [
        *((f"The {name} register", tables) for name, tables in REGISTERS.items()),
        ("The results of a night", results),
    ]
    parts = [_HEAD, _contents(groups)]
    for title, tables in groups:
        parts.append(f"## {title}\n")
        parts += [_table(table) for table in tables.values()]
    parts.append("## Code lists\n")
    parts += [_codes(codes) for codes in _code_lists(tables for _, tables in groups)]
    return "\n".join(parts)


def _contents(groups: Iterable[tuple[str, Mapping[str, Table]]]) -> str:
    lines = []
    for title, tables in groups:
        names = ", ".join(f"[{name}](#{_anchor(name)})" for name in tables)
        lines.append(f"- {title}: {names}")
    return "\n".join([*lines, "- [Code lists](#code-lists)"]) + "\n"


def _table(table: Table) -> str:
    lines = [
        f"### {table.full_name}",
        "",
        f"One row is {table.row}. Key: {', '.join(f'`{name}`' for name in table.key)}."
        + (" Must have rows." if not table.may_be_empty else ""),
        "",
        _row(["Field", "Type", "Required", "Meaning", "Codes", "Personal", "Source"]),
        _row(["---"] * 7),
    ]
    lines += [_field(table, field) for field in table.fields]
    return "\n".join(lines) + "\n"


def _field(table: Table, field: Field) -> str:
    meaning = field.meaning
    if field.unit:
        meaning += f" ({field.unit})"
    if field.shape is not None and table.space in REGISTERS:
        meaning += f" ({field.shape.name})"
    if field.name in table.parents:
        meaning += f"; refers to `{table.parents[field.name]}`"
    codes = field.codes
    return _row(
        [
            f"`{field.name}`",
            str(field.kind),
            "" if field.nullable else "yes",
            meaning,
            f"[{codes.name}](#{_anchor(codes.name)})" if codes else "",
            "yes" if field.personal else "",
            field.source,
        ]
    )


def _code_lists(groups: Iterable[Mapping[str, Table]]) -> list[CodeList]:
    lists = {
        field.codes.name: field.codes
        for tables in groups
        for table in tables.values()
        for field in table.fields
        if field.codes is not None
    }
    return [lists[name] for name in sorted(lists)]


def _codes(codes: CodeList) -> str:
    lines = [f"### {codes.name}", "", f"Source: {codes.source}.", ""]
    lines += [_row(["Code", "Meaning"]), _row(["---", "---"])]
    lines += [_row([f"`{entry.code}`", entry.meaning]) for entry in codes.codes]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _anchor(heading: str) -> str:
    kept = "".join(char for char in heading.lower() if char.isalnum() or char in " -_")
    return kept.replace(" ", "-")
