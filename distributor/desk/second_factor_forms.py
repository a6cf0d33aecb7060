"""The codes and passkeys that somebody shows, checked by allauth, and each code of an app but once."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django.db import transaction

from distributor.people import two_factor


class CodeForm(AuthenticateForm):  # type: ignore[misc] # allauth has no types
    """A code of an app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].max_length = 64

    def clean_code(self) -> str:
        """Return it where it is right and was not used before."""
        with transaction.atomic():
            # One at a time: of two that come at once with the same code, one gets in.
            apps = Authenticator.objects.select_for_update().filter(user=self.user, type=two_factor.APP)
            app = next(iter(apps), None)
            code = str(super().clean_code())
            is_of_app = app is not None and self.authenticator.pk == app.pk
            if is_of_app and not two_factor.use_up(app, code):
                raise get_adapter().validation_error("incorrect_code")
        return code
