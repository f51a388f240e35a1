from allauth.socialaccount.views import login_cancelled, login_error
from django.urls import include, path

# Of allauth's pages about identity providers only those that a sign-in passes.
identity_urls = [
    path("cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("error/", login_error, name="socialaccount_login_error"),
]
urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("", include("health.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/identity/", include(identity_urls)),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("api/", include("api.urls")),
    path("tokens/", include("api.token_urls")),
    path("", include("home.urls")),
    path("", include("tenancy.urls")),
    path("", include("workflow.urls")),
    path("", include("notifications.urls")),
    path("", include("evidence.urls")),
    path("", include("enterprises.urls")),
    path("", include("documents.urls")),
    path("", include("chain.urls")),
    path("", include("agencies.urls")),
    path("", include("providers.urls")),
    path("field/", include("inspections.field.urls")),
    path("", include("inspections.urls")),
    path("", include("scoring.urls")),
    path("", include("portal.urls")),
    path("", include("webhooks.urls")),
]
handler400 = "common.faults.bad_request"
handler404 = "common.faults.not_found"
handler500 = "common.faults.server_error"
