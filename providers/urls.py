from django.urls import path

from providers.access import KINDS
from providers.views import bodies, credentials

app_name = "providers"
urlpatterns = [
    path("providers/", bodies.provider_list, name="list"),
    path("providers/new/", bodies.provider_new, name="new"),
    path("providers/own/", bodies.own, name="own"),
    path("providers/<int:pk>/", bodies.record, name="record"),
    path("providers/<int:pk>/invite/", bodies.invite, name="invite"),
    path(
        "providers/<int:pk>/qualifications/new/",
        credentials.qualification_new,
        name="qualification-new",
    ),
    path(
        "providers/<int:pk>/certificates/new/",
        credentials.certificate_new,
        name="certificate-new",
    ),
    *(
        path(f"providers/{kind}s/<int:pk>/{act}/", view, {"kind": kind}, name=f"{kind}-{act}")
        for kind in KINDS
        for act, view in (
            ("remove", credentials.credential_remove),
            ("verify", credentials.credential_verify),
        )
    ),
]
