"""URLs of this door."""

from __future__ import annotations

from django.urls import path

from distributor.reader import cards, tracked, views
from distributor.reader.feeds import feed

app_name = "reader"
urlpatterns = [
    path("", views.front, name="front"),
    path("u/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("c/<str:mark>/<int:number>", tracked.follow, name="follow"),
    path("o/<str:mark>.gif", tracked.picture, name="picture"),
    path("<slug:publication>/", views.publication, name="publication"),
    path("<slug:publication>/letters/<str:slug>/", views.letter, name="letter"),
    path("<slug:publication>/letters/<str:slug>/card-<int:width>x<int:height>.png", cards.card, name="card"),
    path("<slug:publication>/letters/<str:slug>/preview/", views.preview, name="preview"),
    path("<slug:publication>/series/<str:slug>/", views.series, name="series"),
    path("<slug:publication>/feed.<str:kind>", feed, name="feed"),
]
