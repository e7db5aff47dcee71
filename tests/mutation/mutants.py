"""The mutants of a module: its code with one small fault each."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.mutation.mutation_record import file_of

_OPERATORS: Final[dict[type[ast.AST], ast.AST]] = {
    ast.Lt: ast.LtE(), ast.LtE: ast.Lt(), ast.Gt: ast.GtE(), ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(), ast.In: ast.NotIn(), ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(), ast.IsNot: ast.Is(), ast.Add: ast.Sub(), ast.Sub: ast.Add(),
    ast.Mult: ast.Add(), ast.FloorDiv: ast.Mult(), ast.BitAnd: ast.BitOr(),
    ast.BitOr: ast.BitAnd(), ast.And: ast.Or(), ast.Or: ast.And(),
}  # fmt: skip
_NAMES: Final = {
    "fmin": "fmax", "fmax": "fmin", "minimum": "maximum", "maximum": "minimum", "min": "max",
    "max": "min", "any": "all", "all": "any", "earliest": "latest", "latest": "earliest",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault: where it is, what stood on its line, what stands there now, the whole text.

    ``function`` is the outermost function or method that holds it, empty for code run at import.
    """

    path: Path
    line: int
    function: str
    was: str
    becomes: str
    turn: int
    text: str

    @property
    def key(self) -> str:
        """A name that outlives changes elsewhere in the file."""
        return f"{file_of(self.path)}: {self.was} -> {self.becomes}" + f" #{self.turn}" * (
            self.turn > 1
        )

    def code(self) -> Any:
        """The module with the fault, compiled."""
        return compile(self.text, str(self.path), "exec")


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in a fixed order."""
    data = path.read_bytes()  # positions in a tree count bytes
    tree = ast.parse(data)
    lines = data.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    turns: Counter[str] = Counter()
    skipped = _no_behaviour(tree)
    functions = _functions(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        for place, new in _faults(node):
            begin = starts[place.lineno - 1] + place.col_offset
            end = starts[(place.end_lineno or 1) - 1] + (place.end_col_offset or 0)
            changed = (data[:begin] + new.encode() + data[end:]).decode()
            line = data.count(b"\n", 0, begin)
            was, becomes = lines[line].decode().strip(), changed.splitlines()[line].strip()
            turns[f"{was} -> {becomes}"] += 1
            yield Mutant(
                path=path,
                line=line + 1,
                function=functions.get(node, ""),
                was=was,
                becomes=becomes,
                turn=turns[f"{was} -> {becomes}"],
                text=changed,
            )


def _faults(node: Any) -> Iterator[tuple[Any, str]]:  # noqa: C901 - a list of cases
    """Nodes to replace and what by."""
    match node:
        case ast.Compare():
            for number, operator in enumerate(node.ops):
                ops = [*node.ops]
                ops[number] = _OPERATORS[type(operator)]
                yield (
                    node,
                    _text(ast.Compare(left=node.left, ops=ops, comparators=node.comparators)),
                )
        case ast.BinOp() if type(node.op) in _OPERATORS:
            swapped: Any = _OPERATORS[type(node.op)]
            yield node, _text(ast.BinOp(left=node.left, op=swapped, right=node.right))
        case ast.BoolOp():
            other: Any = _OPERATORS[type(node.op)]
            yield node, _text(ast.BoolOp(op=other, values=node.values))
        case ast.UnaryOp():
            yield node, _text(node.operand)
        case ast.Constant(value=bool()):
            yield node, repr(not node.value)
        case ast.Constant(value=int()):
            yield node, repr(node.value + 1)
        case ast.Constant(value=str()) if node.value:
            yield node, repr(f"XX{node.value}")
        case ast.Call(func=ast.Attribute(attr=name)) if name in _NAMES:
            func: Any = node.func
            yield func, f"{ast.unparse(func.value)}.{_NAMES[name]}"
        case ast.Call(func=ast.Name(id=name)) if name in _NAMES:
            yield node.func, _NAMES[name]
        case ast.If() | ast.IfExp() | ast.While():
            yield node.test, f"(not {ast.unparse(node.test)})"
        case ast.comprehension():
            for condition in node.ifs:
                yield condition, f"(not ({ast.unparse(condition)}))"
        case ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]):
            yield node, "pass"


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _functions(tree: ast.Module) -> dict[ast.AST, str]:
    """The outermost function or method that each node runs in; not its defaults or decorators."""
    found: dict[ast.AST, str] = {}
    for holder in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        prefix = f"{holder.name}." if isinstance(holder, ast.ClassDef) else ""
        for function in (node for node in holder.body if isinstance(node, ast.FunctionDef)):
            inside = (node for statement in function.body for node in ast.walk(statement))
            found |= dict.fromkeys(inside, prefix + function.name)
    return found


def _no_behaviour(tree: ast.Module) -> set[ast.AST]:  # noqa: C901 - a list of cases
    """What no test could or should notice.

    Docstrings, assertions, annotations, aliases of types, decorators, ``__all__``; the text of
    f-strings (messages); whether ``zip`` compares lengths and a model can be written to; and the
    number in ``-1``, which means none: any negative number would, so that only its sign is changed.
    """
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        parts: list[Any] = []
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.JoinedStr():
                parts.append(node)
            case ast.arg() | ast.AnnAssign():
                parts.append(node.annotation)
            case ast.FunctionDef():
                parts += [node.returns, *node.decorator_list]
            case ast.ClassDef():
                parts += node.decorator_list
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                parts.append(node)
            case ast.Assign(targets=[ast.Name(id="__all__" | "Text" | "_START" | "_END")]):
                parts.append(node)
            case ast.Subscript(value=ast.Name(id="Annotated")):
                parts.append(node)
            case ast.keyword(arg="strict" | "frozen" | "repr"):
                parts.append(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
                parts.append(node.operand)
        for part in parts:
            found |= set(ast.walk(part)) if part is not None else set()
    return found
