"""The desk's editors, for admins: who there is, new ones, new passwords, and who is kept out.

A password that was made is in the answer itself, once: a message would keep it in a cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from distributor.desk.access import admin
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput
from distributor.people import editors as people


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def editors(request: HttpRequest) -> HttpResponse:
    """All editors; or make one, and show the password once."""
    if request.method != "POST":
        return _page(request)
    name = request.POST.get("name", "").replace("\0", "").strip()
    role: Role = "admin" if "admin" in request.POST else "editor"
    try:
        password = people.add(name, role=role, by=request.user.get_username())
    except BadInput as error:
        return _page(request, name=name, problem=str(error))
    return _page(request, password_of=name, password=password)


@admin
@require_POST
def act_on_editor(request: HttpRequest, editor_id: int, action: str) -> HttpResponse:
    """Do one of the actions with an editor; what can't be is said."""
    editor = get_object_or_404(User, pk=editor_id, is_staff=True)
    name, by = editor.get_username(), request.user.get_username()
    try:
        if action == "password":
            return _page(request, password_of=name, password=people.set_password(name, by=by))
        if action not in _ACTIONS:
            raise Http404
        change, sentence = _ACTIONS[action]
        change(name, by)
    except BadInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence.format(name))
    return redirect("desk:editors")


_ACTIONS: Final[dict[str, tuple[Callable[[str, str], None], str]]] = {
    "deactivate": (lambda name, by: people.deactivate(name, by=by), "{} can’t use the desk until you activate them."),
    "activate": (lambda name, by: people.activate(name, by=by), "{} can use the desk again."),
    "admin": (lambda name, by: people.set_role(name, "admin", by=by), "{} is an admin now."),
    "editor": (lambda name, by: people.set_role(name, "editor", by=by), "{} is an editor now."),
    "remove": (lambda name, by: people.remove(name, by=by), "{} is removed."),
}


def _page(request: HttpRequest, **context: Any) -> HttpResponse:
    defaults = {"name": "", "problem": "", "password_of": "", "password": ""}
    table = {"editors": people.editors(), "zone": timezone.get_current_timezone_name(), "here": "editors"}
    status = 422 if context.get("problem") else 200
    return render(request, "desk/editors.html", {**defaults, **table, **context}, status=status)
