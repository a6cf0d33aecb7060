"""The practice world for tests and commands: everything that its pages show, as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from distributor.practice import arrivals, faults, networks, oauth
from distributor.practice.store import Store

MAILS_AT_MOST = 10_000


def routes(store: Store) -> list[Route]:
    """Return the addresses below /api, and the one that makes things go wrong."""
    api = _Api(store)
    return [
        Route("/api/counts", api.counts),
        Route("/api/mail", api.mails),
        Route("/api/mail/{mail_id:int}", api.mail),
        Route("/api/mail/{mail_id:int}/raw", api.raw),
        Route("/api/posts", api.posts),
        Route("/api/faults", api.faults, methods=["GET", "DELETE"]),
        Route("/api/chances", api.chances, methods=["PUT"]),
        Route("/api/tokens", api.age_tokens, methods=["POST"]),
        Route("/api/all", api.clear, methods=["DELETE"]),
        Route("/faults", api.add_fault, methods=["POST"]),
    ]


class _Api:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def counts(self, _request: Request) -> Response:
        return JSONResponse(arrivals.counts(self._store))

    async def mails(self, request: Request) -> Response:
        recipient = request.query_params.get("recipient", "")
        limit = min(_whole(request, "limit", 50), MAILS_AT_MOST)
        mails = self._store.mails(recipient=recipient, limit=limit, offset=_whole(request, "offset", 0))
        return JSONResponse(
            {
                "total": self._store.count_mails(recipient=recipient),
                "mails": [arrivals.listed_json(arrivals.mail_line(mail)) for mail in mails],
            }
        )

    async def mail(self, request: Request) -> Response:
        mail = self._store.mail(request.path_params["mail_id"])
        if mail is None:
            return _not_found("There is no mail with this number.")
        return JSONResponse(arrivals.opened_json(arrivals.open_mail(mail)))

    async def raw(self, request: Request) -> Response:
        mail = self._store.mail(request.path_params["mail_id"])
        if mail is None:
            return _not_found("There is no mail with this number.")
        return Response(mail.content, media_type="message/rfc822")

    async def posts(self, request: Request) -> Response:
        channel = request.query_params.get("channel", "")
        channels = [channel] if channel else list(networks.BY_CHANNEL)
        limit = _whole(request, "limit", 100)
        posts = [post for name in channels for post in self._store.posts(name, limit=limit)]
        return JSONResponse({"posts": [arrivals.post_json(post) for post in posts]})

    async def faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._store.clear_faults(request.query_params.get("channel", ""))
        return JSONResponse({"faults": faults.describe(self._store)})

    async def add_fault(self, request: Request) -> Response:
        """Take {"channel", "fault", "times", "seconds"} as JSON, or a form from the page."""
        body = (await request.body()).decode()
        as_json = request.headers.get("content-type", "").startswith("application/json")
        try:
            payload = json.loads(body) if as_json else dict(parse_qsl(body))
            channel, name = str(payload["channel"]), str(payload["fault"])
            times, seconds = int(payload.get("times", 1)), float(payload.get("seconds", 5))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _bad_request("Give a channel, a fault, and how many times.")
        if channel not in networks.CHANNELS:
            return _bad_request(f"Choose a channel from {', '.join(networks.CHANNELS)}.")
        if name == "none":
            self._store.clear_faults(channel)
        elif name not in faults.FAULTS:
            return _bad_request(f"Choose a fault from {', '.join(faults.FAULTS)}, or none.")
        elif not (1 <= times <= 1000 and 0 <= seconds <= 60):
            return _bad_request("A fault happens 1 to 1000 times and lasts up to 60 seconds.")
        else:
            self._store.add_fault(channel, name, times=times, seconds=seconds)
        if not as_json:
            return RedirectResponse("/faults", status_code=303)
        return JSONResponse({"faults": faults.describe(self._store)})

    async def chances(self, request: Request) -> Response:
        """Take {"seed", "seconds", "shares": {channel: {fault: share}}}: so large a share of requests goes wrong."""
        try:
            payload = json.loads(await request.body())
            shares = {
                str(name): {str(fault): float(share) for fault, share in shares_of.items()}
                for name, shares_of in payload["shares"].items()
            }
            seed, seconds = int(payload.get("seed", 0)), float(payload.get("seconds", 1))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _bad_request("Give shares: for each channel, which share of requests meets which fault.")
        names = {fault for by_fault in shares.values() for fault in by_fault}
        if not names <= set(faults.FAULTS) or not set(shares) <= set(networks.CHANNELS):
            return _bad_request(f"Choose from {', '.join(faults.FAULTS)}, on {', '.join(networks.CHANNELS)}.")
        faults.set_chances(shares, seed=seed, seconds=seconds)
        return JSONResponse({"shares": shares})

    async def age_tokens(self, request: Request) -> Response:
        """Take {"channel", "hours"}: the tokens that this network has given out are so much older from now on."""
        try:
            payload = json.loads(await request.body())
            channel, by = str(payload["channel"]), timedelta(hours=float(payload["hours"]))
        except (ValueError, KeyError, TypeError, OverflowError):
            return _bad_request("Give a channel, and how many hours.")
        if channel not in networks.BY_CHANNEL:
            return _bad_request(f"Choose a channel from {', '.join(networks.BY_CHANNEL)}.")
        return JSONResponse({"tokens": oauth.age(self._store, channel, by)})

    async def clear(self, request: Request) -> Response:
        self._store.clear()
        faults.set_chances({})
        return await self.counts(request)


def _whole(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else default


def _not_found(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=404)


def _bad_request(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=400)
