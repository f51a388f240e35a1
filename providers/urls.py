from django.urls import path

from providers import credential_views, views
from providers.access import KINDS

app_name = "providers"
urlpatterns = [
    path("providers/", views.provider_list, name="list"),
    path("providers/new/", views.provider_new, name="new"),
    path("providers/own/", views.own, name="own"),
    path("providers/<int:pk>/", views.record, name="record"),
    path("providers/<int:pk>/invite/", views.invite, name="invite"),
    path(
        "providers/<int:pk>/qualifications/new/",
        credential_views.qualification_new,
        name="qualification-new",
    ),
    path(
        "providers/<int:pk>/certificates/new/",
        credential_views.certificate_new,
        name="certificate-new",
    ),
    *(
        path(f"providers/{kind}s/<int:pk>/{act}/", view, {"kind": kind}, name=f"{kind}-{act}")
        for kind in KINDS
        for act, view in (
            ("remove", credential_views.credential_remove),
            ("verify", credential_views.credential_verify),
        )
    ),
]
