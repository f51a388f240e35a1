from django.urls import path

from enterprises import (
    bulk_views,
    claim_views,
    entering_views,
    file_views,
    import_views,
    merge_views,
    views,
)

app_name = "enterprises"
urlpatterns = [
    path("enterprises/", views.enterprise_list, name="list"),
    path("enterprises/bulk/", bulk_views.bulk_edit, name="bulk-edit"),
    path("enterprises/claims/", claim_views.sheets, name="claims"),
    path(
        "enterprises/claims/<uuid:pk>/withdraw/", claim_views.sheet_withdraw, name="claim-withdraw"
    ),
    path("enterprises/without-phone/", entering_views.without_phone, name="without-phone"),
    path("enterprises/<int:pk>/entered/", entering_views.entered, name="entered"),
    path(
        "enterprises/<int:pk>/entered/slip/<slug:kind>/", entering_views.slip, name="entered-slip"
    ),
    path("enterprises/<int:pk>/entered/told/", entering_views.told, name="entered-told"),
    path("enterprises/<int:pk>/no-phone/", entering_views.no_phone, name="no-phone"),
    path("enterprises/<int:pk>/no-phone/end/", entering_views.no_phone_off, name="no-phone-end"),
    path("claim/", claim_views.claim_code, name="claim-code"),
    path("claim/<str:code>/", claim_views.claim, name="claim"),
    path("enterprises/<int:pk>/", views.record, name="record"),
    path("enterprises/<int:pk>/edit/", views.edit, name="edit"),
    path("enterprises/<int:pk>/merge/", merge_views.choose, name="merge-choose"),
    path("enterprises/<int:pk>/merge/<int:other>/", merge_views.merge, name="merge"),
    path("enterprises/merges/<uuid:pk>/undo/", merge_views.undo, name="merge-undo"),
    path("enterprises/<int:pk>/invite/", views.invite, name="invite"),
    path("enterprises/<int:pk>/facts/", views.facts, name="facts"),
    path("enterprises/<int:pk>/consent/", views.consent, name="consent"),
    path("enterprises/<int:pk>/consent/withdraw/", views.consent_end, name="consent-end"),
    path("enterprises/<int:pk>/certificates/", views.certificates, name="certificates"),
    path(
        "enterprises/<int:pk>/certificates/<int:certificate>/remove/",
        views.certificate_remove,
        name="certificate-remove",
    ),
    path("enterprises/<int:pk>/risk-points/", views.risk_points, name="risk-points"),
    path(
        "enterprises/<int:pk>/risk-points/<uuid:point>/remove/",
        views.risk_point_end,
        name="risk-point-remove",
    ),
    path("enterprises/files/", file_views.upload, name="files-upload"),
    path("enterprises/files/<uuid:pk>/", file_views.files, name="files"),
    path("enterprises/import/", import_views.upload, name="upload"),
    path("enterprises/import/template/<slug:kind>/", import_views.template, name="import-template"),
    path("enterprises/import/<uuid:pk>/", import_views.preview, name="import"),
    path("enterprises/import/<uuid:pk>/columns/", import_views.columns, name="import-columns"),
    path("enterprises/import/<uuid:pk>/rejected/", import_views.rejected, name="import-rejected"),
]
