"""Which of Apprise's plugins may be used: those that can reach the network by `requests` only.

What an address makes a plugin do is up to the plugin: some open sockets, run commands, read files or talk to a desktop.
So the code of each that is used is read first, once: what it imports, and what it does with the few names that could do
more than count. One that does anything else is refused; a later version of Apprise is read anew. This guards against
what a plugin is made for, not against one that hides what it does: then the library itself could not be trusted.
"""

from __future__ import annotations

import ast
import importlib.util
import logging
import sys
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import requests
from apprise import AppriseAttachment
from apprise.manager_plugins import NotificationManager

from distributor.channels.apprise.wire import STAND_IN, STAND_IN_NAMES

PACKAGE = "apprise.plugins"
_BASE_MODULES = frozenset({PACKAGE, f"{PACKAGE}.base"})  # what all plugins share; it does nothing by itself


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MODULES = _words(
    "__future__ base64 binascii calendar collections contextlib contextvars copy dataclasses datetime enum functools "
    "gzip hashlib hmac html io itertools json logging math os random re secrets string time typing uuid zoneinfo "
    "cryptography nacl requests requests_oauthlib"
)
_SUBMODULES = _words(
    "collections.abc email.charset email.header email.mime.application email.mime.base email.mime.multipart "
    "email.mime.text email.utils html.parser json.decoder os.path requests.auth urllib.parse xml.sax.saxutils"
)
# Apprise's own modules, and of two of them only what makes no connection.
_APPRISE = _words(
    "apprise.apprise_attachment apprise.asset apprise.attachment.base apprise.attachment.memory apprise.common "
    "apprise.compat.py39 apprise.conversion apprise.exception apprise.locale apprise.logger apprise.url "
    "apprise.utils.base64 apprise.utils.cwe312 apprise.utils.format apprise.utils.logic apprise.utils.parse "
    "apprise.utils.sanitize apprise.utils.templates apprise.utils.time apprise.utils.xml"
)
# What may be taken out of a module that could do more, and what may be asked of one.
_ATTRIBUTES = {
    "apprise": frozenset({"exception", "__title__", "__version__"}),
    "apprise.utils.http": frozenset({"read_bounded_response", "is_secure_http_url"}),
    "os": frozenset({"path", "urandom", "linesep"}),
    "requests": frozenset({"RequestException", "codes", "exceptions"}),
}
_MODULE_ATTRIBUTES = {"os": _ATTRIBUTES["os"], "requests": STAND_IN_NAMES, "io": frozenset({"BytesIO", "StringIO"})}
_NEVER_CALLED = frozenset({"eval", "exec", "compile", "__import__", "input", "breakpoint"})


class _NoFiles(AppriseAttachment):
    """An attachment that can't be: in Apprise's addresses `template=` names a file of this machine, or a URL."""

    def add(self, *_args: Any, **_kwargs: Any) -> bool:
        return False


def _nothing(_record: logging.LogRecord) -> bool:
    return False


# Its messages hold addresses, tokens and texts; what happened is known from the wire.
logging.getLogger("apprise").addFilter(_nothing)


_manager: Any = NotificationManager  # untyped; there is one in a process


@cache
def load() -> None:
    """Load Apprise's plugins, and give each the stand-ins for `requests` and for files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of what some of them import
        _manager().load_modules()
    _harness()


def _harness() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{PACKAGE}."):
            if getattr(module, "requests", None) is requests:
                module.__dict__["requests"] = STAND_IN
            if getattr(module, "AppriseAttachment", None) is AppriseAttachment:
                module.__dict__["AppriseAttachment"] = _NoFiles


def plugin_of(schema: str) -> type[Any]:
    """Return the plugin for a known schema."""
    load()
    plugin: type[Any] = _manager()[schema]
    return plugin


def is_harmless(plugin: type[Any]) -> bool:
    """Whether a plugin's module, with all of its kind that it imports, does nothing but ask by our stand-in."""
    load()
    parts = _parts(plugin.__module__)
    return bool(parts) and all(part in sys.modules and _is_harnessed(sys.modules[part]) for part in parts)


@cache
def _parts(name: str) -> frozenset[str]:
    """Return a harmless plugin's modules; none when it is not harmless."""
    queue, modules = [name], set(_BASE_MODULES)
    while queue:
        current = queue.pop()
        if current in modules:
            continue
        modules.add(current)
        tree = _read(current)
        if tree is None or not _is_harmless_code(tree, current):
            return frozenset()
        for module, names in _imports(tree, current):
            if _is_plugin(module):
                queue += [module, *(f"{module}.{name}" for name in names if _file(f"{module}.{name}"))]
    return frozenset(modules - {PACKAGE})


def _is_harmless_code(tree: ast.Module, name: str) -> bool:
    """Whether a module's own code does nothing else; what it imports of other plugins is not looked at."""
    aliases = (alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names)
    uses = {
        alias.asname or alias.name: _MODULE_ATTRIBUTES[alias.name]
        for alias in aliases
        if alias.name in _MODULE_ATTRIBUTES
    }
    return all(_is_harmless_node(node, uses) for node in ast.walk(tree)) and all(
        _is_plugin(module) or _may_import(module, names) for module, names in _imports(tree, name)
    )


def _is_plugin(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def _is_harnessed(module: ModuleType) -> bool:
    """Whether a module sees the stand-ins: none of the real ones is left in it."""
    return all(value is not requests and value is not AppriseAttachment for value in vars(module).values())


def _file(name: str) -> Path | None:
    """Return a plugin module's source file."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _read(name: str) -> ast.Module | None:
    file = _file(name)
    return ast.parse(file.read_text(encoding="utf-8")) if file else None


def _imports(tree: ast.Module, name: str) -> list[tuple[str, list[str]]]:
    """Return what a module imports: absolute module names, and the names that are taken from each."""
    file = _file(name)
    package = name if file and file.name == "__init__.py" else name.rpartition(".")[0]
    imports: list[tuple[str, list[str]]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            module = importlib.util.resolve_name(relative, package) if node.level else relative
            imports.append((module, [alias.name for alias in node.names]))
    return imports


def _may_import(module: str, names: list[str]) -> bool:
    if module in _ATTRIBUTES and names:
        return set(names) <= _ATTRIBUTES[module]
    known = module in _MODULES | _SUBMODULES | _APPRISE or module.split(".")[0] in ("cryptography", "nacl")
    return known and "sleep" not in names


def _is_harmless_node(node: ast.AST, uses: Mapping[str, frozenset[str]]) -> bool:
    """Whether a part of a plugin is harmless; `uses` is `_MODULE_ATTRIBUTES` by the names that it has there."""
    if isinstance(node, ast.Attribute):
        attributes = uses.get(node.value.id) if isinstance(node.value, ast.Name) else None
        return node.attr != "sleep" and (attributes is None or node.attr in attributes)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "open":  # of an attachment or a template, which there never are
            return bool(node.args) and isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "path"
        return node.func.id not in _NEVER_CALLED
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):  # it would import the real one when it runs
        return not any(_imports_replaced(inner) for inner in ast.walk(node))
    return True


def _imports_replaced(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "requests" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in ("requests", "apprise_attachment")
