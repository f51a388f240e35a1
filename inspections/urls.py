from django.urls import path

from inspections.views import hazards, visits

app_name = "inspections"
urlpatterns = [
    path("visits/mine/", visits.my_assignments, name="my-assignments"),
    path("visits/of/<int:pk>/", visits.assignment, name="assignment"),
    path("visits/of/<int:pk>/start/", visits.visit_start, name="visit-start"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/answer/", visits.answer, name="visit-answer"),
    path("visits/<uuid:pk>/answer-rest/", visits.answer_rest, name="visit-answer-rest"),
    path("visits/<uuid:pk>/note/", visits.note, name="visit-note"),
    path("visits/<uuid:pk>/hazards/new/", visits.hazard_new, name="hazard-new"),
    path("visits/<uuid:pk>/sign/", visits.visit_sign, name="visit-sign"),
    path("visits/<uuid:pk>/confirm/", visits.visit_confirm, name="visit-confirm"),
    path("hazards/", hazards.ledger, name="ledger"),
    path("hazards/export/", hazards.ledger_export, name="ledger-export"),
    path("hazards/recheck/", hazards.recheck_list, name="recheck-list"),
    path("hazards/extensions/", hazards.extension_list, name="extension-list"),
    path("hazards/extensions/<uuid:pk>/", hazards.extension_answer, name="extension-answer"),
    path("hazards/<uuid:pk>/", hazards.hazard, name="hazard"),
    path("hazards/<uuid:pk>/edit/", visits.hazard_edit, name="hazard-edit"),
    path("hazards/<uuid:pk>/remove/", visits.hazard_remove, name="hazard-remove"),
    path("hazards/<uuid:pk>/submit/", hazards.submit, name="submit"),
    path("hazards/<uuid:pk>/extension/", hazards.extension_ask, name="extension-ask"),
    path("hazards/<uuid:pk>/recheck/", hazards.recheck, name="recheck"),
    path("hazards/<uuid:pk>/major-report/", hazards.major_report, name="major-report"),
    path("deadlines/", hazards.deadlines, name="deadlines"),
]
