from django.urls import include, path

from api import views

app_name = "api"
urlpatterns = [
    path("schema/", views.Schema.as_view(), name="schema"),
    path("v1/", include("api.v1")),
    path("docs/", views.docs, name="docs"),
]
