"""Every URL × everybody × own and foreign things → code. A URL that is not in the table fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.models import AuditEntry
from common.scope import acting_as
from documents.models import Document
from tenancy.actors import SYSTEM
from tenancy.models import Invitation
from tenancy.services import invitation_token
from tests import world

pytestmark = pytest.mark.django_db
PEOPLE = ("admin", "officer", "lead", "inspector", "principal")
ALL, OFFICE, FIELD = (
    dict.fromkeys(PEOPLE, 200),
    {"admin": 200, "officer": 200},
    {"lead": 200, "inspector": 200},
)
AGENCY_AND_FIELD = OFFICE | FIELD
FIRM = {"principal": 200}
MANAGERS = {"admin": 200}
# A file is given by a link that a page made: tests/tenancy/test_file_links.py.
UNSIGNED = dict.fromkeys(PEOPLE, 410)
# name: (what its arguments are, who gets 200; everybody else gets 403, a stranger's thing is 404)
TABLE = {
    "home:front": ((), AGENCY_AND_FIELD | {"principal": 302}),
    "home:inbox": ((), ALL),
    "home:search": ((), ALL),
    "notifications:settings": ((), ALL),
    "notifications:log": ((), ALL),
    "notifications:org-log": ((), {"admin": 200, "principal": 200}),
    "notifications:robots": ((), {"admin": 200, "principal": 200}),
    "notifications:robot-new": ((), {"admin": 200, "principal": 200}),
    "notifications:robot": (("robot",), MANAGERS),
    "home:calendar-link": ((), ALL),
    "home:deadline-rules": ((), MANAGERS),
    "home:deadline-warnings": ((), OFFICE),
    "home:brief": ((), OFFICE),
    "home:brief-pdf": ((), OFFICE),
    "api:docs": ((), ALL),
    "tokens:own": ((), ALL),
    "tokens:new": ((), ALL),
    "tokens:people": ((), {"admin": 200, "principal": 200}),
    "accounts:security": ((), ALL),
    "accounts:sessions": ((), ALL),
    "tenancy:switch": ((), ALL),
    "tenancy:member": (("membership",), MANAGERS),
    "tenancy:member-identity": (("membership",), MANAGERS),
    "tenancy:member-end": (("membership",), MANAGERS),
    "tenancy:deputies": (("membership",), MANAGERS),
    "tenancy:deputy-new": (("membership",), MANAGERS),
    "tenancy:people": ((), {"admin": 200, "principal": 200}),
    "tenancy:below": ((), MANAGERS),
    "tenancy:invite": ((), {"admin": 200, "principal": 200}),
    "tenancy:invite-many": ((), {"admin": 200, "principal": 200}),
    "tenancy:invitations": ((), {"admin": 200, "principal": 200}),
    "tenancy:invitation-sheets": ((), {"admin": 200, "principal": 200}),
    "tenancy:hand-over": ((), {"admin": 200, "principal": 200}),
    "tenancy:invitation": (("invitation",), MANAGERS | {"officer": 200}),
    "workflow:job": (("job",), OFFICE),
    "evidence:photo": (("photo",), UNSIGNED),
    "evidence:photo-original": (("photo",), UNSIGNED),
    "documents:list": ((), ALL),
    "workflow:job-file": (("print_job",), {"admin": 410, "officer": 410}),
    "evidence:attachment": (("attachment",), UNSIGNED),
    "evidence:attachment-audio": (("sound",), UNSIGNED),
    "evidence:held": (("held_kind", "photo"), dict.fromkeys(PEOPLE, 302)),  # it is not held
    "documents:download": (("document",), dict.fromkeys(PEOPLE, 202)),
    "documents:paper": (("document",), ALL),
    "documents:word": (("document",), AGENCY_AND_FIELD),
    "documents:void": (("document",), {"lead": 200}),
    "documents:receipt": (("document",), ALL),
    "documents:refusal": (("document",), AGENCY_AND_FIELD),
    "documents:seals": ((), MANAGERS | {"lead": 200}),
    "documents:seal-new": ((), MANAGERS | {"lead": 200}),
    "documents:approval-new": ((), MANAGERS | {"lead": 200}),
    "documents:template-new": ((), MANAGERS),
    "documents:template-starter": (("kind",), MANAGERS),
    "tenancy:certificate-new": (("membership",), MANAGERS),
    "agencies:who-sees": ((), {"admin": 200, "principal": 200}),
    "agencies:who-sees-enterprise": (("enterprise",), MANAGERS),
    "enterprises:list": ((), AGENCY_AND_FIELD),
    "enterprises:record": (("enterprise",), ALL),
    "enterprises:edit": (("enterprise",), OFFICE),
    "enterprises:invite": (("enterprise",), OFFICE),
    "enterprises:merge-choose": (("enterprise",), OFFICE),
    "enterprises:merge": (("enterprise", "twin"), OFFICE),
    "enterprises:merge-undo": (("merge",), OFFICE),
    "enterprises:claims": ((), OFFICE),
    "enterprises:claim-withdraw": (("claim_sheet",), OFFICE),
    "agencies:batch-claims": (("batch",), OFFICE),
    "enterprises:facts": (("enterprise",), AGENCY_AND_FIELD),
    "enterprises:consent": (("enterprise",), OFFICE),
    "enterprises:certificates": (("enterprise",), ALL),
    "enterprises:risk-points": (("enterprise",), ALL),
    "enterprises:files-upload": ((), OFFICE),
    "enterprises:files": (("files",), OFFICE),
    "enterprises:upload": ((), OFFICE),
    "enterprises:import": (("import",), OFFICE),
    "enterprises:import-columns": (("import",), OFFICE),
    "enterprises:import-template": (("import_kind",), OFFICE),
    "inspections:historical-list": ((), OFFICE),
    "inspections:historical": (("historical",), OFFICE),
    "enterprises:import-rejected": (("import",), OFFICE),
    "providers:list": ((), AGENCY_AND_FIELD),
    "providers:own": ((), {"lead": 302, "inspector": 302}),
    "providers:qualification-new": (("provider",), {"lead": 200}),
    "providers:certificate-new": (("provider",), {"lead": 200}),
    "providers:qualification-remove": (("qualification",), {"lead": 200}),
    "providers:certificate-remove": (("staff_certificate",), {"lead": 200}),
    "providers:new": ((), MANAGERS),
    "providers:record": (("provider",), AGENCY_AND_FIELD),
    "providers:invite": (("provider",), MANAGERS),
    "providers:standing-list": ((), AGENCY_AND_FIELD),
    "providers:standing-new": ((), OFFICE),
    "providers:rules": ((), MANAGERS),
    "providers:standing": (("decision",), AGENCY_AND_FIELD),
    "providers:standing-notice": (("decision",), OFFICE),
    "providers:standing-drop": (("decision",), OFFICE),
    "providers:standing-decide": (("decision",), MANAGERS),
    "providers:standing-lift": (("decision",), MANAGERS),
    "providers:standing-keep": (("decision",), MANAGERS),
    "providers:standing-state": (("decision",), {"lead": 200}),
    "providers:standing-repair": (("decision",), {"lead": 200}),
    "providers:reports": ((), AGENCY_AND_FIELD),
    "providers:report-new": ((), {"lead": 200}),
    "providers:report": (("report",), AGENCY_AND_FIELD),
    "providers:report-edit": (("report_draft",), {"lead": 200}),
    "providers:notices": ((), AGENCY_AND_FIELD),
    "providers:notice": (("notice",), AGENCY_AND_FIELD),
    "agencies:hand-over": (("contract",), MANAGERS),
    "agencies:conflicts": (("contract",), AGENCY_AND_FIELD),
    "agencies:cross-region": (("contract",), {"lead": 200}),
    "agencies:tie-remove": (("contract", "tie"), OFFICE | {"lead": 200}),
    "agencies:contract-list": ((), AGENCY_AND_FIELD),
    "agencies:contract-new": ((), MANAGERS),
    "agencies:contract": (("contract",), AGENCY_AND_FIELD),
    "agencies:batch-new": (("contract",), MANAGERS),
    "agencies:batch": (("batch",), AGENCY_AND_FIELD),
    "agencies:batch-build": (("batch",), MANAGERS),
    "agencies:inspectors": (("batch",), {"lead": 200}),
    "agencies:batch-rules": (("batch",), MANAGERS),
    "agencies:withdraw": (("assignment",), MANAGERS),
    "agencies:restore": (("assignment",), MANAGERS),
    "agencies:batch-withdraw": (("batch",), MANAGERS),
    "agencies:library": ((), AGENCY_AND_FIELD),
    "agencies:library-export": ((), AGENCY_AND_FIELD),
    "agencies:library-enter": ((), OFFICE),
    "agencies:library-entry": (("library_entry",), AGENCY_AND_FIELD),
    "agencies:library-level": (("library_entry",), OFFICE),
    "agencies:library-suspend": (("library_entry",), OFFICE),
    "agencies:library-resume": (("library_entry",), OFFICE),
    "agencies:library-remove": (("library_entry",), OFFICE),
    "agencies:library-classes": ((), OFFICE),
    "agencies:library-class-new": ((), OFFICE),
    "agencies:library-class": (("library_class",), OFFICE),
    "agencies:rounds": ((), OFFICE),
    "agencies:round-new": ((), OFFICE),
    "agencies:choice-statistics": ((), OFFICE),
    "agencies:round": (("round",), OFFICE),
    "agencies:round-edit": (("draft_round",), OFFICE),
    "agencies:round-offer-new": (("draft_round",), OFFICE),
    "agencies:round-offer-withdraw": (("round_offer",), OFFICE),
    "agencies:round-pick": (("draft_round",), OFFICE),
    "agencies:round-extend": (("round",), OFFICE),
    "agencies:round-cancel": (("round",), OFFICE),
    "agencies:who-sees-contract": (("contract",), MANAGERS),
    "agencies:choose-for": (("invite",), OFFICE),
    "agencies:choose-list": ((), {"principal": 302}),  # one to choose in: straight to it
    "agencies:choose": (("invite",), FIRM),
    "agencies:payments": (("contract",), AGENCY_AND_FIELD),
    "agencies:payment-plan": (("contract",), MANAGERS),
    "agencies:payment-list": ((), AGENCY_AND_FIELD),
    "agencies:payment-export": ((), AGENCY_AND_FIELD),
    "agencies:payment-propose": (("stage",), MANAGERS),
    "agencies:payment": (("paid",), AGENCY_AND_FIELD),
    "agencies:payment-return": (("payment",), MANAGERS),
    "inspections:my-assignments": ((), FIELD),
    "inspections:assignment": (("assignment",), AGENCY_AND_FIELD),
    "inspections:visit-start": (("assignment",), FIELD),
    "inspections:visit": (("visit",), AGENCY_AND_FIELD),
    "inspections:hazard-new": (("visit",), FIELD),
    "inspections:visit-sign": (("visit",), FIELD),
    "inspections:visit-confirm": (("visit",), {"lead": 200}),
    "inspections:ledger": ((), AGENCY_AND_FIELD),
    "inspections:ledger-export": ((), AGENCY_AND_FIELD),
    "inspections:recheck-list": ((), FIELD),
    "inspections:extension-list": ((), OFFICE),
    "inspections:extension-answer": (("extension",), OFFICE),
    "inspections:hazard": (("hazard",), ALL),
    "inspections:hazard-correct": (("hazard",), {"lead": 200}),
    "inspections:hazard-withdraw": (("hazard",), {"lead": 200}),
    "inspections:correction-list": ((), AGENCY_AND_FIELD),
    "inspections:correction": (("correction",), ALL),
    "inspections:visit-reopen": (("visit",), {"lead": 200}),
    "inspections:reopening": (("reopening",), AGENCY_AND_FIELD),
    "inspections:hazard-edit": (("hazard",), {"lead": 200}),
    "inspections:submit": (("hazard",), ALL),
    "inspections:extension-ask": (("hazard",), FIRM),
    "inspections:recheck": (("hazard",), FIELD),
    "inspections:deadlines": ((), FIRM),
    "inspections:why": (("hazard",), ALL),
    "inspections:unmended": (("hazard",), FIELD),
    "inspections:major-report": (("hazard",), FIELD),
    "inspections:accept": (("assignment",), {"lead": 200}),
    "inspections:guidance": (("assignment",), AGENCY_AND_FIELD),
    "inspections:guidance-edit": (("assignment", "topic"), FIELD),
    "inspections:guidance-matrix": (("batch",), AGENCY_AND_FIELD),
    "inspections:criterion": (("assignment", "criterion"), FIELD),
    "inspections:acceptance": (("batch",), AGENCY_AND_FIELD),
    "inspections:acceptance-export": (("batch",), AGENCY_AND_FIELD),
    "inspections:project-report": (("batch",), {"lead": 200}),
    "inspections:meeting-list": (("batch",), AGENCY_AND_FIELD),
    "inspections:meeting-new": (("batch",), OFFICE | {"lead": 200}),
    "inspections:meeting": (("meeting",), AGENCY_AND_FIELD),
    "inspections:attendance-add": (("meeting",), OFFICE | {"lead": 200}),
    "inspections:meeting-hold": (("meeting",), OFFICE | {"lead": 200}),
    "inspections:draw": (("drawn_batch",), AGENCY_AND_FIELD),
    "inspections:draw-number": (("drawn_batch",), {"lead": 200}),
    "inspections:draw-announce": (("drawn_batch",), MANAGERS),
    "inspections:spot-check": (("spot_check",), OFFICE),
    "inspections:spot-check-start": (("spot_check",), {"officer": 200}),
    "inspections:sign-list": ((), OFFICE),
    "inspections:sign-thresholds": ((), MANAGERS),
    "inspections:referral-list": ((), OFFICE),
    "inspections:referral": (("referral",), OFFICE),
    "inspections:plan": (("referral",), {"officer": 200}),
    "inspections:enforcement-start": (("referral",), {"officer": 200}),
    "inspections:referral-remove": (("referral",), {"officer": 200}),
    "inspections:referral-close": (("referral",), {"officer": 200}),
    "inspections:order": (("official_visit",), {"officer": 200}),
    "inspections:opinion": (("order",), {"officer": 200}),
    "inspections:calendar": ((), OFFICE),
    "inspections:holiday-notice": ((), MANAGERS),
    "scoring:points": ((), OFFICE),
    "scoring:cycle": (("cycle",), OFFICE | FIRM),
    "scoring:summary": ((), OFFICE),
    "scoring:firm": (("enterprise",), OFFICE),
    "scoring:give-firm": (("enterprise",), {"officer": 200}),
    "scoring:sheet": (("sheet",), OFFICE | FIRM),
    "scoring:sheet-referred": (("sheet",), {"officer": 200}),
    "scoring:appeal-new": (("sheet",), FIRM),
    "scoring:recheck": (("entry",), {"officer": 200}),
    "scoring:revoke": (("entry",), OFFICE),
    "scoring:appeals": ((), OFFICE),
    "scoring:appeal": (("appeal",), OFFICE | FIRM),
    "scoring:events": ((), OFFICE),
    "scoring:event": (("event",), OFFICE),
    "scoring:consequence-done": (("consequence",), OFFICE),
    "scoring:consequence-lift": (("consequence",), OFFICE),
    "scoring:interview-new": (("cycle",), OFFICE),
    "scoring:interview-hold": (("interview",), OFFICE),
    "scoring:interview-cancel": (("interview",), OFFICE),
    "scoring:presentation": ((), OFFICE),
    "scoring:effects": ((), OFFICE),
    "scoring:effect-month": (("year", "month"), OFFICE),
    "scoring:training-record": (("enterprise",), OFFICE),
    "scoring:training-new": ((), FIRM),
    "scoring:training": (("training",), FIRM),
    "scoring:own": ((), FIRM),
    "scoring:self-check": ((), FIRM),
    "scoring:self-check-round": (("self_check",), FIRM),
    "scoring:self-check-done": (("self_check_item",), FIRM),
    "scoring:boards": (("enterprise",), OFFICE),
    "scoring:board-new": (("enterprise",), OFFICE),
    "scoring:plate-new": (("enterprise",), OFFICE),
    "scoring:books": ((), OFFICE),
    "scoring:book-new": ((), MANAGERS),
    "scoring:book": (("book",), OFFICE),
    "scoring:book-compare": (("book",), OFFICE),
    "scoring:book-export": (("book",), OFFICE),
    "scoring:book-parameters": (("book",), MANAGERS),
    "scoring:book-import": (("book",), MANAGERS),
    "scoring:book-adopt": (("book",), MANAGERS),
    "scoring:clause-new": (("book",), MANAGERS),
    "scoring:clause-edit": (("book", "clause"), MANAGERS),
    "scoring:tryout-new": (("book",), MANAGERS),
    "scoring:tryout": (("tryout",), MANAGERS),
    "scoring:proposals": ((), {"officer": 200}),
    "scoring:give": (("contract", "enterprise"), {"officer": 200}),
    "scoring:give-visit": (("official_visit",), {"officer": 200}),
    "field:refused": ((), {"officer": 200} | FIELD),
    "field:import": ((), {"officer": 200} | FIELD),
    "scoring:outputs": (("contract",), OFFICE),
    "scoring:appraisals": ((), OFFICE),
    "scoring:appraisals-export": ((), OFFICE),
    "scoring:appraisal": (("appraisal",), OFFICE),
    "scoring:appraisal-records": (("appraisal", "indicator_code"), OFFICE),
    "scoring:appraisal-changes": (("appraisal",), OFFICE),
    "scoring:appraisal-statistics": (("appraisal",), OFFICE),
    "scoring:forms-close": (("appraisal",), OFFICE),
    "scoring:measure-correct": (("appraisal", "indicator_code"), OFFICE),
    "scoring:third-party": (("appraisal",), OFFICE),
    "scoring:record-add": (("appraisal",), OFFICE),
    "scoring:appraisal-correct": (("appraisal",), MANAGERS),
    "scoring:objection": (("objection",), OFFICE),
    "scoring:own-appraisals": ((), FIELD),
    "scoring:own-appraisal": (("appraisal",), FIELD),
    "scoring:objection-new": (("appraisal",), FIELD),
    "scoring:self-evaluation": (("self_evaluation",), FIELD),
    "scoring:questionnaires": ((), FIRM),
    "scoring:questionnaire": (("questionnaire",), FIRM),
    "scoring:schemes": ((), OFFICE),
    "scoring:scheme": (("scheme",), OFFICE),
    "scoring:scheme-compare": (("scheme",), OFFICE),
    "scoring:scheme-try": (("scheme",), OFFICE),
    "scoring:scheme-new": ((), MANAGERS),
    "scoring:scheme-parameters": (("scheme",), MANAGERS),
    "scoring:scheme-adopt": (("scheme",), MANAGERS),
    "scoring:indicator-new": (("scheme",), MANAGERS),
    "scoring:indicator-edit": (("scheme", "indicator"), MANAGERS),
    "chain:log": ((), MANAGERS),
    "chain:log-export": ((), MANAGERS),
    "chain:chain": ((), MANAGERS),
    "chain:export": ((), MANAGERS),
    "chain:verification": (("verification",), MANAGERS),
    "agencies:plan-list": ((), OFFICE),
    "agencies:plan-new": ((), OFFICE),
    "agencies:plan": (("plan",), OFFICE),
    "agencies:plan-edit": (("plan",), OFFICE),
    "agencies:plan-export": (("plan",), OFFICE),
    "agencies:plan-item-new": (("plan",), OFFICE),
    "agencies:plan-budget": (("plan",), MANAGERS),
    "agencies:plan-item": (("plan_item",), OFFICE),
    "agencies:procurement-list": ((), OFFICE),
    "agencies:procurement-new": ((), OFFICE),
    "agencies:procurement": (("procurement",), OFFICE),
    "agencies:procurement-edit": (("procurement",), OFFICE),
    "agencies:criteria": (("procurement",), OFFICE),
    "agencies:lot-new": (("procurement",), OFFICE),
    "agencies:procurement-announce": (("procurement",), OFFICE),
    "agencies:procurement-fail": (("procurement",), MANAGERS),
    "agencies:procurement-cancel": (("procurement",), MANAGERS),
    "agencies:lot": (("lot",), OFFICE),
    "agencies:lot-edit": (("draft_lot",), OFFICE),
    "agencies:offer-new": (("lot",), OFFICE),
    "agencies:scores": (("lot",), OFFICE),
    "agencies:lot-award": (("lot",), MANAGERS),
    "agencies:lot-fail": (("lot",), MANAGERS),
    "agencies:own-offers": ((), {"lead": 200}),
    "agencies:offer-disqualify": (("offer",), OFFICE),
    "agencies:publication-withdraw": (("publication",), MANAGERS),
    "agencies:obligation-new": (("contract",), MANAGERS),
    "agencies:obligation-edit": (("obligation",), MANAGERS),
    "agencies:obligation-withdraw": (("obligation",), MANAGERS),
    "agencies:delivery-new": (("obligation",), {"lead": 200}),
    "agencies:delivery-withdraw": (("delivery",), {"lead": 200}),
    "inspections:obligations": (("contract",), AGENCY_AND_FIELD),
    "inspections:obligation-records": (("obligation",), AGENCY_AND_FIELD),
    "inspections:obligation-accept": (("obligation",), MANAGERS),
    "inspections:acceptance-revoke": (("acceptance",), MANAGERS),
    "inspections:contract-acceptance": (("contract",), MANAGERS),
    "inspections:supervision": (("contract",), AGENCY_AND_FIELD),
    "inspections:supervision-rules": ((), MANAGERS),
    "inspections:team": (("contract",), AGENCY_AND_FIELD),
    "inspections:team-name": (("contract",), {"lead": 200}),
    "inspections:team-reject": (("team_member",), MANAGERS),
    "inspections:team-withdraw": (("team_member",), MANAGERS),
    "inspections:team-drop": (("team_member",), {"lead": 200}),
    "inspections:batch-tasks": (("batch",), {"lead": 200}),
    "inspections:visit-plan": (("planned_batch",), AGENCY_AND_FIELD),
    "inspections:plan-return": (("planned_batch",), MANAGERS),
    "inspections:plan-disclose": (("planned_batch",), {"lead": 200}),
    "inspections:plan-move": (("planned_assignment",), {"lead": 200}),
    "inspections:deviations": (("planned_batch",), AGENCY_AND_FIELD),
    "inspections:deviations-export": (("planned_batch",), AGENCY_AND_FIELD),
    "inspections:review-list": (("contract",), AGENCY_AND_FIELD),
    "inspections:review": (("review",), AGENCY_AND_FIELD),
    "inspections:expert-new": (("review",), MANAGERS),
    "inspections:review-close": (("review",), MANAGERS),
    "inspections:opinion-give": (("opinion",), MANAGERS),
    "inspections:disclosure-list": (("batch",), AGENCY_AND_FIELD),
    "inspections:disclosure-new": (("batch",), {"lead": 200}),
    "inspections:disclosure": (("disclosure",), AGENCY_AND_FIELD),
    "inspections:disclosure-acknowledge": (("disclosure",), MANAGERS),
    "inspections:extension-enter": (("hazard",), AGENCY_AND_FIELD),
    "enterprises:without-phone": ((), AGENCY_AND_FIELD),
    "enterprises:entered": (("enterprise",), ALL),
    "enterprises:entered-slip": (("unphoned", "slip_kind"), AGENCY_AND_FIELD),
    "enterprises:no-phone": (("enterprise",), AGENCY_AND_FIELD),
    "enterprises:no-phone-end": (("unphoned",), AGENCY_AND_FIELD),
    "agencies:choose-enter": (("invite",), OFFICE),
    "scoring:questionnaire-enter": (("form",), OFFICE),
    "scoring:appeal-enter": (("sheet",), OFFICE),
    "scoring:self-check-enter": (("enterprise",), AGENCY_AND_FIELD),
    "inspections:complaint-list": ((), OFFICE),
    "inspections:complaint-new": ((), OFFICE),
    "inspections:complaint": (("complaint",), OFFICE),
    "inspections:complaint-handle": (("complaint",), OFFICE),
    "inspections:complaint-reject": (("complaint",), OFFICE),
    "inspections:complaint-verify": (("complaint",), OFFICE),
    "inspections:complaints-own": ((), FIRM),
    "inspections:complaint-make": ((), FIRM),
    "inspections:breach-new": (("contract",), MANAGERS),
    "inspections:breach": (("breach",), AGENCY_AND_FIELD),
    "inspections:breach-revoke": (("breach",), MANAGERS),
    "home:takeout-list": ((), {"admin": 200, "principal": 200}),
    "home:takeout-new": ((), {"admin": 302, "principal": 302}),  # who one is is asked again
    "home:takeout": (("takeout",), MANAGERS),
    "webhooks:list": ((), {"admin": 200, "principal": 200}),
    "webhooks:new": ((), {"admin": 200, "principal": 200}),
    "webhooks:endpoint": (("endpoint",), MANAGERS),
    "webhooks:edit": (("endpoint",), MANAGERS),
    "webhooks:resend-failed": (("endpoint",), MANAGERS),
    "webhooks:delivery": (("webhook_delivery",), MANAGERS),
    "inspections:outside-list": ((), OFFICE | {"lead": 200}),
    "inspections:outside-new": ((), OFFICE | {"lead": 200}),
}
# Answer POST only; who may not, or is a stranger to the thing, is refused before anything happens.
POSTS = {
    "notifications:again": ("message_delivery",),
    "notifications:robot-test": ("robot",),
    "notifications:robot-switch": ("robot",),
    "notifications:robot-remove": ("robot",),
    "tenancy:invitation-withdraw": ("invitation",),
    "enterprises:entered-told": ("unphoned",),
    "field:refused-seen": ("operation",),
    "accounts:session-end": ("session",),
    "tokens:revoke": ("api_token",),
    "tenancy:personal": ("holder", "enterprise", "personal_field"),
    "tenancy:below-second-factor": ("admin_below",),
    "tenancy:deputy-end": ("deputy",),
    "tenancy:invitation-send": ("invitation", "way"),
    "tenancy:invitation-extend": ("invitation",),
    "tenancy:member-second-factor": ("membership",),
    "tenancy:member-unlock": ("membership",),
    "tenancy:member-sign-out": ("membership",),
    "tenancy:member-password": ("membership",),
    "workflow:job-retry": ("job",),
    "inspections:correction-apply": ("correction",),
    "inspections:correction-drop": ("correction",),
    "inspections:correction-points": ("correction",),
    "inspections:reopening-drop": ("reopening",),
    "agencies:contract-activate": ("contract",),
    "agencies:contract-complete": ("contract",),
    "agencies:contract-terminate": ("contract",),
    "agencies:officer-add": ("contract",),
    "agencies:officer-remove": ("contract", "membership"),
    "agencies:batch-assign": ("batch",),
    "agencies:library-class-retire": ("library_class",),
    "agencies:round-offer-remove": ("draft_offer",),
    "agencies:invite-remove": ("draft_invite",),
    "agencies:round-open": ("draft_round",),
    "agencies:round-close": ("round",),
    "agencies:payment-approve": ("payment",),
    "agencies:payment-withdraw": ("payment",),
    "inspections:visit-answer": ("visit",),
    "inspections:visit-answer-rest": ("visit",),
    "inspections:visit-note": ("visit",),
    "inspections:hazard-remove": ("hazard",),
    "inspections:advance": ("assignment",),
    "inspections:batch-advance": ("batch",),
    "inspections:batch-accept": ("batch",),
    "inspections:acceptance-issue": ("batch",),
    "inspections:meeting-cancel": ("meeting",),
    "inspections:draw-commit": ("drawn_batch",),
    "inspections:draw-freeze": ("drawn_batch",),
    "inspections:draw-reveal": ("drawn_batch",),
    "inspections:sign-dismiss": ("sign",),
    "inspections:sign-restore": ("sign",),
    "enterprises:certificate-remove": ("enterprise", "special_certificate"),
    "enterprises:risk-point-remove": ("enterprise", "risk_point"),
    "enterprises:consent-end": ("enterprise",),
    "tenancy:certificate-end": ("officer_certificate",),
    "providers:qualification-verify": ("qualification",),
    "providers:certificate-verify": ("staff_certificate",),
    "providers:report-submit": ("report_draft",),
    "providers:notice-acknowledge": ("notice",),
    "documents:approval-approve": ("approval",),
    "documents:approval-refuse": ("approval",),
    "documents:approval-revoke": ("approval",),
    "documents:template-end": ("template",),
    "documents:render-again": ("document",),
    "scoring:slip": ("point_event",),
    "scoring:appeal-waive": ("sheet",),
    "scoring:appeal-withdraw": ("appeal",),
    "scoring:event-send": ("event",),
    "scoring:self-check-share": ("self_check",),
    "scoring:clause-remove": ("book", "clause"),
    "scoring:book-drop": ("book",),
    "scoring:scoring-begin": ("appraisal",),
    "scoring:appraisal-draft": ("appraisal",),
    "scoring:appraisal-decide": ("appraisal",),
    "scoring:form-exclude": ("form",),
    "scoring:scheme-drop": ("scheme",),
    "scoring:indicator-remove": ("scheme", "indicator"),
    "agencies:plan-drop": ("plan",),
    "agencies:plan-approve": ("plan",),
    "agencies:plan-revise": ("plan",),
    "agencies:plan-publish": ("plan",),
    "agencies:plan-item-remove": ("plan_item",),
    "agencies:lot-remove": ("draft_lot",),
    "agencies:lot-undecide": ("lot",),
    "agencies:procurement-close": ("procurement",),
    "agencies:procurement-award": ("procurement",),
    "agencies:obligation-remove": ("obligation",),
    "inspections:attendance-self": ("meeting",),
    "inspections:team-sheet": ("contract",),
    "inspections:team-confirm": ("team_member",),
    "inspections:plan-days": ("planned_batch",),
    "inspections:plan-spread": ("planned_batch",),
    "inspections:plan-submit": ("planned_batch",),
    "inspections:plan-approve": ("planned_batch",),
    "inspections:review-open": ("contract",),
    "inspections:expert-remove": ("opinion",),
    "home:takeout-file": ("takeout",),
    "home:takeout-remove": ("takeout",),
    "webhooks:pause": ("endpoint",),
    "webhooks:resume": ("endpoint",),
    "webhooks:rotate": ("endpoint",),
    "webhooks:remove": ("endpoint",),
    "webhooks:test": ("endpoint",),
    "webhooks:resend": ("webhook_delivery",),
}
# Answer POST only and name nothing: what they do stands in the actor's own scope.
OWN_POSTS = {
    "agencies:who-sees-export",
    "enterprises:bulk-edit",
    "notifications:phone", "notifications:phone-code", "notifications:phone-remove",
    "documents:print", "documents:key-rotate", "chain:verify", "accounts:sessions-end-others",
    "agencies:library-propose", "home:inbox-read",
    "scoring:prepare", "scoring:appraisals-publish", "scoring:appraisals-archive",
}  # fmt: skip
PUBLIC = {
    "home:calendar-feed",  # tests/home/test_calendar_feed.py
    "portal:heads", "portal:heads-json", "portal:heads-range", "portal:heads-signature", "portal:heads-verifier",
    "portal:publications", "portal:publication", "portal:publication-json",
    "enterprises:claim-code", "enterprises:claim",
    "portal:catalogue", "portal:provider", "portal:report",
    "portal:check", "portal:draw", "portal:draw-json", "portal:draw-script", "portal:root", "portal:signing",
    "tenancy:invitation-accept", "inspections:sign-in", "documents:receive", "documents:receive-file",
    "field:app", "field:worker", "field:manifest", "field:authority", "scoring:grade",
    "scoring:third-party-file",
    "health:alive", "health:ready", "health:metrics",
    "portal:complaint-index", "portal:complaint", "portal:complaint-status",
}  # fmt: skip
# Answer a phone or a program with codes and JSON, not with pages: tests/field/test_api.py, tests/api.
API = {
    "field:me", "field:bundle", "field:operations", "field:files", "field:file", "field:visit", "field:day",
    "field:phone", "api:schema", "api:me", "api:enterprises", "api:enterprise", "api:contracts",
    "api:contract", "api:batches", "api:batch", "api:payments", "api:payment", "api:library",
    "api:library-entry", "api:assignments",
    "api:assignment", "api:assignment-inspector", "api:assignment-withdrawal", "api:visits",
    "api:visit", "api:visit-confirmation", "api:hazards", "api:hazard",
    "api:hazard-rectifications", "api:hazard-extensions", "api:hazard-rechecks", "api:extensions",
    "api:extension-answer", "api:meetings", "api:meeting", "api:meeting-minutes",
    "api:meeting-cancellation", "api:team-members", "api:team-member", "api:team-confirmation",
    "api:team-rejection", "api:visit-plans", "api:visit-plan", "api:visit-plan-submission",
    "api:visit-plan-approval", "api:visit-plan-return", "api:reviews", "api:review",
    "api:disclosures", "api:disclosure", "api:disclosure-acknowledgement", "api:corrections",
    "api:correction", "api:correction-answer", "api:correction-application",
    "api:historical-hazards", "api:historical-hazard", "api:historical-hazard-settlement",
    "api:obligations", "api:obligation", "api:obligation-acceptances", "api:documents",
    "api:document", "api:document-file",
    "api:document-receipt", "api:points", "api:point-year", "api:point-events", "api:point-event",
    "api:appraisals", "api:appraisal", "api:providers", "api:provider", "api:standing",
    "api:standing-decision", "api:notifications",
    "api:notifications-read", "api:job",
}  # fmt: skip
# Known to everybody who signed in, or of whoever asks.
SHARED = {
    "providers:record",
    "providers:report",
    "documents:template-starter",
    "enterprises:import-template",
    "scoring:effect-month",
}


def names(patterns=None, space: str = "") -> list[str]:
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found += names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append(space + pattern.name)
    return found


def test_every_url_stands_in_the_table():
    ours = {name for name in names() if ":" in name}
    assert ours == set(TABLE) | set(POSTS) | OWN_POSTS | PUBLIC | API


@pytest.fixture
def scene(scenes):
    return scenes[0]


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_the_table_says(scene, client, who):
    world.sign_in(client, getattr(scene.county, who))
    for name, (kinds, codes) in TABLE.items():
        response = client.get(scene.url(name, kinds))
        expected = codes.get(who, 403)
        allowed = {expected} if expected != 403 else {403, 404}
        assert response.status_code in allowed, (name, who, response.status_code)


def test_without_signing_in_there_is_only_the_sign_in_page(scene, client):
    every = {n: k for n, (k, _) in TABLE.items()} | POSTS
    for name, kinds in every.items():
        response = (
            client.post(scene.url(name, kinds))
            if name in POSTS
            else client.get(scene.url(name, kinds))
        )
        assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/"), name


@pytest.mark.parametrize("who", PEOPLE)
def test_a_strangers_thing_is_not_found_or_not_allowed(scenes, client, who):
    scene, other = scenes
    world.sign_in(client, getattr(other.county, who))
    for name, (kinds, codes) in TABLE.items():
        if not kinds or name in SHARED:
            continue
        response = client.get(scene.url(name, kinds))
        expected = 404 if who in codes else {403, 404}
        allowed = {404} if expected == 404 else {403, 404}
        assert response.status_code in allowed, (name, who, response.status_code)
    for name, kinds in POSTS.items():
        response = client.post(scene.url(name, kinds))
        assert response.status_code in (403, 404), (name, who, response.status_code)


def test_a_strangers_id_in_a_url_leaves_an_audit_row(scenes, client):
    scene, other = scenes
    world.sign_in(client, other.county.officer)
    client.get(scene.url("inspections:hazard", ("hazard",)))
    with acting_as(SYSTEM):
        row = AuditEntry.objects.get(act="access.not_found")
    assert (row.subject_id, row.org_id) == (str(scene.things["hazard"]), other.county.zone.pk)


def test_a_get_writes_nothing(scene, client):
    world.sign_in(client, scene.county.admin)
    with acting_as(SYSTEM):
        before = AuditEntry.objects.count()
    for name, (kinds, codes) in TABLE.items():
        if codes.get("admin") == 200:
            client.get(scene.url(name, kinds))
    with acting_as(SYSTEM):
        assert AuditEntry.objects.count() == before
        assert Invitation.objects.count() == 2  # as the scenes have them


def test_an_invitations_page_opens_with_its_token(scene, client):
    with acting_as(scene.county.admin):
        invitation = Invitation.objects.get()
    url = reverse("tenancy:invitation-accept", args=[invitation_token(invitation)])
    assert client.get(url).status_code == 200
    answer = {
        "username": "wangxin",
        "password": "kept-by-heart-9",
        "password_again": "kept-by-heart-9",
    }
    assert client.post(url, answer).status_code == 302
    assert client.get(url).status_code == 410


def test_a_papers_check_page_says_what_it_is_and_compares_files(scene, client):
    with acting_as(scene.county.admin):
        code = Document.objects.get(pk=scene.things["document"]).check_code
    page = client.get(reverse("portal:check", args=[code]))
    assert page.status_code == 200
    assert "隐患整改建议书" in page.content.decode()
    assert "北方铸造厂" not in page.content.decode()
    assert client.get(reverse("portal:check", args=["nosuchcode"])).status_code == 404
