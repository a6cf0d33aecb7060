"""Channel settings on the desk: how a publication's letters go out on one channel."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from distributor.channels import registry
from distributor.delivery.variants import channel_settings as known_settings
from distributor.delivery.variants import channel_settings_store
from distributor.desk.access import manager
from distributor.desk.channel_setting_forms import ChannelSettingsForm
from distributor.desk.publication_scope import narrow
from distributor.letters.models import Letter, Publication


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def channel_settings(request: HttpRequest, channel: str, publication: str = "") -> HttpResponse:
    """Show or store one channel's settings, of the named publication or the first; who came from a letter goes back."""
    adapter = registry.CHANNELS.get(channel)
    if adapter is None:
        raise Http404
    brands = list(narrow(Publication.objects.order_by("name"), "pk"))
    brand = next((brand for brand in brands if publication in ("", brand.slug)), None)
    if brand is None and publication:
        raise Http404
    letter = _letter(request, brand)
    states = known_settings.states_of(brand.channel_options if brand else {}, channel)
    form = ChannelSettingsForm(request.POST or None, states=states)
    if request.method == "POST" and brand and form.is_valid():
        channel_settings_store.store(brand, channel, form.chosen_ids())
        label = adapter.capabilities.label
        messages.success(request, f"Saved: {brand.name} goes out like this on {label}. What is out doesn’t change.")
        if letter:
            return redirect("desk:letter", letter.pk)
        return redirect("desk:channel-settings", channel, brand.slug)
    context = {
        "channel": channel,
        "label": adapter.capabilities.label,
        "brand": brand,
        "brands": brands,
        "form": form,
        "letter": letter,
        "here": "" if letter else "accounts",
    }
    return render(request, "desk/channel_settings.html", context, status=422 if form.is_bound else 200)


def _letter(request: HttpRequest, brand: Publication | None) -> Letter | None:
    """Return the letter that the editor came from, one of this publication."""
    letter_id = request.GET.get("letter", "")
    if brand is None or not (letter_id.isascii() and letter_id.isdigit()):
        return None
    return get_object_or_404(Letter, pk=int(letter_id[:18]), publication=brand)
