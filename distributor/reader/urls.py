"""URLs of this door."""

from __future__ import annotations

from django.urls import path

from distributor.reader import branding, cards, crawlers, feeds, media, tracked_links, views

app_name = "reader"
urlpatterns = [
    path("", views.front, name="front"),
    path("u/<str:token>/", views.unsubscribe, name="unsubscribe"),
    # Mail programs that lose the slash: who follows a redirection of their POST does so with a GET, which asks only.
    path("u/<str:token>", views.unsubscribe),
    path("c/<str:token>/<int:number>", tracked_links.follow, name="follow"),
    path("o/<str:token>.gif", tracked_links.picture, name="picture"),
    path("s/<str:code>", views.short, name="short"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("<str:key>.txt", crawlers.index_key, name="index-key"),
    path("<slug:publication>/", views.publication, name="publication"),
    path("<slug:publication>/logo-<slug:key>.png", branding.logo, name="logo"),
    path("<slug:publication>/colour-<slug:colour>.css", branding.style, name="colour"),
    path("<slug:publication>/fonts-<str:text>-and-<str:heading>.css", branding.font_style, name="fonts"),
    path("<slug:publication>/media/<str:file>", media.picture, name="media"),
    path("<slug:publication>/letters/<str:slug>/", views.letter, name="letter"),
    path("<slug:publication>/letters/<str:slug>/card-<int:width>x<int:height>.png", cards.card, name="card"),
    path("<slug:publication>/letters/<str:slug>/preview/", views.preview, name="preview"),
    path("<slug:publication>/series/<str:slug>/", views.series, name="series"),
    path("<slug:publication>/series/<str:slug>/feed.<str:kind>", feeds.series_feed, name="series-feed"),
    path("<slug:publication>/authors/<str:slug>/", views.author, name="author"),
    path("<slug:publication>/authors/<str:slug>/feed.<str:kind>", feeds.author_feed, name="author-feed"),
    path("<slug:publication>/feed.<str:kind>", feeds.publication_feed, name="feed"),
    path("<slug:publication>/sitemap-<int:number>.xml", crawlers.publication_sitemap, name="publication-sitemap"),
]
