"""What `doctor --mail` says of a domain: a real DNS server answers, and a real relay speaks TLS."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from distributor.channels.mail import dkim, relay
from distributor.channels.mail.dns import dmarc, hosts, keys
from distributor.channels.mail.dns.checks import Sender, examine
from distributor.channels.mail.dns.resolver import Dns
from distributor.channels.mail.dns.spf import SpfReader
from distributor.domain.errors import BadInput, ServiceAway
from distributor.domain.findings import Finding
from tests.integration.commands import House, house
from tests.integration.name_server import serving
from tests.servers.base import free_port, write_certificate

RELAY = "relay.lantern.example"
OUT = "203.0.114.7"  # where mail leaves from, in the tests' zones; nothing connects to it

ZONE = f"""
$TTL 60
lantern.example.              MX   10 {RELAY}.
lantern.example.              TXT  "v=spf1 include:spf.provider.example ~all"
lantern.example.              TXT  "unrelated=1"
_dmarc.lantern.example.       TXT  "v=DMARC1; p=quarantine; rua=mailto:dmarc@lantern.example"
{RELAY}.                      A    127.0.0.1
spf.provider.example.         TXT  "v=spf1 ip4:203.0.114.0/24 a:out.provider.example -all"
out.provider.example.         A    198.18.0.9
7.114.0.203.in-addr.arpa.     PTR  out7.provider.example.
out7.provider.example.        A    {OUT}
_mta-sts.lantern.example.     TXT  "v=STSv1; id=1"
_smtp._tls.lantern.example.   TXT  "v=TLSRPTv1; rua=mailto:tls@lantern.example"
bounces.lantern.example.      MX   10 {RELAY}.
bounces.lantern.example.      TXT  "v=spf1 ip4:{OUT} -all"
"""


@pytest.fixture
def ask() -> Iterator[Callable[[str], Dns]]:
    """Return a starter: a resolver whose server has this zone."""
    servers = []

    def start(zone: str) -> Dns:
        server = serving(f"$TTL 60\n{zone}\n")
        servers.append(server)
        return Dns(server.__enter__())

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def said(findings: Iterator[Finding], *states: str) -> str:
    """Return what findings in these states say, all of it."""
    return "\n".join(f"{one.name}: {one.message}" for one in findings if one.state in (states or (one.state,)))


def spf(dns: Dns, *addresses: str) -> list[Finding]:
    sender = Sender("a.example", addresses=addresses)
    return [one for one in examine(sender, dns) if one.name == "a.example SPF"]


class TestAsking:
    def test_long_answers_come_by_tcp(self, ask: Callable[[str], Dns]) -> None:
        dns = ask("".join(f'big.example. TXT "{letter * 200}" "{letter * 200}"\n' for letter in "abc"))
        assert dns.texts("big.example") == [letter * 400 for letter in "abc"]

    def test_no_answer_is_not_no_record(self, ask: Callable[[str], Dns]) -> None:
        dns = ask("a.example. A 203.0.114.1")
        assert dns.texts("a.example") == []
        assert dns.texts("b.example") == []
        assert dns.texts(f"{'x' * 64}.example") == []
        assert dns.texts("a..example") == []
        with pytest.raises(ServiceAway, match="try again later"):
            dns.texts("silent.example")

    @pytest.mark.parametrize("server", ["dns.example", "1.2.3", "127.0.0.1:x", "127.0.0.1:99999", ":53"])
    def test_what_is_no_resolver_is_refused(self, server: str) -> None:
        with pytest.raises(BadInput, match="is no DNS resolver"):
            Dns(server)

    @pytest.mark.parametrize("server", ["9.9.9.9", "9.9.9.9:53", "2620:fe::fe", "[2620:fe::fe]:53"])
    def test_resolvers(self, server: str) -> None:
        Dns(server)


class TestSpf:
    @pytest.mark.parametrize(
        ("record", "state", "message"),
        [
            (
                "v=spf1 ip4:203.0.114.0/24 -all",
                "fine",
                "One record, 0 of 10 look-ups, covers 203.0.114.7, ends in -all.",
            ),
            ("v=spf1 a:host.example ~all", "fine", "1 of 10 look-ups"),
            ("v=spf1 a:near.example/24 ~all", "fine", "1 of 10 look-ups"),
            ("v=spf1 mx:mail.example ~all", "fine", "1 of 10 look-ups"),
            ("v=spf1 include:other.example ~all", "fine", "1 of 10 look-ups"),
            ("V=SPF1 redirect=other.example", "fine", "ends in -all"),
            ("v=spf1 -ip4:203.0.114.7 +ip4:203.0.114.0/24 -all", "wrong", "does not cover 203.0.114.7"),
            ("v=spf1 include:ten.example -all", "wrong", "needs 11 DNS look-ups"),
            ("v=spf1 include:a.example -all", "wrong", "DNS look-ups"),  # itself: it ends all the same
            ("v=spf1 include:gone.example ~all", "wrong", "which has not exactly one SPF record"),
            ("v=spf1 ip4:203.0.114 ~all", "wrong", "“ip4:203.0.114” in the record of a.example can’t be read"),
            ("v=spf1 ipv4:203.0.114.7 ~all", "wrong", "can’t be read"),
            (
                "v=spf1 a:g1.example a:g2.example a:g3.example ip4:203.0.114.7 ~all",
                "wrong",
                "3 of its look-ups find nothing",
            ),
            ("v=spf1 +all", "wrong", "everybody may send in its name"),
            ("v=spf1 ip4:203.0.114.7", "note", "end it in ~all: v=spf1 ip4:203.0.114.7 ~all"),
            ("v=spf1 ip4:203.0.114.7 ?all", "note", "end it in ~all"),
        ],
    )
    def test_one_record(self, ask: Callable[[str], Dns], record: str, state: str, message: str) -> None:
        many = " ".join(f"a:h{number}.example" for number in range(10))
        hosts = "".join(f"h{number}.example. A 198.18.0.{number}\n" for number in range(10))
        dns = ask(
            f"""
            a.example.     TXT "{record}"
            other.example. TXT "v=spf1 ip4:203.0.114.7 -all"
            ten.example.   TXT "v=spf1 {many} ip4:203.0.114.7 -all"
            host.example.  A   203.0.114.7
            near.example.  A   203.0.114.200
            mail.example.  MX  10 host.example.
            """.replace("\n            ", "\n")
            + hosts
        )
        found = spf(dns, OUT)
        assert message in said(iter(found), state), found

    def test_what_to_publish_is_written_out(self, ask: Callable[[str], Dns]) -> None:
        assert "with: v=spf1 ip4:203.0.114.7 ip6:2001:db8::7 ~all" in said(
            iter(spf(ask(""), OUT, "2001:db8::7")), "wrong"
        )
        two = 'a.example. TXT "v=spf1 include:x.example -all"\na.example. TXT "v=spf1 ip4:198.18.0.1 ~all"'
        (finding,) = spf(ask(two), OUT)
        assert finding.message.startswith("There are 2 records")
        assert finding.message.endswith("with: v=spf1 include:x.example ip4:198.18.0.1 ~all")
        (finding,) = spf(ask('a.example. TXT "v=spf1 ip4:198.18.0.1 -all"'), OUT)
        assert finding.message.endswith(
            "publish the TXT record a.example with: v=spf1 ip4:203.0.114.7 ip4:198.18.0.1 -all"
        )

    def test_ip6_and_prefixes(self, ask: Callable[[str], Dns]) -> None:
        dns = ask('a.example. TXT "v=spf1 ip6:2001:db8::/32 a//64 ~all"\na.example. AAAA 2001:db9::1')
        reader = SpfReader(dns)
        policy = reader.read("a.example")
        assert policy
        judged = {one: reader.judge(policy, one) for one in ("2001:db8::7", "2001:db9::ffff", "2001:dba::1", OUT)}
        assert judged == {"2001:db8::7": "+", "2001:db9::ffff": "+", "2001:dba::1": "~", OUT: "~"}

    def test_an_included_fail_is_no_match(self, ask: Callable[[str], Dns]) -> None:
        dns = ask('a.example. TXT "v=spf1 include:b.example ip4:203.0.114.7 -all"\nb.example. TXT "v=spf1 -all"')
        assert [one.state for one in spf(dns, OUT)] == ["fine"]


class TestDmarc:
    def check(self, dns: Dns, domain: str = "a.example", *, returns: str = "", signed: bool = True) -> list[Finding]:
        return list(dmarc.check(dns, domain, return_domain=returns or domain, signed=signed))

    @pytest.mark.parametrize(
        ("zone", "state", "message"),
        [
            ("", "wrong", "publish the TXT record _dmarc.a.example with: v=DMARC1; p=none; rua=mailto:dmarc@a.example"),
            ('_dmarc.a.example. TXT "v=DMARC1; p=reject; rua=mailto:x@a.example"', "fine", "p=reject"),
            ('_dmarc.a.example. TXT "v=DMARC1;p=none"', "note", "add rua="),
            ('_dmarc.a.example. TXT "v=DMARC1; p=maybe"', "wrong", "no p= that receivers know"),
            ('_dmarc.a.example. TXT "v=DMARC1; rua=mailto:x@a.example"', "wrong", "no p= that receivers know"),
            (
                '_dmarc.a.example. TXT "v=DMARC1; p=none"\n_dmarc.a.example. TXT "v=DMARC1; p=reject"',
                "wrong",
                "2 records",
            ),
        ],
    )
    def test_the_policy(self, ask: Callable[[str], Dns], zone: str, state: str, message: str) -> None:
        first = self.check(ask(zone))[0]
        assert first.state == state
        assert message in first.message

    def test_the_organisations_policy_is_taken_where_there_is_none(self, ask: Callable[[str], Dns]) -> None:
        dns = ask('_dmarc.post.example. TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:x@post.example"')
        first = self.check(dns, "news.eu.post.example")[0]
        assert (first.state, first.message[:45]) == ("fine", "The policy (of post.example) is p=quarantine,")

    def test_organisations(self, ask: Callable[[str], Dns]) -> None:
        dns = ask(
            '_dmarc.post.example. TXT "v=DMARC1; p=none"\n_dmarc.example. TXT "v=DMARC1; p=none; psd=y"\n'
            '_dmarc.own.post.example. TXT "v=DMARC1; p=none; psd=n"'
        )
        assert dmarc.organization(dns, "a.b.c.d.e.f.g.h.post.example") == "post.example"
        assert dmarc.organization(dns, "x.own.post.example") == "own.post.example"
        assert dmarc.organization(dns, "x.other.example") == "other.example"
        assert dmarc.organization(dns, "x.nowhere.test") == "x.nowhere.test"

    @pytest.mark.parametrize(
        ("returns", "strict", "signed", "state", "message"),
        [
            ("a.example", False, True, "fine", "by DKIM and SPF"),
            ("bounces.a.example", False, True, "fine", "by DKIM and SPF"),
            ("bounces.a.example", True, True, "fine", "by DKIM."),
            ("other.example", False, True, "fine", "by DKIM."),
            ("a.example", False, False, "note", "Only SPF is aligned"),
            ("bounces.a.example", True, False, "wrong", "nothing is aligned"),
            ("other.example", False, False, "wrong", "“distributor dkim add a.example”"),
        ],
    )
    def test_alignment(
        self, ask: Callable[[str], Dns], returns: str, strict: bool, signed: bool, state: str, message: str
    ) -> None:
        dns = ask(f'_dmarc.a.example. TXT "v=DMARC1; p=none; aspf={"s" if strict else "r"}"')
        last = self.check(dns, returns=returns, signed=signed)[-1]
        assert last.state == state
        assert message in last.message


class TestKeys:
    OURS = dkim.dns_record(domain="a.example", selector="s1", key=dkim.new_key("rsa"))
    OTHER = dkim.dns_record(domain="a.example", selector="s1", key=dkim.new_key("rsa"))

    @pytest.mark.parametrize(
        ("published", "state", "message"),
        [
            ([OURS.value], "fine", "is published, and is our key’s"),
            ([OURS.value.removeprefix("v=DKIM1; k=rsa; ") + "; n=what=ever"], "fine", "is published"),
            ([f"{OURS.value[:100]} {OURS.value[100:]}; t=s; h=sha256; s=email"], "fine", "is published"),
            ([], "wrong", f"The key s1 is not published: publish the TXT record {OURS.name} ("),
            ([OTHER.value], "wrong", "is not ours"),
            (["v=DKIM1; p="], "wrong", "is revoked"),
            ([OURS.value, OTHER.value], "wrong", "2 records"),
            ([OURS.value.replace("k=rsa", "k=ed25519")], "wrong", "is not ours"),
            ([f"{OURS.value}; h=sha1"], "wrong", "can’t use"),
            ([f"{OURS.value}; s=tlsrpt"], "wrong", "not meant for mail"),
        ],
    )
    def test_published(self, ask: Callable[[str], Dns], published: list[str], state: str, message: str) -> None:
        dns = ask("".join(f"{dkim.DnsRecord(self.OURS.name, text).zone_line}\n" for text in published))
        (found,) = keys.check(dns, "a.example", [self.OURS], [])
        assert found.state == state
        assert message in found.message
        (waits,) = [one for one in keys.check(dns, "a.example", [], [self.OURS]) if "No key" not in one.message]
        assert waits.state == "note"
        assert ("distributor dkim use a.example s1" in waits.message) is (state == "fine")

    def test_none(self, ask: Callable[[str], Dns]) -> None:
        (found,) = keys.check(ask(""), "a.example", [], [])
        assert (found.state, "“distributor dkim add a.example”" in found.message) == ("note", True)


class TestHosts:
    @pytest.mark.parametrize(
        ("zone", "state", "message"),
        [
            (
                "a.example. MX 20 b.example.\na.example. MX 10 c.example.\nb.example. A 1.0.0.1\nc.example. A 1.0.0.2",
                "fine",
                "goes to c.example, b.example",
            ),
            ("a.example. A 198.18.0.1", "fine", "its own address"),
            ("a.example. MX 0 .", "wrong", "takes no mail"),
            ("a.example. MX 10 gone.example.", "wrong", "gone.example has no address"),
            ("", "wrong", "Neither MX nor address"),
        ],
    )
    def test_receiving(self, ask: Callable[[str], Dns], zone: str, state: str, message: str) -> None:
        (found,) = hosts.check_exchanges(ask(zone), "a.example")
        assert found.state == state
        assert message in found.message

    @pytest.mark.parametrize(
        ("zone", "certain", "state", "message"),
        [
            ("7.114.0.203.in-addr.arpa. PTR out.example.\nout.example. A 203.0.114.7", True, "fine", "out.example"),
            ("7.114.0.203.in-addr.arpa. PTR out.example.", True, "wrong", "publish out.example. with this address"),
            (
                "7.114.0.203.in-addr.arpa. PTR out.example.\nout.example. A 203.0.114.8",
                False,
                "note",
                "does not lead back",
            ),
            ("", True, "wrong", "it has no name"),
        ],
    )
    def test_names(self, ask: Callable[[str], Dns], zone: str, certain: bool, state: str, message: str) -> None:
        found = hosts.check_name(ask(zone), OUT, certain=certain)
        assert found.state == state
        assert message in found.message

    def test_reports_are_only_for_who_takes_mail(self, ask: Callable[[str], Dns]) -> None:
        assert list(hosts.check_reports(ask(""), "a.example")) == []
        (found,) = hosts.check_reports(ask("a.example. MX 10 b.example."), "a.example")
        assert found.state == "note"
        assert "_mta-sts.a.example" in found.message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "both.pem", host=RELAY)


@pytest.fixture(scope="module")
def ports(certificate: Path) -> Iterator[dict[str, int]]:
    """A relay with STARTTLS, one that speaks TLS from the first byte, and one without encryption."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    kinds: dict[str, dict[str, Any]] = {
        "smtp": {"tls_context": context},
        "smtps": {"ssl_context": context},
        "plain": {},
    }
    running: dict[str, Controller] = {}
    for kind, options in kinds.items():
        # aiosmtpd can't be told to find a port itself.
        running[kind] = Controller(Sink(), hostname="127.0.0.1", port=free_port(), **options)
        running[kind].start()
    yield {kind: server.port for kind, server in running.items()}
    for server in running.values():
        server.stop()


class TestEncryption:
    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_certificates(
        self, scheme: str, ports: dict[str, int], certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = relay.read(f"{scheme}://{RELAY}:{ports[scheme]}")
        unknown = hosts.check_encryption(one, ["127.0.0.1"])
        assert unknown.state == "wrong"
        assert "certificate that does not hold (self-signed certificate)" in unknown.message
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        good = hosts.check_encryption(one, ["127.0.0.1"])
        assert good.state == "fine"
        assert "TLSv1.3" in good.message
        soon = hosts.check_encryption(one, ["127.0.0.1"], now=time.time() + 20 * 86_400)
        assert (soon.state, "9 days more" in soon.message) == ("note", True)
        other = relay.read(f"{scheme}://other.example:{ports[scheme]}")
        assert "Hostname mismatch" in hosts.check_encryption(other, ["127.0.0.1"]).message

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_authorities_that_the_address_names(self, scheme: str, ports: dict[str, int], certificate: Path) -> None:
        one = relay.read(f"{scheme}://{RELAY}:{ports[scheme]}?ca={certificate}")
        assert hosts.check_encryption(one, ["127.0.0.1"]).state == "fine"

    def test_none(self, ports: dict[str, int]) -> None:
        url = f"smtp://{RELAY}:{ports['plain']}"
        required = hosts.check_encryption(relay.read(url), ["127.0.0.1"])
        assert (required.state, "offers no encryption" in required.message) == ("wrong", True)
        assert hosts.check_encryption(relay.read(f"{url}?starttls=optional"), ["127.0.0.1"]).state == "note"
        assert hosts.check_encryption(relay.read(f"{url}?starttls=off"), ["127.0.0.1"]).state == "wrong"
        assert hosts.check_encryption(relay.read("smtp://127.0.0.1:25?starttls=off"), []).state == "fine"

    def test_nobody_there(self, ports: dict[str, int]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        away = hosts.check_encryption(relay.read(f"smtp://{RELAY}:{port}"), ["127.0.0.1"])
        assert away.state == "wrong"
        assert "can’t be reached at 127.0.0.1" in away.message
        assert "connection refused" in away.message
        assert "no address" in hosts.check_encryption(relay.read(f"smtp://{RELAY}"), []).message
        speaks_plainly = hosts.check_encryption(relay.read(f"smtps://{RELAY}:{ports['plain']}"), ["127.0.0.1"])
        assert "does not speak TLS" in speaks_plainly.message


class TestExamining:
    def test_what_dns_does_not_answer_is_a_finding_and_the_rest_is_looked_at(self, ask: Callable[[str], Dns]) -> None:
        dns = ask('silent.example. MX 10 a.example.\nb.example. A 198.18.0.1\nb.example. TXT "v=spf1 -all"')
        found = list(examine(Sender("silent.example", return_domain="b.example"), dns))
        assert "silent.example MX: DNS did not say" in said(iter(found), "wrong")
        assert "b.example SPF: One record" in said(iter(found), "fine")

    def test_the_return_path_has_its_own_records(self, ask: Callable[[str], Dns]) -> None:
        sender = Sender("lantern.example", addresses=(OUT,), return_domain="bounces.lantern.example")
        found = said(examine(sender, ask(ZONE)), "fine")
        assert f"bounces.lantern.example MX: Mail to it goes to {RELAY}" in found
        assert f"bounces.lantern.example SPF: One record, 0 of 10 look-ups, covers {OUT}" in found

    def test_a_relays_own_addresses_are_only_a_guess(self, ask: Callable[[str], Dns]) -> None:
        dns = ask('a.example. TXT "v=spf1 ip4:198.51.200.1 ~all"')
        sender = Sender("a.example", relays=(relay.read("smtp://192.0.2.1:9?starttls=off"),))
        assert "name what mail leaves from with --address" in said(examine(sender, dns), "note")
        public = Sender("a.example", relays=(relay.read("smtp://203.0.114.7:9?starttls=off"),))
        assert "If mail leaves from there" in said(examine(public, dns), "note")


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as made:
        yield made


def test_the_command_line(home: House, ports: dict[str, int], certificate: Path) -> None:
    empty = home.fine("doctor", "--mail")
    assert [one["state"] for one in empty["findings"]] == ["note"]
    home.fine("publications", "add", "The Lantern", "--sender", "letters@lantern.example", "--slug", "lantern")
    url = json.dumps({"url": f"smtp://user:do-not-show@{RELAY}:{ports['smtp']}"})
    home.fine("accounts", "add", "mail", "--name", "relay", given=url)
    record = home.fine("dkim", "add", "lantern.example")["record"]

    with serving(ZONE) as resolver:
        arguments = ("doctor", "--mail", "--resolver", resolver, "--address", OUT)
        sick = home.run(*arguments, "--json", SSL_CERT_FILE=str(certificate))
        assert sick.code == 1
        (wrong,) = [one for one in sick.json["findings"] if one["state"] == "wrong"]
        assert wrong["name"] == "lantern.example DKIM"
        assert record["name"] in wrong["message"]
        assert wrong["message"].endswith(f"with: {record['value']}")
        assert "".join(record["value"].split()) in "".join(home.run(*arguments).out.split())
    with serving(f"{ZONE}\n{record['zone']}\n") as resolver:
        arguments = ("doctor", "--mail", "--resolver", resolver, "--address", OUT)
        for which in ([], ["lantern"], ["lantern.example"]):
            well = home.run(*arguments, *which, "--json", SSL_CERT_FILE=str(certificate))
            assert well.code == 0, well.out
            assert {one["state"] for one in well.json["findings"]} == {"fine"}
        subjects = [one["name"] for one in well.json["findings"]]
        assert subjects == [
            *(f"lantern.example {kind}" for kind in ("MX", "SPF", "DKIM", "DMARC", "alignment")),
            f"{OUT} PTR", f"{RELAY} TLS", "lantern.example MTA-STS",
        ]  # fmt: skip
        read = home.run(*arguments, SSL_CERT_FILE=str(certificate))
        assert "✓" in read.out
        assert "do-not-show" not in read.out + read.said + well.out
        assert home.run(*arguments, "other.example").code == 1

        home.fine("publications", "add", "Try", "--sender", "letters@try.example", "--slug", "try")
        home.fine("accounts", "add", "mail", "--practice", "--publication", "try")
        ran = home.run(*arguments, "--json", SSL_CERT_FILE=str(certificate))
        (note,) = [one for one in ran.json["findings"] if one["state"] != "fine"]
        assert (ran.code, note["name"], "no real mail account" in note["message"]) == (0, "try", True)
        assert home.run(*arguments, "try").code == 1

    assert "--mail" in home.refused("doctor", "lantern")
    assert "neither a publication nor a domain" in home.refused("doctor", "--mail", "lampion", "--resolver", resolver)
    assert "is no DNS resolver" in home.refused("doctor", "--mail", "--resolver", "here")
    assert "is no IP address" in home.refused("doctor", "--mail", "--address", "here")
