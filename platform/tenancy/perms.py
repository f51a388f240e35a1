"""Every permission in one place: its sentence and the roles that have it.

A permission says what a role may do at all; `access.py` of each app says on which rows.
"""

from tenancy.enums import Role

_AGENCY = frozenset({Role.AGENCY_ADMIN, Role.AGENCY_LEADER, Role.OFFICER, Role.ASSISTANT})
_AGENCY_MANAGERS = frozenset({Role.AGENCY_ADMIN, Role.AGENCY_LEADER})
_OFFICERS = frozenset({Role.AGENCY_ADMIN, Role.AGENCY_LEADER, Role.OFFICER})
_PROVIDER = frozenset({Role.PROVIDER_ADMIN, Role.PROJECT_LEAD, Role.INSPECTOR})
_LEADS = frozenset({Role.PROVIDER_ADMIN, Role.PROJECT_LEAD})
_ENTERPRISE = frozenset({Role.PRINCIPAL, Role.SAFETY_MANAGER})

PERMS: dict[str, frozenset[Role]] = {
    # people
    "people_manage": frozenset({Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PRINCIPAL}),
    "enterprise_invite": _OFFICERS,
    # chat robots that are told what the whole organisation is told, and what went outside
    "robot_manage": frozenset({Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PRINCIPAL}),
    # a phone or contact shown whole, one at a time, each time recorded
    "personal_show": _OFFICERS | _PROVIDER,
    # enterprises and providers
    "enterprise_view": _AGENCY | _PROVIDER | _ENTERPRISE,
    "enterprise_list": _AGENCY | _PROVIDER,
    "enterprise_import": _OFFICERS,
    "enterprise_edit": _OFFICERS,
    "enterprise_facts": _OFFICERS | _PROVIDER,
    "risk_point_edit": _OFFICERS | _PROVIDER,
    "provider_register": _AGENCY_MANAGERS,
    "provider_view": _AGENCY | _PROVIDER,
    "credential_edit": _LEADS,
    "credential_verify": _OFFICERS,
    # how a provider stands: measures, its yearly report, its notices away from home
    "standing_view": _AGENCY | _PROVIDER,
    "standing_draft": _OFFICERS,
    "standing_decide": _AGENCY_MANAGERS,
    "standing_answer": _LEADS,
    "provider_rules": _AGENCY_MANAGERS,
    "report_view": _AGENCY | _PROVIDER,
    "report_write": _LEADS,
    "cross_region_view": _AGENCY | _PROVIDER,
    "cross_region_file": _LEADS,
    "cross_region_acknowledge": _OFFICERS,
    # conflicts of interest, and handing over what a provider leaves behind
    "conflict_view": _AGENCY | _PROVIDER,
    "tie_note": _OFFICERS | _LEADS,
    "hand_over": _OFFICERS,
    # what a provider that is out found is rechecked by officers
    "handed_recheck": _OFFICERS,
    # contract, batch, assignment
    "contract_view": _AGENCY | _PROVIDER,
    "contract_edit": _AGENCY_MANAGERS,
    "batch_view": _AGENCY | _PROVIDER,
    "batch_edit": _OFFICERS,
    "batch_assign": _OFFICERS,
    "inspector_assign": _LEADS,
    "assignment_view": _AGENCY | _PROVIDER,
    "assignment_withdraw": _OFFICERS,
    "calendar_edit": _AGENCY_MANAGERS,
    "calendar_view": _AGENCY,
    "certificate_manage": frozenset({Role.AGENCY_ADMIN}),
    # the library of providers, the enterprise's own choice, payment
    "library_view": _AGENCY | _PROVIDER,
    "library_edit": _OFFICERS,
    "choice_round_view": _AGENCY,
    "choice_round_edit": _OFFICERS,
    "provider_choose": _ENTERPRISE,
    "payment_view": _AGENCY | _PROVIDER,
    "payment_propose": _OFFICERS,
    "payment_approve": _AGENCY_MANAGERS,
    # what is bought: yearly plan, procurement, award, what is made public of them
    "plan_view": _AGENCY,
    "plan_edit": _OFFICERS,
    "plan_approve": _AGENCY_MANAGERS,
    "procurement_view": _AGENCY,
    "procurement_edit": _OFFICERS,
    "procurement_award": _AGENCY_MANAGERS,
    "publication_withdraw": _AGENCY_MANAGERS,
    "offer_own": _LEADS,
    # what a contract owes, what was done of it, what the buyer accepted
    "obligation_view": _AGENCY | _PROVIDER,
    "obligation_accept": _OFFICERS,
    "delivery_enter": _LEADS,
    # the five phases
    "phase_move": _LEADS,
    "meeting_view": _AGENCY | _PROVIDER,
    "meeting_manage": _OFFICERS | _LEADS,
    "guidance_view": _AGENCY | _PROVIDER,
    "guidance_edit": _PROVIDER,
    "criterion_view": _AGENCY | _PROVIDER,
    "criterion_find": _PROVIDER,
    "special_certificate_edit": _OFFICERS | _PROVIDER | _ENTERPRISE,
    "draw_view": _AGENCY | _PROVIDER,
    "draw_hold": _OFFICERS,
    "draw_number": _LEADS,
    "spot_check": _OFFICERS,
    "sign_view": _AGENCY,
    "sign_dismiss": _OFFICERS,
    "sign_thresholds": _AGENCY_MANAGERS,
    "enforcement_view": _OFFICERS,
    "enforcement_act": frozenset({Role.OFFICER, Role.AGENCY_LEADER}),
    # a provider watched while it works
    "supervision_view": _AGENCY | _PROVIDER,
    "supervision_rules": _AGENCY_MANAGERS,
    "team_name": _LEADS,
    "team_confirm": _OFFICERS,
    "visit_plan_edit": _LEADS,
    "visit_plan_approve": _OFFICERS,
    "expert_review_view": _AGENCY | _PROVIDER,
    "expert_review_edit": _OFFICERS,
    "disclosure_make": _LEADS,
    "disclosure_acknowledge": _OFFICERS,
    "complaint_make": _ENTERPRISE,
    "complaint_handle": _OFFICERS,
    "breach_view": _AGENCY | _PROVIDER,
    "breach_edit": _OFFICERS,
    # when deadlines are warned of and whom lateness is reported to; the weekly brief
    "deadline_rules": _AGENCY_MANAGERS,
    "deadline_warnings": _OFFICERS,
    "brief_view": _OFFICERS,
    # on site
    "visit_log": _PROVIDER | {Role.OFFICER, Role.AGENCY_LEADER},
    "my_assignments": _PROVIDER,
    "visit_view": _AGENCY | _PROVIDER,
    "hazard_view": _AGENCY | _PROVIDER | _ENTERPRISE,
    "hazard_ledger": _AGENCY | _PROVIDER,
    "outside_export": _OFFICERS | _LEADS,
    # the ledgers of earlier years, and what became of their open ones
    "historical_view": _AGENCY,
    "historical_settle": _OFFICERS,
    "hazard_confirm": _LEADS,
    "rectification_submit": _ENTERPRISE,
    # an owner without a phone: marked, and entered for with his signed slip
    "enter_for": _OFFICERS | _PROVIDER,
    "hazard_recheck": _PROVIDER,
    "extension_request": _ENTERPRISE,
    "extension_answer": _OFFICERS,
    # an issued hazard that reads wrongly, a signed visit that must be opened again
    "hazard_correct": _LEADS | {Role.OFFICER, Role.AGENCY_LEADER},
    "visit_reopen": _LEADS,
    "correction_answer": _OFFICERS,
    # papers
    "document_view": _AGENCY | _PROVIDER | _ENTERPRISE,
    "document_void": _OFFICERS | _LEADS,
    "document_print": _AGENCY | _PROVIDER,
    "receipt_give": _ENTERPRISE,
    "receipt_record": _OFFICERS | _PROVIDER,
    "consent_record": _OFFICERS,
    "seal_manage": frozenset({Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PROJECT_LEAD}),
    "seal_view": frozenset(
        {Role.AGENCY_LEADER, Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PROJECT_LEAD}
    ),
    "seal_approve": frozenset({Role.AGENCY_LEADER, Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN}),
    "word_template": frozenset({Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN}),
    "job_view": _AGENCY | _PROVIDER,
    "job_retry": _OFFICERS | _LEADS,
    # points and appraisal
    "points_view": _AGENCY,
    "points_give": frozenset({Role.OFFICER}),
    "points_own": _ENTERPRISE,
    "point_appeal_decide": frozenset({Role.OFFICER, Role.AGENCY_LEADER, Role.AGENCY_ADMIN}),
    "point_measure": _OFFICERS,
    "rule_book_edit": _AGENCY_MANAGERS,
    "outputs_make": _OFFICERS,
    "outputs_view": _AGENCY,
    # the provider's evaluation
    "appraisal_view": _AGENCY,
    "appraisal_manage": _OFFICERS,
    "appraisal_decide": _AGENCY_MANAGERS,
    "scheme_edit": _AGENCY_MANAGERS,
    "appraisal_own": _PROVIDER,
    "appraisal_speak": _LEADS,
    "questionnaire_fill": _ENTERPRISE,
    "audit_view": _AGENCY_MANAGERS,
    # everything that is the organisation's own, as one archive
    "data_take": _AGENCY_MANAGERS | {Role.PROVIDER_ADMIN, Role.PRINCIPAL},
    # events sent to the organisation's own systems
    "webhook_manage": frozenset({Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PRINCIPAL}),
}


# Who stands in for somebody neither hands out rights in his place nor carries all data away.
NOT_FOR_DEPUTIES = frozenset({"people_manage", "certificate_manage", "data_take"})


def allows(role: str, perm: str) -> bool:
    """Say whether a role has a permission; an unknown permission is a programming error."""
    return role in PERMS[perm]
