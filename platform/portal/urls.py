from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [path("check/<slug:code>/", views.check, name="check")]
