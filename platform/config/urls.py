from django.urls import include, path

urlpatterns = [
    path("", include("health.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("home.urls")),
    path("", include("tenancy.urls")),
    path("", include("workflow.urls")),
    path("", include("evidence.urls")),
    path("", include("enterprises.urls")),
    path("", include("documents.urls")),
    path("", include("agencies.urls")),
    path("", include("providers.urls")),
    path("field/", include("inspections.field.urls")),
    path("", include("inspections.urls")),
    path("", include("scoring.urls")),
    path("", include("portal.urls")),
]
