"""The addresses of the catalogue that are the same in every language."""

from django.urls import path

from catalog.views import sitemap

urlpatterns = [path("sitemap.xml", sitemap.sitemap, name="sitemap")]
