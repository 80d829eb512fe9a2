"""The addresses of reviews (docs/contract.md, "Reviews")."""

from django.urls import path

from reviews import views

app_name = "reviews"

urlpatterns = [
    path("", views.review_list, name="review-list"),
    path("<int:item_id>/", views.review_detail, name="review-detail"),
    path("<int:item_id>/edit/", views.review_edit, name="review-edit"),
    path("helpful/<slug:public_id>/", views.review_helpful, name="review-helpful"),
]
