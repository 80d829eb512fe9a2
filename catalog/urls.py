"""/…, the catalogue's addresses (docs/contract.md, "Catalogue")."""

from django.urls import path

from catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:slug>/", views.category_detail, name="category-detail"),
    path("search/", views.search, name="search"),
    path("p/<int:product_id>/", views.product_detail, name="product-detail"),
    path("p/<int:product_id>/favourite/", views.favourite_set, name="favourite-set"),
    path("favourites/", views.favourite_list, name="favourite-list"),
    path("history/", views.history, name="history"),
    path("history/clear/", views.history_clear, name="history-clear"),
    path("compare/", views.compare, name="compare"),
    path("compare/pick/", views.compare_pick, name="compare-pick"),
    path("compare/clear/", views.compare_clear, name="compare-clear"),
]
