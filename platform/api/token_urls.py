from django.urls import path

from api import token_views as views

app_name = "tokens"
urlpatterns = [
    path("", views.own, name="own"),
    path("new/", views.new, name="new"),
    path("people/", views.people, name="people"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
]
