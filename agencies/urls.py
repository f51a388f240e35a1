from django.urls import path

from agencies.views import batches, contracts, standing

app_name = "agencies"
urlpatterns = [
    path("contracts/", contracts.contract_list, name="contract-list"),
    path("contracts/new/", contracts.contract_new, name="contract-new"),
    path("contracts/<int:pk>/", contracts.contract, name="contract"),
    path(
        "contracts/<int:pk>/activate/",
        contracts.contract_move,
        {"act": "activate"},
        name="contract-activate",
    ),
    path(
        "contracts/<int:pk>/complete/",
        contracts.contract_move,
        {"act": "complete"},
        name="contract-complete",
    ),
    path(
        "contracts/<int:pk>/terminate/",
        contracts.contract_move,
        {"act": "terminate"},
        name="contract-terminate",
    ),
    path("contracts/<int:pk>/officers/", contracts.officer_add, name="officer-add"),
    path(
        "contracts/<int:pk>/officers/<int:membership>/remove/",
        contracts.officer_remove,
        name="officer-remove",
    ),
    path("contracts/<int:pk>/batches/new/", batches.batch_new, name="batch-new"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/build/", batches.batch_build, name="batch-build"),
    path("batches/<int:pk>/assign/", batches.batch_assign, name="batch-assign"),
    path("batches/<int:pk>/inspectors/", batches.inspectors, name="inspectors"),
    path("batches/<int:pk>/rules/", batches.batch_rules, name="batch-rules"),
    path("contracts/<int:pk>/hand-over/", standing.hand_over, name="hand-over"),
    path("contracts/<int:pk>/conflicts/", standing.conflicts, name="conflicts"),
    path("contracts/<int:pk>/cross-region/", standing.cross_region, name="cross-region"),
    path("contracts/<int:pk>/ties/<int:tie>/remove/", standing.tie_remove, name="tie-remove"),
    path("assignments/<int:pk>/withdraw/", batches.withdraw, name="withdraw"),
]
