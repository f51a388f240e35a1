from django.urls import path

from providers.access import KINDS
from providers.views import bodies, credentials, reports, standing

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
    path("providers/standing/", standing.standing_list, name="standing-list"),
    path("providers/standing/new/", standing.standing_new, name="standing-new"),
    path("providers/standing/rules/", standing.rules, name="rules"),
    path("providers/standing/<int:pk>/", standing.standing, name="standing"),
    *(
        path(f"providers/standing/<int:pk>/{act}/", view, name=f"standing-{act}")
        for act, view in (
            ("notice", standing.standing_notice),
            ("decide", standing.standing_decide),
            ("drop", standing.standing_drop),
            ("lift", standing.standing_lift),
            ("keep", standing.standing_keep),
            ("state", standing.standing_state),
            ("repair", standing.standing_repair),
        )
    ),
    path("providers/reports/", reports.reports, name="reports"),
    path("providers/reports/new/", reports.report_new, name="report-new"),
    path("providers/reports/<int:pk>/", reports.report, name="report"),
    path("providers/reports/<int:pk>/edit/", reports.report_edit, name="report-edit"),
    path("providers/reports/<int:pk>/submit/", reports.report_submit, name="report-submit"),
    path("providers/notices/", reports.notices, name="notices"),
    path("providers/notices/<int:pk>/", reports.notice, name="notice"),
    path(
        "providers/notices/<int:pk>/acknowledge/",
        reports.notice_acknowledge,
        name="notice-acknowledge",
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
