"""The house's limits on size. Raise one only in a commit of its own."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "matside"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300
MOST_PARAMETERS = 5
MOST_FUNCTION_LINES_P90 = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(text: str) -> set[int]:
    """Lines that hold code: no comment, no docstring, not blank."""
    skipped = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            lines.difference_update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return lines


def functions(module: Path) -> list[tuple[str, Function, int]]:
    text = module.read_text(encoding="utf-8")
    lines = code_lines(text)
    return [
        (
            f"{module.relative_to(PACKAGE)}:{node.lineno} {node.name}",
            node,
            sum(1 for line in lines if node.lineno <= line <= (node.end_lineno or 0)),
        )
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    ]


def is_command(node: Function) -> bool:
    """What a command takes are the options that a person sees: their number is a matter of its page."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_has_no_more_than_300_lines_of_code(module):
    lines = len(code_lines(module.read_text(encoding="utf-8")))
    assert lines <= MOST_LINES


def test_no_function_takes_more_than_five_parameters():
    too_many = []
    for module in MODULES:
        for name, node, _ in functions(module):
            arguments = node.args
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            own = [argument for argument in given if argument.arg not in ("self", "cls")]
            if len(own) > MOST_PARAMETERS and not is_command(node):
                too_many.append(name)
    assert too_many == []


def test_nine_functions_of_ten_have_no_more_than_30_lines():
    lengths = sorted((length, name) for module in MODULES for name, _, length in functions(module))
    length, name = lengths[int(len(lengths) * 0.9)]
    assert length <= MOST_FUNCTION_LINES_P90, (
        f"{name}, and those above it: {lengths[int(len(lengths) * 0.9) :]}"
    )


def test_no_module_is_named_for_nothing_in_particular():
    vague = {"utils", "util", "helpers", "helper", "manager", "service", "base", "common", "misc"}
    assert [module for module in MODULES if set(module.stem.split("_")) & vague] == []


def test_no_length_of_time_goes_without_its_unit():
    bare = {"timeout", "duration", "delay", "interval"}
    found = []
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            name = node.arg if isinstance(node, ast.arg) else None
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name = node.id
            if name and name.lower() in bare:
                found.append(f"{module.relative_to(PACKAGE)}:{node.lineno} {name}")
    assert found == []


def test_every_module_says_what_lives_there():
    without = [m for m in MODULES if not ast.get_docstring(ast.parse(m.read_text(encoding="utf-8")))]
    assert without == []
