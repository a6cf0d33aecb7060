"""An editor's own language of the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from distributor.desk.access import writer
from distributor.desk.sentences import translation
from distributor.domain.errors import BadInput
from distributor.people import languages


@writer
@require_POST
def own_language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen, and go back to the page on which that was done."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    try:
        languages.choose(user, request.POST.get("language", ""))
    except BadInput as error:
        messages.error(request, translation(str(error)))
    page = request.POST.get("next", "")
    is_ours = page.startswith("/desk/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return redirect(page if is_ours else resolve_url("desk:home"))
