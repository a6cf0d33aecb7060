"""`distributor metrics`: what Prometheus asks for, once or at an address of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.cli.processes import Stop, told_to_stop
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_SECONDS = 0.5  # between looks whether we were told to stop


@click.command()
@click.option("--bind", default="", metavar="ADDRESS:PORT", help="Answer Prometheus there, until Ctrl-C.")
@output.json_option
def metrics(bind: str, as_json: bool) -> None:
    """Write the metrics once, or answer Prometheus with them. Whoever reaches ADDRESS:PORT reads them: no token."""
    address = _address(bind) if bind else None
    with told_to_stop() as stop, database():
        if address is not None:
            _serve(*address, stop, as_json=as_json)
        else:
            _write(as_json=as_json)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise BadInput(f"“{text}” is not an address to listen at: write it as 127.0.0.1:9464.")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _write(*, as_json: bool) -> None:
    from prometheus_client import generate_latest

    from distributor.delivery.metrics import registry

    if not as_json:
        click.echo(generate_latest(registry()), nl=False)
        return
    samples = [sample for metric in registry().collect() for sample in metric.samples]
    output.write_json([{"name": sample.name, "labels": sample.labels, "value": sample.value} for sample in samples])


def _serve(host: str, port: int, stop: Stop, *, as_json: bool) -> None:
    from django.db import connection
    from prometheus_client import make_wsgi_app
    from prometheus_client.exposition import ThreadingWSGIServer

    from distributor.delivery.metrics import registry

    class Server(ThreadingWSGIServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        timeout = LOOK_SECONDS

    try:
        server = make_server(host, port, _with_own_connection(make_wsgi_app(registry())), Server, handler_class=_Silent)
    except OSError as error:
        raise BadInput(f"Port {port} at {host} can't be listened at: {error.strerror or error}.") from error
    connection.close()  # each answer has one of its own
    with server:
        if as_json:
            output.write_json({"host": host, "port": server.server_port})
        output.note(f"Answering Prometheus at http://{host}:{server.server_port}/metrics.")
        while not stop:
            server.handle_request()


def _with_own_connection(application: WSGIApplication) -> WSGIApplication:
    """Close the database's connection after each answer: it has a thread of its own."""
    from django.db import connection

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        finally:
            connection.close()

    return answer


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: scrapes come every few seconds."""


COMMANDS = {"metrics": metrics}
