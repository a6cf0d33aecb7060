"""How lately somebody has shown who they are: by a password, a second factor or a passkey, in this session.

allauth keeps the record in the session. What changes how somebody logs in asks for it once more when it is old.
"""

from __future__ import annotations

import time
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth.models import User
from django.http import HttpRequest

RECENT_SECONDS: Final = 600


def prove(request: HttpRequest, user: User, method: str) -> None:
    """Write down that somebody has just shown who they are, by `method`: “password” or “mfa”."""
    record_authentication(request, user, method)


def is_recent(request: HttpRequest) -> bool:
    """Whether who is logged in has shown so within the last ten minutes."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < RECENT_SECONDS for record in records)
