from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("contracts/", views.contract_list, name="contract-list"),
    path("contracts/new/", views.contract_new, name="contract-new"),
    path("contracts/<int:pk>/", views.contract, name="contract"),
    path(
        "contracts/<int:pk>/activate/",
        views.contract_move,
        {"act": "activate"},
        name="contract-activate",
    ),
    path(
        "contracts/<int:pk>/complete/",
        views.contract_move,
        {"act": "complete"},
        name="contract-complete",
    ),
    path(
        "contracts/<int:pk>/terminate/",
        views.contract_move,
        {"act": "terminate"},
        name="contract-terminate",
    ),
    path("contracts/<int:pk>/officers/", views.officer_add, name="officer-add"),
    path(
        "contracts/<int:pk>/officers/<int:membership>/remove/",
        views.officer_remove,
        name="officer-remove",
    ),
    path("contracts/<int:pk>/batches/new/", views.batch_new, name="batch-new"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/build/", views.batch_build, name="batch-build"),
    path("batches/<int:pk>/assign/", views.batch_assign, name="batch-assign"),
    path("batches/<int:pk>/inspectors/", views.inspectors, name="inspectors"),
    path("batches/<int:pk>/rules/", views.batch_rules, name="batch-rules"),
    path("assignments/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
