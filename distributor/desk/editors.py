"""The people who use the desk, for admins: who there is, their roles, new ones, new passwords, and who is kept out.

A password that was made is in the answer itself, once: a message would keep it in a cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from distributor.desk import deeds
from distributor.desk.access import admin, admin_of_all, roles_of
from distributor.desk.editor_forms import RoleChangeForm, RoleForm
from distributor.desk.publication_scope import includes, is_whole
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.people import audit
from distributor.people import editors as people
from distributor.people.editors import Editor


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def editors(request: HttpRequest) -> HttpResponse:
    """All who use the desk; or make one, and show the password once."""
    form = RoleForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    values = form.cleaned_data
    name, role = values["name"].replace("\0", ""), form.chosen_role
    try:
        password = people.add(
            name, role=role or "writer", publication=values["publication"], by=request.user.get_username()
        )
    except BadInput as error:
        form.add_error("name", str(error))
        return _page(request, form)
    _record(request, "create", name, publication=values["publication"], after={"role": role})
    return _page(request, RoleForm(), password_of=name, password=password)


@admin
@require_POST
def give_role(request: HttpRequest) -> HttpResponse:
    """Give somebody who is there another role, or take it."""
    form = RoleChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("desk:editors")
    values = form.cleaned_data
    before = _role_now(values["name"], values["publication"])
    try:
        people.set_role(
            values["name"], form.chosen_role, publication=values["publication"], by=request.user.get_username()
        )
    except BadInput as error:
        messages.error(request, str(error))
    else:
        deeds.note(
            request,
            subject=f"editor {values['name']}",
            publication=values["publication"],
            before={"role": before},
            after={"role": form.chosen_role},
        )
        messages.success(request, _("%(name)s has another role now.") % {"name": values["name"]})
    return redirect("desk:editors")


@admin_of_all
@require_POST
def act_on_editor(request: HttpRequest, editor_id: int, action: str) -> HttpResponse:
    """Do one of the actions with an editor; what can't be is said."""
    editor = get_object_or_404(User, pk=editor_id, is_staff=True)
    name, by = editor.get_username(), request.user.get_username()
    try:
        if action == "password":
            password = people.set_password(name, by=by)
            _record(request, "password", name)
            return _page(request, RoleForm(), password_of=name, password=password)
        if action not in _ACTIONS:
            raise Http404
        change, sentence = _ACTIONS[action]
        change(name, by)
    except BadInput as error:
        messages.error(request, str(error))
    else:
        deeds.note(request, subject=f"editor {name}")
        messages.success(request, sentence.format(name))
    return redirect("desk:editors")


_ACTIONS: Final[dict[str, tuple[Callable[[str, str], None], str]]] = {
    "deactivate": (lambda name, by: people.deactivate(name, by=by), "{} can’t use the desk until you activate them."),
    "activate": (lambda name, by: people.activate(name, by=by), "{} can use the desk again."),
    "remove": (lambda name, by: people.remove(name, by=by), "{} is removed."),
}


def _record(request: HttpRequest, action: str, name: str, **values: Any) -> None:
    actor = request.user.get_username()
    audit.record(f"editors.{action}", actor=actor, door="desk", subject=f"editor {name}", **values)


def _role_now(name: str, publication: Publication | None) -> Role | None:
    """Return the role that somebody has been given in a publication, or in all."""
    line = next((line for line in people.editors() if line.name == name), None)
    if line is None or publication is None:
        return line.role if line is not None else None
    return dict(line.roles_in).get(publication)


def _page(request: HttpRequest, form: RoleForm, **context: Any) -> HttpResponse:
    context = {
        "password_of": "",
        "password": "",
        "form": form,
        "change_form": RoleChangeForm(auto_id=False),
        "editors": _shown(),
        "of_all": roles_of(request).permits("admin", None),
        "zone": timezone.get_current_timezone_name(),
        "here": "editors",
        **context,
    }
    return render(request, "desk/editors.html", context, status=422 if form.is_bound and form.errors else 200)


def _shown() -> list[Editor]:
    """Return everybody; for admins of some publications those who have a role in them, with these roles alone."""
    if is_whole():
        return people.editors()
    entries = [
        replace(entry, roles_in=tuple((row, role) for row, role in entry.roles_in if includes(row.pk)))
        for entry in people.editors()
    ]
    return [entry for entry in entries if entry.role is not None or entry.roles_in]
