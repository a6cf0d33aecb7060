"""URLs of this door."""

from __future__ import annotations

from django.urls import path

from distributor.api import doors, feeds, webhooks

app_name = "api"
urlpatterns = [
    path("letters/<str:key>", doors.hand_in, name="letter_door"),
    path("feeds/<str:key>", feeds.hub, name="feed_hub"),
    path("mail/<slug:provider>/<int:account_id>", webhooks.mail, name="mail_webhook_by_login"),
    path("mail/<slug:provider>/<int:account_id>/<str:token>", webhooks.mail, name="mail_webhook"),
]
