from django.urls import path

from documents import office, views

app_name = "documents"
urlpatterns = [
    path("documents/", views.document_list, name="list"),
    path("documents/print/", views.batch_print, name="print"),
    path("documents/<uuid:pk>/", views.download, name="download"),
    path("documents/<uuid:pk>/record/", views.paper, name="paper"),
    path("documents/<uuid:pk>/word/", views.word, name="word"),
    path("documents/<uuid:pk>/render/", views.render_again, name="render-again"),
    path("documents/<uuid:pk>/void/", views.void, name="void"),
    path("documents/<uuid:pk>/receipt/", views.receipt, name="receipt"),
    path("documents/<uuid:pk>/refusal/", views.refusal, name="refusal"),
    path("receive/<str:token>/", views.receive, name="receive"),
    path("receive/<str:token>/file/", views.receive_file, name="receive-file"),
    path("office/", office.office, name="seals"),
    path("office/seal/", office.seal_new, name="seal-new"),
    path("office/approvals/new/", office.approval_new, name="approval-new"),
    path(
        "office/approvals/<int:pk>/approve/",
        office.approval_act,
        {"act": "approve"},
        name="approval-approve",
    ),
    path(
        "office/approvals/<int:pk>/refuse/",
        office.approval_act,
        {"act": "refuse"},
        name="approval-refuse",
    ),
    path(
        "office/approvals/<int:pk>/revoke/",
        office.approval_act,
        {"act": "revoke"},
        name="approval-revoke",
    ),
    path("office/key/rotate/", office.key_rotate, name="key-rotate"),
    path("office/templates/new/", office.template_new, name="template-new"),
    path("office/templates/<slug:kind>/starter/", office.template_starter, name="template-starter"),
    path("office/templates/<int:pk>/end/", office.template_end, name="template-end"),
]
