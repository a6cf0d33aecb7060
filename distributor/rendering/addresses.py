"""The letter's address as networks want it, and the links with which readers pass it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

USUAL = ("facebook", "twitter", "kakao", "mail", "link")

# Everything that may stand in a URL as it is (RFC 3986 §2), and %, so that nothing is encoded twice.
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"


def ascii_url(url: str) -> str:
    """Return a URL in ASCII: X, for one, takes a link to end at the first letter of another script.

    What is no http(s) URL is returned with its other characters percent-encoded.
    """
    if url.isascii():
        return url.strip()
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # an impossible address or host name
        return quote(url.strip(), safe=_AS_IT_IS, errors="replace")
    return urlunsplit((parts.scheme, host, *(quote(part, safe=_AS_IT_IS, errors="replace") for part in parts[2:])))


@dataclass(frozen=True, slots=True)
class ShareLink:
    """One link of a mail's share bar."""

    name: str
    label: str
    url: str


def share_links(share_bar: Iterable[str], *, title: str, url: str, mail: str, link: str) -> tuple[ShareLink, ...]:
    """Return the links of a share bar in its order, the usual five where it names none; none without a `url`.

    They work in a mail: no script, no cookie. `mail` and `link` are the labels that depend on the language.
    """
    if not url:
        return ()
    # RFC 6068 §5: line breaks as %0D%0A, spaces never as +.
    fields = {"subject": title, "body": f"{title}\r\n\r\n{url}"}
    by_mail = "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in fields.items())
    known = {
        # https://developers.facebook.com/docs/plugins/share-button/
        "facebook": ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}"),
        # https://docs.x.com/x-for-websites/post-button/guides/web-intent
        "twitter": ("X", f"https://x.com/intent/tweet?{urlencode({'text': title, 'url': url}, errors='replace')}"),
        # KakaoTalk can be opened by its own script only: the letter's page has the button.
        "kakao": ("KakaoTalk", url),
        "mail": (mail, f"mailto:?{by_mail}"),
        "link": (link, url),
    }
    return tuple(ShareLink(name, *known[name]) for name in dict.fromkeys(share_bar or USUAL) if name in known)
