from django.urls import path

from chain import views

app_name = "chain"
urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/export.xlsx", views.log_export, name="log-export"),
    path("log/chain/", views.chain, name="chain"),
    path("log/chain/verify/", views.verify, name="verify"),
    path("log/chain/checks/<uuid:pk>/", views.verification, name="verification"),
    path("log/chain/export.jsonl", views.export, name="export"),
]
