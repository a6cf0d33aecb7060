"""A mailbox that bounces come to, read by IMAP (RFC 3501, MOVE: RFC 6851). Knows nothing of what is in the mails."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from distributor.channels.mail.relay import is_this_machine
from distributor.channels.mail.returns.message_parts import SIZE
from distributor.domain.errors import BadSettings, ServiceAway

TIMEOUT = 30.0  # seconds for one answer
DELETE = "delete"
_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True, slots=True)
class Place:
    """One mailbox and how to log in. What was understood moves to `done_folder`, or is deleted where that is ""."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str = "Processed"

    @property
    def label(self) -> str:
        """What sentences call it: no password."""
        return f"The mailbox {self.folder} of {self.user} at {self.host}"


def read_place(url: str) -> Place:
    """Read `imaps://user:pass@host:993/FOLDER?done=Processed|delete`, or `imap://…?starttls=required|off`.

    User, password and folders are percent-encoded where they hold signs that mean something in a URL. Raises
    BadSettings with what is wrong, without repeating the URL.
    """
    try:
        parts = urlsplit(url)
        port, host, options = parts.port, parts.hostname, parse_qs(parts.query)
    except ValueError:
        raise BadSettings("A returns mailbox can’t be read: write it as imaps://user:pass@host/INBOX.") from None
    if parts.scheme not in _PORTS or not host or not parts.username or not parts.password:
        raise BadSettings("A returns mailbox has to be written as imaps://user:pass@host/INBOX.")
    starttls = options.get("starttls", ["required"])[-1]
    if starttls not in ("required", "off"):
        raise BadSettings("A returns mailbox’s starttls has to be required or off.")
    if parts.scheme == "imap" and starttls == "off" and not is_this_machine(host):
        raise BadSettings("A returns mailbox’s password goes out encrypted only: leave “starttls=off” away.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    done_folder = options.get("done", ["Processed"])[-1]
    if done_folder == folder:
        raise BadSettings("A returns mailbox can’t put mails away in the folder that it reads: name another one.")
    return Place(
        host=host,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "imaps",
        starttls=parts.scheme == "imap" and starttls == "required",
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=folder,
        done_folder="" if done_folder == DELETE else done_folder,
    )


@contextmanager
def open_box(place: Place, *, size: int = SIZE) -> Iterator[Box]:
    """Log in and select the folder; of a message at most `size` bytes are read.

    Raises BadSettings where the login or folder is refused, ServiceAway otherwise.
    """
    try:
        client = _connect(place, 2 * size)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise ServiceAway(f"{place.label} does not answer ({_reason(error)}): the next try may work.") from error
    try:
        _log_in(client, place)
        yield Box(client, place, size)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise ServiceAway(f"{place.label} broke off ({_reason(error)}): the next try goes on.") from error
    finally:
        try:
            client.logout()
        except (OSError, imaplib.IMAP4.error, ImapToolsError):
            # It is gone already, and so is what we wanted of it.
            with suppress(OSError):
                client.client.shutdown()


def _connect(place: Place, most: int) -> BaseMailBox:
    client = _client(place)
    client.client.read = partial(_read, client.client.read, most)  # type: ignore[method-assign]
    return client


def _read(read: Callable[[int], bytes], most: int, size: int) -> bytes:
    """Read what the server says that it sends: it may say any number, and imaplib would take so much memory."""
    if size > most:
        raise imaplib.IMAP4.error("more than was asked for")
    return read(size)


def _client(place: Place) -> BaseMailBox:
    context = ssl.create_default_context()
    if place.tls:
        return MailBox(place.host, place.port, timeout=TIMEOUT, ssl_context=context)
    if place.starttls:
        return MailBoxStartTls(place.host, place.port, timeout=TIMEOUT, ssl_context=context)
    return MailBoxUnencrypted(place.host, place.port, timeout=TIMEOUT)


def _log_in(client: BaseMailBox, place: Place) -> None:
    try:
        client.login(place.user, place.password, initial_folder=place.folder)
    except MailboxLoginError:
        raise BadSettings(f"{place.label} refuses the login: correct user and password in its URL.") from None
    except MailboxFolderSelectError:
        raise BadSettings(f"{place.label} can’t be opened: correct the folder’s name in its URL.") from None


def _reason(error: Exception) -> str:
    """Return why, in a few words that hold nothing we sent: the library's own sentences may quote commands."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can’t be verified: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


class Box:
    """The open folder. Messages are named by their UIDs, which stay theirs (RFC 3501 §2.3.1.1)."""

    def __init__(self, client: BaseMailBox, place: Place, size: int = SIZE) -> None:
        self._size = size
        self._client = client
        self._place = place
        self._has_folder = not place.done_folder

    def new_uids(self) -> list[str]:
        """Return the UIDs of the messages that nobody has looked at yet, the oldest first."""
        return list(self._client.uids("UNDELETED UNFLAGGED", charset=None))

    def message(self, uid: str) -> bytes | None:
        """Return the beginning of a message, unseen as it was; None where it is gone by now."""
        _, response = self._client.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{self._size}>)")
        parts = [part[1] for part in response if isinstance(part, tuple)]
        return bytes(parts[0]) if parts else None

    def put_away(self, uids: Sequence[str]) -> None:
        """Move messages that are done with to their folder, which is made where it is not there, or delete them."""
        if not uids:
            return
        if not self._place.done_folder:
            self._client.delete(uids)
            return
        if not self._has_folder:
            if not self._client.folder.exists(self._place.done_folder):
                self._client.folder.create(self._place.done_folder)
            self._has_folder = True
        self._client.move(uids, self._place.done_folder)

    def keep(self, uids: Sequence[str]) -> None:
        """Flag messages for a person to look at; they are not read again until the flag is taken off."""
        if not uids:
            return
        # Not by the library's flag(): that expunges what somebody else marked as deleted.
        response, _ = self._client.client.uid("STORE", ",".join(uids), "+FLAGS", r"(\Flagged)")
        if response != "OK":
            raise imaplib.IMAP4.error("STORE refused")
