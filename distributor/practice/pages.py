"""The practice world for people: what a subscriber, a follower or a friend would see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from distributor import paths
from distributor.practice import arrivals, faults, networks
from distributor.practice.network import Network
from distributor.practice.store import Store

MAILS_A_PAGE = 50
POSTS_SHOWN = 200
_URL = re.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}»’]")
# A caught mail may hold anything: it gets no scripts, no forms and no address of its own.
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src data:"


def routes(store: Store, endpoints: Mapping[str, str]) -> list[Route]:
    """Return the addresses of the pages. `endpoints` are for the overview."""
    pages = _Pages(store, endpoints)
    return [
        Route("/", pages.overview),
        Route("/mail", pages.inbox),
        Route("/mail/{mail_id:int}", pages.mail),
        Route("/mail/{mail_id:int}/html", pages.mail_html),
        Route("/faults", pages.faults),
        Route("/files/{name}", pages.file),
        Route("/clear", pages.clear, methods=["POST"]),
        Route("/favicon.ico", pages.icon),
        *(Route(f"/{network.channel}", partial(pages.network, network=network)) for network in networks.NETWORKS),
    ]


class _Pages:
    def __init__(self, store: Store, endpoints: Mapping[str, str]) -> None:
        self._store = store
        self._endpoints = endpoints
        self._templates = Environment(
            loader=FileSystemLoader(paths.templates()), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters.update(linked=_with_links, host=_host, short=_short)

    def _page(self, name: str, status: int = 200, **context: Any) -> Response:
        template = self._templates.get_template(f"practice/{name}.html")
        values = {"here": name, "counts": arrivals.counts(self._store), "networks": networks.NETWORKS} | context
        return HTMLResponse(template.render(values), status)

    async def overview(self, _request: Request) -> Response:
        return self._page("overview", endpoints=self._endpoints, faults=self._store.faults())

    async def inbox(self, request: Request) -> Response:
        recipient = request.query_params.get("recipient", "").strip()
        page_text = request.query_params.get("page", "1")
        total = self._store.count_mails(recipient=recipient)
        pages = max(-(-total // MAILS_A_PAGE), 1)
        page = min(max(int(page_text), 1), pages) if page_text.isascii() and page_text.isdigit() else 1
        mails = self._store.mails(recipient=recipient, limit=MAILS_A_PAGE, offset=(page - 1) * MAILS_A_PAGE)
        lines = [arrivals.mail_line(mail) for mail in mails]
        return self._page("inbox", lines=lines, total=total, page=page, pages=pages, recipient=recipient)

    async def mail(self, request: Request) -> Response:
        mail = self._store.mail(request.path_params["mail_id"])
        if mail is None:
            return self._page("missing", 404)
        view = request.query_params.get("view", "html")
        return self._page(
            "mail", opened=arrivals.open_mail(mail), view=view, raw=mail.content.decode("utf-8", "replace")
        )

    async def mail_html(self, request: Request) -> Response:
        mail = self._store.mail(request.path_params["mail_id"])
        if mail is None:
            return self._page("missing", 404)
        return HTMLResponse(arrivals.open_mail(mail).html, headers={"Content-Security-Policy": _MAIL_POLICY})

    async def network(self, _request: Request, network: Network) -> Response:
        posts = self._store.posts(network.channel, limit=POSTS_SHOWN)
        threads = arrivals.threads(posts)
        return self._page(network.page, here=network.channel, network=network, threads=threads, posts=posts)

    async def file(self, request: Request) -> Response:
        file = self._store.file(request.path_params["name"])
        if file is None or not file[0].startswith("image/"):
            return Response(status_code=404)
        return Response(file[1], media_type=file[0], headers={"X-Content-Type-Options": "nosniff"})

    async def faults(self, _request: Request) -> Response:
        channels = {"mail": "Mail", **{network.channel: network.label for network in networks.NETWORKS}}
        return self._page("faults", faults=self._store.faults(), kinds=faults.FAULTS, channels=channels)

    async def clear(self, _request: Request) -> Response:
        self._store.clear()
        return RedirectResponse("/", status_code=303)

    async def icon(self, _request: Request) -> Response:
        return Response(status_code=204)


def _with_links(text: str) -> Markup:
    """Make the URLs in a text links; everything else is escaped."""
    parts, end = [], 0
    for match in _URL.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(
            Markup('<a href="{url}" rel="noreferrer">{shown}</a>').format(
                url=match.group(), shown=_short(match.group())
            )
        )
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _short(url: str) -> str:
    """Return a URL as a network shows it: without the scheme, not longer than a line."""
    text = re.sub(r"^https?://(www\.)?", "", url).rstrip("/")
    return text if len(text) <= 42 else f"{text[:41]}…"


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")
