"""The templates that a publication's letters are made with. They are files of the installation: here they are read.

They are not written here: whoever writes a template says what all of a publication's mail does, and on several hosts
each has a folder of its own. Where they are: docs/operators/settings.md.
"""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, check_publication
from distributor.api.operations import operation
from distributor.api.parameters import Slug
from distributor.api.problems import ProblemError
from distributor.letters.models import Publication
from distributor.rendering import template_files
from distributor.rendering.template_files import TemplateFile

router = Router(tags=["Publications"])

TemplateName = Annotated[str, Query(max_length=200, description="As the list says it, such as email/letter.html.")]


class TemplateItem(Schema):
    """One template."""

    name: str = Field(examples=["email/letter.html"])
    is_own: bool = Field(description="The publication's own; else one that comes with Distributor.", examples=[False])
    overrides: bool = Field(description="It takes the place of one that comes with Distributor.", examples=[False])


class Template(TemplateItem):
    """One template with what it says."""

    source: str = Field(description="Jinja2.", examples=["{{ letter.title }}"])


class Templates(Schema):
    """The templates of mails (`email/`) and posts (`social/`), in the order of their names."""

    templates: list[TemplateItem]


@operation(
    router, "GET", "/publications/{slug}/templates", id="templates.list", summary="A publication's templates",
    scope="publications:read", returns=Templates,
)  # fmt: skip
def list_templates(request: ApiRequest, slug: Slug) -> Templates:
    files = _files(request, slug)
    entries = [TemplateItem(name=file.name, is_own=file.is_own, overrides=file.overrides) for file in files]
    return Templates(templates=entries)


@operation(
    router, "GET", "/publications/{slug}/template", id="templates.show", summary="One template",
    scope="publications:read", returns=Template,
)  # fmt: skip
def show(request: ApiRequest, slug: Slug, name: TemplateName) -> Template:
    files = _files(request, slug)
    file = next((file for file in files if file.name == name), None)
    if file is None:
        raise ProblemError("not-found", "There is no template of that name: the list names them.")
    return Template(name=file.name, is_own=file.is_own, overrides=file.overrides, source=file.source)


def _files(request: ApiRequest, slug: str) -> list[TemplateFile]:
    """Return a publication's templates. Raises ProblemError for one that there is not, or that is not the token's."""
    publication = Publication.objects.filter(slug=slug).first()
    if publication is None:
        raise ProblemError("not-found", f"There is no publication “{slug}” here.")
    check_publication(request, publication)
    return template_files.template_files(publication.slug)
