from django.urls import path

from webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", views.endpoints, name="list"),
    path("webhooks/new/", views.endpoint_new, name="new"),
    path("webhooks/<uuid:pk>/", views.endpoint, name="endpoint"),
    path("webhooks/<uuid:pk>/edit/", views.endpoint_edit, name="edit"),
    path("webhooks/<uuid:pk>/pause/", views.pause, name="pause"),
    path("webhooks/<uuid:pk>/resume/", views.resume, name="resume"),
    path("webhooks/<uuid:pk>/rotate/", views.rotate, name="rotate"),
    path("webhooks/<uuid:pk>/remove/", views.remove, name="remove"),
    path("webhooks/<uuid:pk>/test/", views.test, name="test"),
    path("webhooks/<uuid:pk>/resend/", views.resend_failed, name="resend-failed"),
    path("webhooks/deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("webhooks/deliveries/<int:pk>/resend/", views.resend, name="resend"),
]
