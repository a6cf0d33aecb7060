"""Which notices an editor gets by mail: their own choice."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from distributor.audience.suppression import is_suppressed
from distributor.desk.access import writer
from distributor.notices import choices
from distributor.notices.kinds import KINDS


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Show which kinds of notices there are, and keep which of them an editor wants."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    if request.method == "POST":
        choices.choose(user, request.POST.getlist("kind"))
        messages.success(request, gettext("Saved. It holds for what happens from now on."))
        return redirect("desk:notices")
    context = {
        "kinds": KINDS.values(),
        "chosen": choices.kinds_of(user),
        "address": user.email,
        "suppressed": bool(user.email) and is_suppressed(user.email),
        "here": "notices",
    }
    return render(request, "desk/notices.html", context)
