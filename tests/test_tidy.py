"""The rules of the house that no other tool keeps."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("domain", "store", "registry", "documents", "web")
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
#: Migrations are generated from the tables and never edited again: they are as long as they are.
GENERATED = "migrations/versions/"
NOT_OURS = ROOT / "app" / "static" / "vendor"

#: Modules without a test of the same name, each with the reason.
TESTED_ELSEWHERE: dict[str, str] = {}


def test_a_file_can_be_read_in_one_sitting() -> None:
    lengths = {name: text.count("\n") for name, text in texts(".py", ".html", ".js").items()}
    assert not {
        name: lines
        for name, lines in lengths.items()
        if lines > LINES_MAX and not name.startswith(GENERATED)
    }


def test_a_function_fits_on_a_screen() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": length
        for name, node in functions()
        if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
        and not name.startswith(GENERATED)
    }
    assert not long


def test_a_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, tree in modules().items()
        if tree.body and not (ast.get_docstring(tree) or "").split("\n")[0].endswith((".", "…"))
    ]
    assert not silent


def test_a_word_has_a_test_of_its_name() -> None:
    words = {f"{layer}/{path.stem}" for layer in LAYERS for path in words_in("app", layer)}
    tested = {
        f"{layer}/{path.stem.removeprefix('test_')}"
        for layer in LAYERS
        for path in words_in("tests", layer)
    }
    assert sorted(words - tested) == sorted(TESTED_ELSEWHERE)
    assert not tested - words, "these tests have outlived what they tested"


def test_the_domain_needs_nothing_but_python() -> None:
    foreign = {
        f"{name} imports {imported}"
        for name, tree in modules().items()
        if name.startswith("app/domain/")
        for imported in imports(tree)
        if imported.partition(".")[0] not in sys.stdlib_module_names
        and not imported.startswith("app.domain")
    }
    assert not foreign


def test_a_template_has_a_view_or_another_template_that_uses_it() -> None:
    folder = ROOT / "app" / "templates"
    using = "\n".join(
        text for name, text in texts(".py", ".html", ".txt").items() if name.startswith("app/")
    )
    templates = [str(path.relative_to(folder)) for path in files() if folder in path.parents]
    assert not [name for name in templates if f'"{name}"' not in using and f"'{name}'" not in using]


def test_an_alias_is_used_only_in_queries_that_are_built_with_their_module() -> None:
    """Threads that touch a column of an alias first and together may get the table's (2.1)."""
    used = []
    for name, tree in modules().items():
        aliases = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("aliased(")
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        within = [node for node in ast.walk(tree) if aliases and isinstance(node, ast.FunctionDef)]
        used += [
            f"{name}:{part.lineno} {part.id}"
            for function in within
            for part in ast.walk(function)
            if isinstance(part, ast.Name) and part.id in aliases
        ]
    assert not used


def test_nothing_is_left_for_later() -> None:
    # Written so that the pattern does not find itself.
    later = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|coming\s[s]oon)\b")
    assert not [name for name, text in texts().items() if later.search(text)]


def test_a_rule_is_set_aside_only_with_a_reason() -> None:
    bare = re.compile(
        r"#\s*(no[q]a(: *[A-Z]+[0-9]+(, *[A-Z]+[0-9]+)*)?|type: ig[n]ore(\[[\w, -]+\])?)\s*$", re.M
    )
    assert not [name for name, text in texts(".py").items() if bare.search(text)]


def test_the_locks_do_not_say_where_packages_come_from() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text()
        assert "--hash=sha256:" in lock
        assert not re.search(r"://|^-|\s@\s", lock, re.MULTILINE), name


def test_the_project_speaks_of_itself_alone() -> None:
    """No folder of somebody's machine, and no path that climbs out of the project."""
    machine = re.compile(r"(?<![\w.:/])/(home|root|work|Users)/")
    assert not [name for name, text in texts().items() if machine.search(text)]
    assert not [
        f"{path.relative_to(ROOT)}: {climb}"
        for path in files()
        for climb in re.findall(r"(?<![\w/.])(?:\.\./)+[\w./-]*", read(path))
        if not (path.parent / climb).resolve().is_relative_to(ROOT)
    ]


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_a_link_in_a_document_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert not [link for link in local if not (document.parent / link).exists()]


def words_in(tree: str, layer: str) -> list[Path]:
    """Return the modules of one layer; a package below it has no test of its own."""
    found = (ROOT / tree / layer).glob("*.py")
    return [path for path in found if path.stem not in {"__init__", "conftest"}]


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@cache
def modules() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in texts(".py").items()}


def texts(*endings: str) -> dict[str, str]:
    """Return the project's own files by name, all or those with one of some endings."""
    return {
        str(path.relative_to(ROOT)): read(path)
        for path in files()
        if not endings or path.suffix in endings
    }


@cache
def files() -> list[Path]:
    """Return what is kept in the repository and written by us."""
    folders = ("app", "tests", "migrations", "translations", "docs", "scripts", ".ci")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [
        path
        for path in [*found, *ROOT.glob("*")]
        if path.is_file() and NOT_OURS not in path.parents and is_text(path)
    ]


def is_text(path: Path) -> bool:
    return path.suffix not in {".mo", ".pyc"} and b"\0" not in path.read_bytes()[:4096]


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
