"""What officers enter on points and evaluations for an owner without a phone; a self-check anybody."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from enterprises.access import enterprise_to_enter_for
from enterprises.entering_forms import slip_start
from enterprises.entering_views import enter_page
from scoring import services
from scoring.access import questionnaire_to_enter_for, sheet_to_enter_for
from scoring.entering import APPEAL, QUESTIONNAIRE, SELF_CHECK, clauses_for
from scoring.forms.appraisals import QuestionnaireEnterForm
from scoring.forms.selfcheck import SelfCheckEnterForm, SelfCheckForm
from scoring.forms.sheets import AppealEnterForm
from scoring.models import PointAppeal, Questionnaire, SelfCheck
from tenancy.actors import Actor
from tenancy.request import Request
from tenancy.selectors import is_same_person


@login_required
@require_http_methods(["GET", "POST"])
def questionnaire_enter(request: Request, pk: UUID) -> HttpResponse:
    """The ten answers of an owner without a phone; sealed like any other's."""
    found = questionnaire_to_enter_for(request.actor, pk)
    form = QuestionnaireEnterForm(
        request.POST or None, request.FILES or None, initial=slip_start(found.enterprise)
    )

    def act(owner: Actor, data: dict[str, Any]) -> Questionnaire:
        return services.questionnaire_file(
            actor=owner, form=found, answers=form.answers, comment=data["comment"]
        )

    return enter_page(
        request, found.enterprise, form, act, kind=QUESTIONNAIRE,
        words=f"{found.provider_name}（{found.contract_title}）",
        intro="照企业签字的确认单录入。提交后和其他问卷一起封存；确认单照片到启封时才能看。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def appeal_enter(request: Request, pk: UUID) -> HttpResponse:
    """What an owner without a phone says of his points: against which, or nothing."""
    found = sheet_to_enter_for(request.actor, pk)
    form = AppealEnterForm(
        request.POST or None, request.FILES or None, entries=list(found.entries.order_by("code")),
        initial=slip_start(found.enterprise),
    )  # fmt: skip

    def check() -> None:
        if is_same_person(request.actor, found.officer_id, found.second_officer_id):
            raise DomainError("记分人员不能替企业录入陈述申辩，请由其他人员录入")

    def act(owner: Actor, data: dict[str, Any]) -> PointAppeal:
        if data.pop("says") == "waive":
            return services.appeal_waive(actor=owner, sheet=found)
        return services.appeal_make(actor=owner, sheet=found, **data)

    return enter_page(
        request, found.enterprise, form, act, kind=APPEAL, check=check,
        words=f"{found.inspected_at:%Y-%m-%d}检查的记分表",
        intro="记分的人员不能录入，录入的人员不能复核。一份记分表只能提出一次。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def self_check_enter(request: Request, pk: int) -> HttpResponse:
    """A whole round that an owner without a phone filled in on paper."""
    enterprise = enterprise_to_enter_for(request.actor, pk)
    data = request.POST or None
    form = SelfCheckEnterForm(data, request.FILES or None, initial=slip_start(enterprise))
    clauses = [
        SelfCheckForm(data, clause=clause, prefix=f"c{clause.pk}")
        for clause in clauses_for(request.actor, enterprise)
    ]
    if data:
        [one.is_valid() for one in clauses]  # each says what is wrong with it

    def act(owner: Actor, data: dict[str, Any]) -> SelfCheck:
        if any(one.errors for one in clauses):
            raise DomainError("有条款填写不对，请按提示改正")
        given = {one.clause.code: one.found for one in clauses}
        check = services.self_check_begin(actor=owner, enterprise=enterprise)
        answers = {code: found for code, found in given.items() if found is not None}
        services.self_check_answer(actor=owner, check=check, answers=answers)
        done = services.self_check_finish(actor=owner, check=check)
        return services.self_check_share(actor=owner, check=done) if data["is_shared"] else done

    return enter_page(
        request, enterprise, form, act, kind=SELF_CHECK, words="按记分表逐款自查",
        template="scoring/self_check_enter.html", clauses=clauses,
    )  # fmt: skip
