"""/…, the catalogue's addresses (docs/contract.md, "Catalogue")."""

from django.urls import path

from catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:slug>/", views.category_detail, name="category-detail"),
    path("search/", views.search, name="search"),
    path("p/<int:product_id>/", views.product_detail, name="product-detail"),
]
