"""Templates of transactional mails: a subject and a body that see the caller's values, in the sandbox of all templates.

A publication's own are files: `transactional/NAME/subject.txt`, and beside it `body.html`, or `body.md` for Markdown,
and if wanted `body.txt`. What comes with a request loads no other templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jinja2

from distributor.domain.errors import BadInput, TemplateError
from distributor.domain.text_lines import one_line
from distributor.rendering.bounds import BoundedEnvironment, counted, counted_work
from distributor.rendering.environment import environment, named_errors

FOLDER: Final = "transactional"
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~&:@])")


@dataclass(frozen=True, slots=True)
class TemplateSources:
    """Jinja2 sources: a subject, and a body as HTML, as Markdown or both as HTML and text; "" for none."""

    subject: str
    html: str = ""
    markdown: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RenderedTemplate:
    """What a template came to. `subject` is one line; exactly one of `html` and `markdown` is there, `text` maybe."""

    subject: str
    html: str
    markdown: str
    text: str


def stored_sources(name: str, *, slug: str) -> TemplateSources:
    """Return the publication's template of that name. Raises BadInput where there is none."""
    if not _NAME.fullmatch(name) or len(name) > 100:
        raise BadInput(f"“{name[:60]}” can't be a template's name: use small letters, digits, “-” and “_”.")
    loader = environment(slug)
    subject, html, markdown, text = (
        _source(loader, f"{FOLDER}/{name}/{file}") for file in ("subject.txt", "body.html", "body.md", "body.txt")
    )
    if not subject or not (html or markdown):
        raise BadInput(
            f"There is no template “{name}”: it needs {FOLDER}/{name}/subject.txt, and body.html or body.md beside it."
        )
    return TemplateSources(subject, html, "" if html else markdown, text)


def _source(templates: jinja2.Environment, name: str) -> str:
    assert templates.loader is not None
    try:
        return templates.loader.get_source(templates, name)[0]
    except jinja2.TemplateNotFound:
        return ""
    except UnicodeDecodeError:
        raise TemplateError(name, 0, "it is not UTF-8") from None


def render_template(sources: TemplateSources, context: Mapping[str, Any]) -> RenderedTemplate:
    """Return a template with its values. In HTML they are text; in Markdown they mean nothing, links aside.

    Raises TemplateError for what is no Jinja2, and for a name that there is not.
    """
    return RenderedTemplate(
        subject=one_line(_render("subject", sources.subject, context)),
        html=_render("HTML", sources.html, context, html=True),
        markdown=_render("Markdown", sources.markdown, context, escape=_plain_in_markdown),
        text=_render("text", sources.text, context),
    )


def _render(part: str, source: str, context: Mapping[str, Any], *, html: bool = False, escape: Any = None) -> str:
    name = f"transactional mail ({part})"
    templates = BoundedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=html, finalize=counted(escape), keep_trailing_newline=True
    )
    with named_errors(name), counted_work():
        code = templates.compile(source, name=name, filename=name)
        return jinja2.Template.from_code(templates, code, {}, None).render(context)


def _plain_in_markdown(value: Any) -> Any:
    """Return a value so that no sign in it is Markdown or HTML: it may be what a stranger calls themselves."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", one_line(value)) if isinstance(value, str) else value
