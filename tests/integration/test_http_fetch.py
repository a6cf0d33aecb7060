"""Pages over real HTTP on this machine: taken in where the origin is allowed, and every way in which that fails."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from distributor.channels.http import fetch
from distributor.domain.errors import SourceError
from distributor.letters.intake import read_sources

PAGE = (Path(__file__).parents[1] / "samples" / "letter-minimal.html").read_bytes()
KOREAN = (Path(__file__).parents[1] / "samples" / "letter-korean.html").read_text(encoding="utf-8")
LIMIT = 100_000


class Site(BaseHTTPRequestHandler):
    """A small site with a page for each misfortune."""

    protocol_version = "HTTP/1.1"
    patience = threading.Event()  # set at the end, so that the slow pages let go

    def do_GET(self) -> None:
        answer = getattr(self, f"page_{self.path.strip('/').split('/')[0].partition('?')[0]}", None)
        if answer is None:
            self.send(404, b"Not here", "text/plain")
        else:
            answer()

    def send(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def page_letter(self) -> None:
        self.send(200, PAGE)

    def page_korean(self) -> None:
        self.send(200, KOREAN.replace('<meta charset="utf-8">', "").encode("cp949"), "text/html; charset=EUC-KR")

    def page_feed(self) -> None:
        feed = (Path(__file__).parents[1] / "samples" / "letters.rss").read_bytes()
        self.send(200, feed, "application/rss+xml")

    def page_hops(self) -> None:
        left = int(self.path.rpartition("/")[2])
        self.send(302, b"", Location=f"/hops/{left - 1}" if left > 1 else "/letter")

    def page_loop(self) -> None:
        self.send(301, b"", Location="/loop")

    def page_inward(self) -> None:
        self.send(302, b"", Location="http://10.0.0.1/secret")

    def page_elsewhere(self) -> None:
        self.send(302, b"", Location="file:///etc/passwd")

    def page_broken(self) -> None:
        self.send(503, b"Away")

    def page_picture(self) -> None:
        self.send(200, b"\x89PNG", "image/png")

    def page_packed(self) -> None:
        self.send(200, gzip.compress(PAGE), Content_Encoding="gzip")

    def page_bomb(self) -> None:
        self.send(200, gzip.compress(b"a" * LIMIT * 20), Content_Encoding="gzip")

    def page_odd(self) -> None:
        self.send(200, PAGE, Content_Encoding="br, gzip")

    def page_announced(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()

    def page_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.patience.is_set():
                self.wfile.write(b"more and more " * 1000)
        except OSError:
            pass  # the reader had enough, as it should

    def page_silent(self) -> None:
        self.close_connection = True
        self.patience.wait(20)

    def page_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while not self.patience.wait(0.05):
                self.wfile.write(b".")
        except OSError:
            pass  # the reader had enough, as it should

    def page_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    Site.patience.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.patience.set()
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(site: str, path: str, *, timeout: float = 5.0, within: float = 5.0) -> str:
    with pytest.raises(SourceError) as caught:
        fetch(f"{site}{path}", limit=LIMIT, allow=(site,), timeout=timeout, within=within)
    said = str(caught.value)
    assert said.endswith(".")
    assert "token" not in said
    return said.replace(site, "")


def test_a_page_is_taken_in(site: str) -> None:
    (draft,) = read_sources(f"{site}/letter", allow=(site,))
    assert draft.title == "On keeping a small garden"
    assert draft.source == f"{site}/letter"
    assert draft.canonical_url == ""


def test_a_page_in_the_encoding_that_the_server_names(site: str) -> None:
    (draft,) = read_sources(f"{site}/korean", allow=(site,))
    assert draft.title == "등대는 혼자 켜지지 않습니다"


def test_a_feed_is_taken_in(site: str) -> None:
    assert [draft.title for draft in read_sources(f"{site}/feed", allow=(site,))] == [
        "The pear tree at the bus stop",
        "A hedge & its opinions",
    ]


def test_redirects_are_followed_five_times(site: str) -> None:
    page = fetch(f"{site}/hops/5#part", allow=(site,))
    assert (page.url, page.content) == (f"{site}/letter", PAGE)
    assert "redirects more than 5 times" in refusal(site, "/hops/6")


def test_a_page_that_comes_packed_unasked(site: str) -> None:
    assert fetch(f"{site}/packed", allow=(site,)).content == PAGE


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/loop", "redirects more than 5 times"),
        ("/nothing?token=1", "/nothing answers 404 Not Found: check the address."),
        ("/broken", "answers 503 Service Unavailable: try again later."),
        ("/picture", "is image/png, not a page"),
        ("/inward", "“10.0.0.1” leads to 10.0.0.1, which is not a public internet address"),
        ("/elsewhere", "redirects to something that is not a web page"),
        ("/announced", "is larger than"),
        ("/endless", "is larger than"),
        ("/bomb", "is larger than"),
        ("/odd", "packed in a way that was not asked for"),
        ("/cut", "broke off while it was read"),
    ],
)
def test_what_can_not_be_read(site: str, path: str, problem: str) -> None:
    assert problem in refusal(site, path)


def test_a_silent_server(site: str) -> None:
    assert "does not answer in time" in refusal(site, "/silent", timeout=0.2)


def test_a_server_that_drips(site: str) -> None:
    assert "does not answer in time" in refusal(site, "/drip", timeout=5.0, within=0.5)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        site = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "can't be reached: check the address" in refusal(site, "/letter")


def test_a_page_on_this_machine_is_refused_unless_its_origin_is_allowed(site: str) -> None:
    with pytest.raises(SourceError, match=r"leads to 127\.0\.0\.1, which is not a public internet address"):
        read_sources(f"{site}/letter")
    with pytest.raises(SourceError, match=r"leads to 127\.0\.0\.1"):
        fetch(f"{site}/letter".replace("127.0.0.1", "localhost.example"), resolve=lambda host, port: ["127.0.0.1"])


def test_a_name_without_a_server() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(SourceError, match="there is no server of that name"):
        fetch("https://nowhere.example/letter", resolve=nowhere)
