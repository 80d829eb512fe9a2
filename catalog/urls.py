"""/…, the catalogue's addresses (docs/contract.md, "Catalogue")."""

from django.urls import path

from catalog.views import alerts, pages, search, shoppers

app_name = "catalog"

urlpatterns = [
    path("", pages.home, name="home"),
    path("c/<slug:slug>/", pages.category_detail, name="category-detail"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.search_suggest, name="search-suggest"),
    path("search/forget/", search.search_forget, name="search-forget"),
    path("p/<int:product_id>/", pages.product_detail, name="product-detail"),
    path("p/<int:product_id>/favourite/", shoppers.favourite_set, name="favourite-set"),
    path("p/<int:product_id>/alert/", alerts.alert_set, name="alert-set"),
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("favourites/", shoppers.favourite_list, name="favourite-list"),
    path("history/", shoppers.history, name="history"),
    path("history/clear/", shoppers.history_clear, name="history-clear"),
    path("compare/", shoppers.compare, name="compare"),
    path("compare/pick/", shoppers.compare_pick, name="compare-pick"),
    path("compare/clear/", shoppers.compare_clear, name="compare-clear"),
]
