"""What admins choose for somebody who uses the desk."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from distributor.desk.publication_scope import is_whole, narrow
from distributor.domain.dispatch_actions import ROLES, Role
from distributor.letters.models import Publication
from distributor.people.roles import role_named

ROLE_WORDS: Final[dict[Role, Any]] = {
    "writer": _("Writer: writes letters and asks for approval"),
    "editor": _("Editor: also approves, releases, and looks after lists"),
    "manager": _("Manager: also looks after accounts and settings"),
    "admin": _("Admin: also decides on other people"),
}
NONE: Final = "none"


class RoleForm(forms.Form):
    """Who is what, in one publication or in all; only admins of all are offered all."""

    name = forms.CharField(max_length=150, error_messages={"required": _("Say who: the name by which they log in.")})
    role = forms.ChoiceField(
        choices=[(role, ROLE_WORDS[role]) for role in ROLES],
        initial="writer",
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )
    publication = forms.ModelChoiceField(
        Publication.objects.none(),
        required=False,
        empty_label=_("All publications"),
        error_messages={"invalid_choice": _("There is no such publication any more: choose again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["publication"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = narrow(Publication.objects.order_by("name"), "pk")
        if not is_whole():
            field.required, field.empty_label = True, None
            field.error_messages["required"] = _("Choose a publication.")

    @property
    def chosen_role(self) -> Role | None:
        """The role of a valid form, None to take it."""
        text = str(self.cleaned_data["role"])
        return None if text == NONE else role_named(text)


class RoleChangeForm(RoleForm):
    """Another role for somebody, or none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((role, ROLE_WORDS[role]) for role in ROLES), (NONE, _("None: take the role"))]
