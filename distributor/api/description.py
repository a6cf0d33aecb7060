"""The description of the API in OpenAPI 3.1, made of the operations themselves, and completed where ninja says less."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from distributor import __version__
from distributor.api import idempotency, problems
from distributor.api.operations import TRAITS, Traits
from distributor.api.problems import ProblemError

VERSION: Final = "1.0.0"  # of the API; what changed stands in docs/reference/api-changelog.md
_METHODS: Final = ("get", "put", "post", "delete", "patch")
_INTRODUCTION: Final = f"""\
Everything that the desk and the command line do, for programs. Distributor {__version__}.

- **Tokens:** `Authorization: Bearer TOKEN`. `distributor api token create` makes one, with scopes and, if wanted, for
  one publication alone; it never gives more than its owner's role.
- **Sent again:** a POST with an `Idempotency-Key` is done once, and answers the same for 24 hours.
- **Pages:** lists have `limit` and `cursor`; `next` names the next page.
- **Changes:** what is read has an `ETag`; send it as `If-Match` and nobody's change is overwritten.
- **Refusals** are `application/problem+json` (RFC 9457): `detail` is a sentence for a person, `type` for a program.
- **Limits:** each answer has `RateLimit` and `RateLimit-Policy`.
- **Times** are ISO 8601 with a zone. Ids stay the same for good.
"""
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "RateLimit": {"description": "Requests left in this span, and its seconds.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How many requests a span has.", "schema": {"type": "string"}},
}


class DescribedAPI(NinjaAPI):
    """NinjaAPI, whose description says of each operation what is true of all."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the description. The same routes give the same one."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path in schema["paths"].values():
            for method, details in path.items():
                if method in _METHODS:
                    _complete(method, details, TRAITS[details["operationId"]])
        return schema


class ObjectParser(Parser):
    """Bodies are JSON objects: ninja would take an empty list for one without members."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the members of a body. Raises ProblemError for what is no object."""
        body = super().parse_body(request)
        if not isinstance(body, dict):
            raise ProblemError("malformed", "The body has to be a JSON object, such as {}.")
        return body


def make_api(**options: Any) -> DescribedAPI:
    """Return the API with its handlers of errors, and without routes."""
    api = DescribedAPI(
        title="Distributor",
        version=VERSION,
        description=_INTRODUCTION,
        docs_url=None,
        parser=ObjectParser(),
        openapi_url="/openapi.json",
        openapi_extra={"info": {"license": {"name": "MIT", "identifier": "MIT"}}},
        **options,
    )
    problems.handle_in(api)
    return api


def _complete(method: str, details: dict[str, Any], traits: Traits) -> None:
    details["security"] = [{"token": []}]
    needs = f"Needs the scope `{traits.scope}`." if traits.scope else "Any token will do."
    if traits.role != "editor":
        needs += f" The token’s owner has to be {traits.role}."
    details["description"] = "\n\n".join(filter(None, (details.get("description", "").strip(), needs)))
    parameters = details.setdefault("parameters", [])
    if method == "post" and traits.atomic:
        parameters.append(
            _header(idempotency.HEADER, "Once for each deed: the same again is answered as before.", longest=255)
        )
    if method in ("put", "patch", "delete"):
        parameters.append(_header("If-Match", "The ETag of what you have read: refused where it has changed since."))
    if method == "get":
        parameters.append(_header("If-None-Match", "The ETag that you have: 304 where it is still so."))
        details["responses"][304] = {"description": "As you have it"}
    for status, response in details["responses"].items():
        response.setdefault("headers", {}).update(_HEADERS)
        if int(status) >= 400 and "content" in response:
            response["content"] = {problems.MEDIA_TYPE: next(iter(response["content"].values()))}


def _header(name: str, description: str, *, longest: int = 1000) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": longest}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}
