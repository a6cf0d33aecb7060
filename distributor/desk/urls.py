"""URLs of this door."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from distributor.desk import (
    accounts,
    channel_settings,
    digests,
    dispatches,
    editors,
    held_bursts,
    imports,
    left_out,
    new_letter,
    publication_settings,
    returns,
    reversals,
    segments,
    unproven_events,
    views,
)
from distributor.desk.logins import DeskLogin
from distributor.desk.own_password import own_password

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", DeskLogin.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", own_password, name="own-password"),
    path("letters/new/", new_letter.new_letter, name="new"),
    path("letters/<int:letter_id>/", views.letter, name="letter"),
    path("letters/<int:letter_id>/queue/", views.queue, name="queue"),
    path("letters/<int:letter_id>/withdraw/", views.withdraw, name="withdraw"),
    path("letters/<int:letter_id>/dispatches/", views.live, name="live"),
    path("letters/<int:letter_id>/mail/<str:channel>/", views.mail, name="mail"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/choose/", accounts.choose, name="account-choose"),
    path("accounts/<int:account_id>/check/", accounts.check, name="account-check"),
    path("accounts/<slug:channel>/add/", accounts.add, name="account-add"),
    path("accounts/<slug:channel>/app/", accounts.app, name="account-app"),
    path("accounts/<slug:channel>/back/", accounts.back, name="account-back"),
    path("accounts/<slug:channel>/connect/", accounts.connect, name="account-connect"),
    path("letters/<int:letter_id>/card/<str:channel>.png", views.picture, name="picture"),
    path("letters/<int:letter_id>/picture/", views.describe, name="describe"),
    path("letters/<int:letter_id>/left-out/", left_out.put_back, name="put_back"),
    path("editors/", editors.editors, name="editors"),
    path("editors/<int:editor_id>/<slug:action>/", editors.act_on_editor, name="editor-act"),
    path("digests/", digests.digests, name="digests"),
    path("imports/", imports.imports, name="imports"),
    path("imports/running/", imports.running, name="running-imports"),
    path("returns/", returns.returned_events, name="returns"),
    path("returns/suppressed/", returns.suppressions, name="suppressed"),
    path("returns/suppressed/<int:suppression_id>/lift/", returns.lift, name="lift"),
    path("returns/held/", held_bursts.overview, name="held"),
    path("returns/held/<int:burst_id>/<str:decision>/", held_bursts.decide, name="decide-burst"),
    path("returns/undo/", reversals.undo, name="undo"),
    path("returns/decide/", unproven_events.decide, name="decide-events"),
    path("returns/<int:event_id>/", unproven_events.event, name="event"),
    path("settings/", publication_settings.publication_settings, name="publication-settings"),
    path("settings/<slug:publication>/", publication_settings.publication_settings, name="publication-settings"),
    path("segments/", segments.segments, name="segments"),
    path("segments/new/", segments.new_segment, name="new-segment"),
    path("segments/<int:segment_id>/", segments.segment, name="segment"),
    path("segments/<int:segment_id>/people/", segments.people, name="segment-people"),
    path("segments/<int:segment_id>/remove/", segments.remove_segment, name="remove-segment"),
    path("channel-settings/<slug:channel>/", channel_settings.channel_settings, name="channel-settings"),
    path(
        "channel-settings/<slug:channel>/<slug:publication>/",
        channel_settings.channel_settings,
        name="channel-settings",
    ),
    path("dispatches/<int:dispatch_id>/", dispatches.dispatch, name="dispatch"),
    path("dispatches/<int:dispatch_id>/mail/", dispatches.dispatch_mail, name="dispatch-mail"),
    path("dispatches/<int:dispatch_id>/card.png", dispatches.dispatch_picture, name="dispatch-picture"),
    path("dispatches/<int:dispatch_id>/difference/", dispatches.difference, name="difference"),
    path("dispatches/<int:dispatch_id>/<slug:name>/", dispatches.act, name="act"),
]
