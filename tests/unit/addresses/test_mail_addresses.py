"""What a mail address is, and how it is stored."""

from __future__ import annotations

import pytest

from distributor.channels.mail.message import envelope_address
from distributor.channels.origins import origin
from distributor.domain.host_names import ascii_host
from distributor.domain.mail_addresses import normal_address
from distributor.rendering.addresses import ascii_url


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ada@example.com", "ada@example.com"),
        (" ada@example.com\u00a0", "ada@example.com"),
        ("\u200bada@example.com\ufeff", "ada@example.com"),
        ("\u202aada@example.com\u202c", "ada@example.com"),
        ("ADA@EXAMPLE.COM", "ADA@example.com"),
        ("o'neil+news@example.com", "o'neil+news@example.com"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
        ("한글@example.com", "한글@example.com"),
        ("jo\u0308rg@example.com", "j\u00f6rg@example.com"),
        ("me@Bücher.Example", "me@xn--bcher-kva.example"),
        ("info@예시.example", "info@xn--vv4b11d.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),  # not strasse.example, which is another one's
        ("info@βόλος.example", "info@xn--nxasmm1c.example"),
    ],
)
def test_an_address_is_stored_as_mail_servers_have_it(text: str, stored: str) -> None:
    assert normal_address(text) == stored
    assert normal_address(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "nobody", "a@", "@example.com", "nodot@localhost", "ip@[192.0.2.1]", "ip@192.0.2.1"),
        *('"quoted local"@example.com', '"a@b"@example.com', "a b@example.com", "dot.@example.com", ".dot@example.com"),
        *("two..dots@example.com", "dot@example.com.", "x@-example.com", "under@ex_ample.com", "zw\u200b1@example.com"),
        *("Ann <ann@example.com>", "mailto:ann@example.com", "ann@example.com;bo@example.com", "ann@@example.com"),
        *(f"{'a' * 65}@example.com", f"{'한' * 22}@example.com", f"a@{'b.' * 125}example.com", "a\udcff@example.com"),
    ],
)
def test_what_is_no_address_is_not_taken(text: str) -> None:
    assert normal_address(text) is None


def test_every_way_to_a_host_knows_the_same_name() -> None:
    assert ascii_host("Straße.Example") == "xn--strae-oqa.example"
    assert envelope_address("ann@straße.example") == "ann@xn--strae-oqa.example"
    assert origin("straße.example") == "https://xn--strae-oqa.example"
    assert ascii_url("https://straße.example/ä") == "https://xn--strae-oqa.example/%C3%A4"
    assert ascii_host("i❤.example") == "xn--i-7iq.example"


@pytest.mark.parametrize("name", ["a..example", ".example", f"{'a' * 64}.example", f"{'ä' * 63}.example"])
def test_a_name_that_cant_be_looked_up_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="label"):
        ascii_host(name)
