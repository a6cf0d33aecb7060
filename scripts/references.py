"""Which definitions of a tree of Python modules its entries reach: scripts/unused asks it what only tests call.

A definition is a function, class or constant of a module, or a method. It is named by its dotted path, as a module is.
Reached is what an entry module does when it is loaded, and from there on what each reached definition refers to:
- a name of its own module, or one imported into it, also through an alias, a package's `__init__` or within a function;
- an attribute of a module or class, and a method by `self` or `cls`, for the class's relatives too;
- a whole string that is a dotted path, also with a colon (`config.asgi:application`) or, as an f-string, with a gap.
An attribute of anything else reaches every method of its name. A name in `__all__` and an import reach nothing, but
that a module is loaded. What a function imports or a relative defines counts for the whole module or family.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PATH = re.compile(r"\w+([.:]\w+)+")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Definition:
    """A definition: its dotted path, its kind in words, and where it is."""

    name: str
    kind: str
    path: Path
    nodes: tuple[ast.AST, ...]

    @property
    def line(self) -> int:
        """Return where it begins, with its decorators."""
        first = self.nodes[0]
        return min(int(getattr(node, "lineno", 1)) for node in (first, *getattr(first, "decorator_list", ())))

    @property
    def decorators(self) -> list[str]:
        """Return `app.task` for each `@app.task` and `@app.task(…)`."""
        decorators = (item for node in self.nodes for item in getattr(node, "decorator_list", ()))
        return [_dotted(item.func if isinstance(item, ast.Call) else item) for item in decorators]


@dataclass
class Module:
    """A module: its imports by the names that they bind, its definitions by name, and what else it does when loaded."""

    name: str
    path: Path
    imports: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    statements: list[ast.stmt] = field(default_factory=list)


class Tree:
    """The modules of some files, and what these define."""

    def __init__(self, files: Iterable[Path], *, is_called: Callable[[Definition], bool]) -> None:
        """Read the files, whose paths are relative to the folder that modules are named from.

        `is_called` says whether something outside calls a definition once its module or class is there: a framework.
        """
        self._is_called = is_called
        self.modules: dict[str, Module] = {}
        for path in files:
            module = _module(path)
            self.modules[module.name] = module
        self._methods: dict[str, list[str]] = defaultdict(list)
        self._bases: dict[str, set[str]] = {}
        self._heirs: dict[str, set[str]] = defaultdict(set)
        self.definitions: dict[str, Definition] = {}
        for module in self.modules.values():
            for definition in module.definitions.values():
                self._add(module, definition)

    def _add(self, module: Module, definition: Definition) -> None:
        self.definitions[definition.name] = definition
        for node in definition.nodes:
            if isinstance(node, ast.ClassDef):
                bases = (_dotted(base) for base in node.bases)
                self._bases[definition.name] = {name for base in bases if base for name in self._paths(module, base)[0]}
                for base in self._bases[definition.name]:
                    self._heirs[base].add(definition.name)
                for method in node.body:
                    if isinstance(method, Function) and not _is_dunder(method.name):
                        self._add_method(f"{definition.name}.{method.name}", definition.path, method)

    def _add_method(self, name: str, path: Path, node: Function) -> None:
        earlier = self.definitions[name].nodes if name in self.definitions else ()  # a property's getter, an overload
        self.definitions[name] = Definition(name, "method", path, (*earlier, node))
        if not earlier:
            self._methods[node.name].append(name)

    def reached(self, entries: Iterable[str], attributes: Iterable[str] = ()) -> set[str]:
        """Return the dotted paths that these modules and definitions reach, and they themselves.

        `attributes` are names that something else reads, such as templates: they reach the methods of that name.
        """
        seen: set[str] = set()
        waiting = [*entries, *(f".{name}" for name in attributes)]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self._next(name))
        return seen

    def _next(self, name: str) -> Iterator[str]:
        if name.startswith("."):
            yield from self._methods[name[1:]]
        elif module := self.modules.get(name):
            yield from self._parent(name)
            for statement in module.statements:
                yield from self._references(module, statement)
            yield from (item.name for item in module.definitions.values() if self._is_called(item))
        elif definition := self.definitions.get(name):
            yield from self._parent(name)
            module = self._module_of(name)
            owner = name.rpartition(".")[0] if definition.kind == "method" else ""
            for node in definition.nodes:
                yield from self._references(module, node, owner=owner)
                if isinstance(node, ast.ClassDef):
                    names = (f"{name}.{item.name}" for item in node.body if isinstance(item, Function))
                    methods = (self.definitions[item] for item in names if item in self.definitions)
                    yield from (item.name for item in methods if self._is_called(item))

    def _parent(self, name: str) -> Iterator[str]:
        if "." in name:
            yield name.rpartition(".")[0]

    def _module_of(self, name: str) -> Module:
        while name not in self.modules:
            name = name.rpartition(".")[0]
        return self.modules[name]

    def _references(self, module: Module, node: ast.AST, *, owner: str = "") -> Iterator[str]:
        """Yield what a node refers to; a class's methods are definitions of their own, dunders aside."""
        reader = _Reader(self, module, owner)
        if isinstance(node, ast.ClassDef):
            reader.read_class(node, f"{module.name}.{node.name}")
        else:
            reader.visit(node)
        return iter(reader.references)

    def _paths(self, module: Module, dotted: str) -> tuple[list[str], list[str]]:
        """Return the paths that a dotted name of a module goes through, and the attributes that are left of it."""
        first, *rest = dotted.split(".")
        if first in module.definitions:
            return self._through(module.definitions[first].name, rest)
        if first in module.imports:
            return self.walk([*module.imports[first].split("."), *rest])
        return [], []

    def walk(self, parts: list[str]) -> tuple[list[str], list[str]]:
        """Return the same for an absolute path: the module that it begins with, and what it names of that."""
        for length in range(len(parts), 0, -1):
            if module := self.modules.get(".".join(parts[:length])):
                if length == len(parts):
                    return [module.name], []
                paths, attributes = self._paths(module, ".".join(parts[length:]))
                return [module.name, *paths], attributes
        return [], []

    def _through(self, name: str, attributes: list[str]) -> tuple[list[str], list[str]]:
        """Go on from a definition: to a class's method, wherever its family defines that, and no further."""
        if attributes and name in self._bases:
            methods = [f"{relative}.{attributes[0]}" for relative in self.relatives(name)]
            if any(method in self.definitions for method in methods):
                return [name, *methods], attributes[1:]
        return [name], attributes

    def relatives(self, name: str) -> list[str]:
        """Return a class, the classes that it is made of, and those that are made of it."""
        above, below = [name], [name]
        for item in above:
            above.extend(base for base in self._bases.get(item, ()) if base in self._bases and base not in above)
        for item in below:
            below.extend(heir for heir in self._heirs.get(item, ()) if heir not in below)
        return [*above, *below[1:]]

    def matches(self, pattern: str) -> Iterator[str]:
        """Yield the modules whose name is like a pattern."""
        return (name for name in self.modules if re.fullmatch(pattern, name))

    def references(self, module: Module, dotted: str) -> Iterator[str]:
        """Yield the paths of a dotted name, and what is left as attributes of anything."""
        paths, attributes = self._paths(module, dotted)
        yield from paths
        yield from (f".{name}" for name in attributes)

    def is_bound(self, module: Module, name: str) -> bool:
        return name in module.definitions or name in module.imports


class _Reader(ast.NodeVisitor):
    """Collects what a piece of a module refers to."""

    def __init__(self, tree: Tree, module: Module, owner: str) -> None:
        self.references: set[str] = set()
        self._tree = tree
        self._module = module
        self._owner = owner
        self._locals: list[set[str]] = []

    def read_class(self, node: ast.ClassDef, name: str) -> None:
        for item in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(item)
        self._owner = name
        for item in node.body:
            if not isinstance(item, Function) or _is_dunder(item.name):
                self.visit(item)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and not self._is_local(node.id):
            self.references.update(self._tree.references(self._module, node.id))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        dotted = _dotted(node)
        first = dotted.partition(".")[0]
        if dotted and not self._is_local(first) and self._tree.is_bound(self._module, first):
            self.references.update(self._tree.references(self._module, dotted))
        elif self._owner and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            self.references.update(f"{name}.{node.attr}" for name in self._tree.relatives(self._owner))
        else:
            self.references.add(f".{node.attr}")
            self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and PATH.fullmatch(node.value):
            paths, _ = self._tree.walk(re.split("[.:]", node.value))
            self.references.update(paths)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [re.escape(str(item.value)) if isinstance(item, ast.Constant) else r"\w+" for item in node.values]
        if parts and parts[0].endswith("."):
            self.references.update(self._tree.matches("".join(parts)))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.references.update(self._tree.walk(alias.name.split("."))[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            paths, _ = self._tree.walk([*(node.module or "").split("."), alias.name])
            self.references.update(path for path in paths if path in self._tree.modules)

    def _visit_function(self, node: Function) -> None:
        outside = (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        for item in (*outside, node.returns, *(argument.annotation for argument in _arguments(node))):
            if item:
                self.visit(item)
        self._locals.append(_bound(node))
        for statement in node.body:
            self.visit(statement)
        self._locals.pop()

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, Function):
            self._visit_function(node)
        elif isinstance(node, Scope):
            self._locals.append(_bound(node))
            self.generic_visit(node)
            self._locals.pop()
        else:
            super().visit(node)

    def _is_local(self, name: str) -> bool:
        return any(name in names for names in self._locals)


def _module(path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = path.with_suffix("").parts
    module = Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                module.imports[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                module.imports[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for statement in _flat(tree.body):
        names = list(_defined(statement))
        for name in names:
            earlier = module.definitions[name].nodes if name in module.definitions else ()
            kind = {ast.ClassDef: "class", ast.Assign: "constant", ast.AnnAssign: "constant"}.get(
                type(statement), "function"
            )
            module.definitions[name] = Definition(f"{module.name}.{name}", kind, path, (*earlier, statement))
        if not names and not _is_list_of_exports(statement):
            module.statements.append(statement)
    return module


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield a module's statements and, for an `if` or `try`, those in its branches: they define as well."""
    for statement in body:
        if isinstance(statement, ast.If) and _dotted(statement.test) == "TYPE_CHECKING":
            # What type checkers see is what a name stands for; what is assigned to it else only loads that later.
            yield from _flat(statement.body)
            yield from (ast.Expr(item.value) if isinstance(item, ast.Assign) else item for item in statement.orelse)
        elif isinstance(statement, ast.If | ast.Try):
            yield from _flat(statement.body)
            yield from _flat(statement.orelse)
            for handler in getattr(statement, "handlers", ()):
                yield from _flat(handler.body)
            if isinstance(statement, ast.If):
                yield ast.Expr(statement.test)
        else:
            yield statement


def _defined(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module defines, dunders aside."""
    targets: list[ast.expr] = []
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign():
            targets = statement.targets
        case ast.AnnAssign():
            targets = [statement.target]
    names = [item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name)]
    if all(isinstance(target, ast.Name | ast.Tuple) for target in targets):
        yield from (name for name in names if not _is_dunder(name))


def _is_list_of_exports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and "__all__" in {_dotted(target) for target in statement.targets}


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _dotted(node: ast.AST) -> str:
    """Return `a.b.c` of such an expression, and nothing of any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{before}.{attribute}" if (before := _dotted(value)) else ""
    return ""


def _arguments(node: Function | ast.Lambda) -> list[ast.arg]:
    extra = [argument for argument in (node.args.vararg, node.args.kwarg) if argument]
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *extra]


def _bound(scope: Scope) -> set[str]:
    """Return the names that a function or comprehension binds for itself: these hide what the module calls so."""
    names = {argument.arg for argument in _arguments(scope)} if isinstance(scope, Function | ast.Lambda) else set()
    waiting = list(ast.iter_child_nodes(scope))
    shared: set[str] = set()
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.Global(names=items):
                shared.update(items)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
                continue
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names.add(name)
        if not isinstance(node, Scope):
            waiting.extend(ast.iter_child_nodes(node))
    return names - shared
