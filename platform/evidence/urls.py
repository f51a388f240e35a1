from django.urls import path

from evidence import views

app_name = "evidence"
urlpatterns = [
    path("photos/<uuid:pk>/", views.photo_reading, name="photo"),
    path("photos/<uuid:pk>/original/", views.photo_original, name="photo-original"),
    path("attachments/<uuid:pk>/", views.attachment, name="attachment"),
    path("attachments/<uuid:pk>/audio/", views.attachment_audio, name="attachment-audio"),
    path("held/<str:kind>/<uuid:pk>/", views.held, name="held"),
]
