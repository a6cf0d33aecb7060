"""What DKIM signing costs: the signature alone, and `Signer.sign` with everything around it.

    python benchmarks/dkim.py [--rounds 2000] [--json]

The rounds take turns, so that a busy machine slows both alike; the median is of groups of fifty.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from distributor.channels.mail import dkim

HEAD = (
    b'From: "The Lantern Post" <letters@lantern-post.example>\r\n'
    b"To: Ada Example <ada.example@readers.example>\r\n"
    b"Subject: =?utf-8?q?What_the_fog_horn_knows_=E2=80=95_the_ninth_of_the_letters?=\r\n"
    b" =?utf-8?q?_from_the_pier?=\r\n"
    b"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
    b"Message-ID: <3fae6d52-4d5a-4d92-a3a2-6dc42f7ee43f.1234567@lantern-post.example>\r\n"
    b"List-Unsubscribe: <https://lantern-post.example/u/0123456789abcdefghijklmnopqrstuvwxyz/>,\r\n"
    b" <mailto:unsubscribe+0123456789abcdefghij@bounces.lantern-post.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"List-Id: The Lantern Post <lantern.lantern-post.example>\r\n"
    b"List-Help: <https://lantern-post.example/lantern/>\r\n"
    b"List-Archive: <https://lantern-post.example/lantern/>\r\n"
    b"List-Post: NO\r\n"
    b"Feedback-ID: 3fae6d52-4d5a-4d92-a3a2-6dc42f7ee43f:lantern:letter:lantern-post\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"Precedence: bulk\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="=_0123456789abcdef0123456789abcdef"\r\n'
)
LINE = b"x" * 74 + b"\r\n"
BODIES = {"4 kB": [LINE * 54], "40 kB": [LINE * 540]}
GROUP = 50


def microseconds(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median time of each call in µs."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(max(3, rounds // GROUP)):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(GROUP):
                call()
            times[name].append((time.perf_counter() - start) / GROUP * 1e6)
    return {name: round(statistics.median(durations), 1) for name, durations in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    rsa, ed = dkim.new_key("rsa"), dkim.new_key("ed25519")
    assert isinstance(rsa, RSAPrivateKey)
    assert isinstance(ed, Ed25519PrivateKey)
    with_rsa, with_ed = (dkim.Signer(domain="lantern-post.example", selector="s1", key=key) for key in (rsa, ed))
    content_hash = dkim.body_hash(BODIES["4 kB"])
    calls: dict[str, Callable[[], object]] = {
        "rsa alone": partial(rsa.sign, HEAD, PKCS1v15(), SHA256()),
        "rsa sign()": partial(with_rsa.sign, HEAD, content_hash),
        "ed25519 alone": partial(ed.sign, sha256(HEAD).digest()),
        "ed25519 sign()": partial(with_ed.sign, HEAD, content_hash),
        **{f"body_hash {name}": partial(dkim.body_hash, parts) for name, parts in BODIES.items()},
    }
    medians = microseconds(calls, arguments.rounds)
    if arguments.json:
        print(json.dumps({"unit": "µs", **medians}))
        return
    for name, median in medians.items():
        print(f"{name:<18} {median:>8.1f} µs")


if __name__ == "__main__":
    main()
