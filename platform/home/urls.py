from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("inbox/", views.inbox, name="inbox"),
    path("search/", views.search, name="search"),
]
