from django.urls import path

from inspections.field import api, day_views, pages, shell

app_name = "field"
urlpatterns = [
    path("", shell.app, name="app"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("authority.crt", shell.authority, name="authority"),
    path("refused/", pages.refused, name="refused"),
    path("refused/<uuid:pk>/", pages.refused_seen, name="refused-seen"),
    path("import/", pages.bring, name="import"),
    path("api/me", api.me, name="me"),
    path("api/bundle", api.bundle, name="bundle"),
    path("api/operations", api.operations, name="operations"),
    path("api/files", api.files, name="files"),
    path("api/files/<uuid:pk>", api.file, name="file"),
    path("api/visits/<uuid:pk>", api.visit, name="visit"),
    path("api/phones/<int:enterprise>", api.phone, name="phone"),
    path("api/day", day_views.day, name="day"),
]
