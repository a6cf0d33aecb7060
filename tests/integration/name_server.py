"""A real DNS server on loopback, UDP and TCP, that answers from a zone which a test writes."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.zone

SILENT = dns.name.from_text("silent.example.")  # whose names can't be asked
UDP_BYTES = 512  # RFC 1035 §4.2.1


@contextmanager
def serving(zone: str) -> Iterator[str]:
    """Serve a zone file's records, names in full; yields the server's `address:port`."""
    records = dns.zone.from_text(zone, origin=".", relativize=False, check_origin=False)
    with ExitStack() as stack:
        udp, tcp = _sockets(records)
        for server in (udp, tcp):
            stack.callback(server.server_close)
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield f"127.0.0.1:{udp.server_address[1]}"


def _sockets(records: dns.zone.Zone) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """Return both servers at one port. A port that is free for UDP may be taken for TCP: then another one is tried."""
    for _ in range(20):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), partial(_Datagram, records))
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, partial(_Stream, records))
        except OSError:
            udp.server_close()
    raise AssertionError("no port is free for both UDP and TCP")


class _Datagram(socketserver.BaseRequestHandler):
    def __init__(self, zone: dns.zone.Zone, *rest: object) -> None:
        self.zone = zone
        super().__init__(*rest)  # type: ignore[arg-type]

    def handle(self) -> None:
        wire, socket = self.request
        answer = _answer(self.zone, wire)
        if len(answer.to_wire()) > UDP_BYTES:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
        socket.sendto(answer.to_wire(), self.client_address)


class _Stream(_Datagram):
    def handle(self) -> None:
        with self.request.makefile("rwb") as stream:
            (length,) = struct.unpack("!H", stream.read(2))
            wire = _answer(self.zone, stream.read(length)).to_wire()
            stream.write(struct.pack("!H", len(wire)) + wire)


def _answer(zone: dns.zone.Zone, wire: bytes) -> dns.message.Message:
    asked = dns.message.from_wire(wire)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    (question,) = asked.question
    if question.name.is_subdomain(SILENT):
        answer.set_rcode(dns.rcode.SERVFAIL)
        return answer
    found = zone.get_rrset(question.name, question.rdtype)
    if found is not None:
        answer.answer.append(found)
    elif not any(name.is_subdomain(question.name) for name in zone.nodes):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
