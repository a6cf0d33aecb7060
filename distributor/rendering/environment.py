"""The Jinja2 environment of variants, and its errors in our words.

A publication overrides a template by one that it stores (`TemplateSet.sources`), or by a file of the same name in its
own folder: `<data folder>/templates/<slug>/`, or `publications/<slug>/` beside the common templates. An override can
still build on the common one: `{% extends "common:email/letter.html" %}`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

import jinja2
from jinja2.bccache import Bucket

from distributor import paths
from distributor.domain.errors import TemplateError
from distributor.rendering.bounds import BoundedEnvironment, counted_work
from distributor.rendering.template_sets import TemplateSet, set_of

COMMON = "common"
_PREFIX = "stored:"  # what stands before the names of stored templates where Jinja2 has the names of files


class _Compiled(jinja2.BytecodeCache):
    """Templates as they were compiled, by name, file and source: to compile takes many times as long as to render.

    What is compiled also depends on whether there is a `finalize`; here there always is one.
    """

    _MOST = 500  # a template that is edited leaves its former states behind

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        key = f"{name} {filename} {environment.finalize is None}"
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        if len(self._codes) >= self._MOST:
            self._codes.clear()
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class _StoredLoader(jinja2.BaseLoader):
    """Loads what a publication stores."""

    def __init__(self, templates: TemplateSet) -> None:
        self._templates = templates

    def get_source(
        self, _environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source = self._templates.sources.get(template)
        if source is None:
            raise jinja2.TemplateNotFound(template)
        return source, f"{_PREFIX}{stored_name(self._templates.slug, template)}", None

    def list_templates(self) -> list[str]:
        return sorted(self._templates.sources)


def stored_name(slug: str, name: str) -> str:
    """Return what errors call a template that a publication stores, as they do those of its folder."""
    return f"{slug}/{name}"


def environment(templates: str | TemplateSet = "") -> jinja2.Environment:
    """Return a new environment: bounded, undefined names are errors, `.html` templates escape what they are given.

    `templates` are a publication's, or its slug: its own ones come before the common ones. Their sources are read anew
    for each environment, so that a template that was edited or added counts at once; only compiling the same source is
    spared.
    """
    template_set = set_of(templates)
    common = jinja2.FileSystemLoader(paths.templates())
    folders = [jinja2.FileSystemLoader(folder) for folder in own_folders(template_set.slug)]
    loaders = [_StoredLoader(template_set), *folders, common, jinja2.PrefixLoader({COMMON: common}, delimiter=":")]
    return BoundedEnvironment(
        loader=jinja2.ChoiceLoader(loaders),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )


def render(template: str, context: Mapping[str, Any], *, slug: str | TemplateSet = "") -> str:
    """Return a template rendered with `context`. Raises TemplateError, with the template's name and line."""
    return render_with(environment(slug), template, context)


def render_with(environment: jinja2.Environment, template: str, context: Mapping[str, Any]) -> str:
    """Return a template of an environment rendered with `context`. Raises TemplateError."""
    with named_errors(template), counted_work():
        return environment.get_template(template).render(context)


@contextmanager
def named_errors(template: str) -> Iterator[None]:
    """Turn what Jinja2 and the expressions in templates raise into TemplateErrors.

    They carry the name and line of the template in which it happened, also of an included one; `template` is the name
    where that can't be told.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        frame = _last_template_frame(error.__traceback__)
        if frame is None:
            raise TemplateError(template, 0, "it is not UTF-8") from error
        raise TemplateError(*frame, _problem(error)) from error
    except jinja2.TemplateSyntaxError as error:
        name = _display_name(error.filename) if error.filename else error.name
        raise TemplateError(name or template, error.lineno, error.message or "it can't be read") from error
    except jinja2.TemplateNotFound as error:
        frame = _last_template_frame(error.__traceback__)
        names = " or ".join(f"“{name}”" for name in getattr(error, "templates", None) or [error.name])
        name, line = frame or (template, 0)
        raise TemplateError(name, line, f"there is no template {names}") from error
    except Exception as error:  # whatever an expression does: 1 / 0, None + "", [][9], "" | dictsort
        frame = _last_template_frame(error.__traceback__)
        if frame is None and isinstance(error, OSError):
            raise  # the folder of templates can't be read: that is no template's fault
        name, line = frame or (template, 0)
        raise TemplateError(name, line, _problem(error)) from error


def own_folders(slug: str) -> list[Path]:
    """Return the folders of a publication's own templates, the first of which counts. Raises TemplateError."""
    if not slug:
        return []
    if slug in (".", "..") or Path(slug).name != slug:
        raise TemplateError(slug, 0, "a publication's template folder is named by its slug alone")
    return [paths.own_templates() / slug, paths.templates() / "publications" / slug]


def _last_template_frame(trace: TracebackType | None) -> tuple[str, int] | None:
    """Return the template and line nearest to where an error was raised; Jinja2 puts both into the traceback."""
    template_frame: tuple[str, int] | None = None
    for frame, line in traceback.walk_tb(trace):
        if "__jinja_exception__" in frame.f_globals:
            template_frame = (_display_name(frame.f_code.co_filename), line)
    return template_frame


def _display_name(filename: str) -> str:
    """Return a template's path below the folder of templates that it is in."""
    if filename.startswith(_PREFIX):
        return filename.removeprefix(_PREFIX)
    path = Path(filename)
    for root in (paths.own_templates(), paths.templates()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return filename


def _problem(error: Exception) -> str:
    message = str(error) or type(error).__name__
    return message if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {message}"
