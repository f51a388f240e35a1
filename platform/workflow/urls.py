from django.urls import path

from workflow import views

app_name = "workflow"
urlpatterns = [
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("jobs/<uuid:pk>/retry/", views.retry, name="job-retry"),
    path("jobs/<uuid:pk>/file/", views.file, name="job-file"),
]
