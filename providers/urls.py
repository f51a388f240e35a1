from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("providers/", views.provider_list, name="list"),
    path("providers/new/", views.provider_new, name="new"),
    path("providers/<int:pk>/", views.record, name="record"),
    path("providers/<int:pk>/invite/", views.invite, name="invite"),
]
