"""Before the first day: the team is confirmed person by person, the plan of visits is agreed on."""

from agencies.models import ServiceBatch, ServiceContract
from common.scope import acting_as
from config.demo.county import County, Firm
from inspections.services import (
    plan_approve,
    plan_disclose,
    plan_submit,
    team_confirm,
    team_name,
    team_sheet_issue,
    visit_plan_begin,
)
from tenancy import clock
from tenancy.models import Membership


def confirm_team(county: County, firm: Firm, contract: ServiceContract) -> None:
    """The lead names everybody, and the administrator confirms each."""
    admin = county.admin
    for person in (firm.lead, *firm.inspectors):
        with acting_as(firm.lead):
            named = team_name(
                actor=firm.lead, contract=contract,
                membership=Membership.objects.select_related("user").get(pk=person.member),
                duty="lead" if person == firm.lead else "inspector",
            )  # fmt: skip
        with acting_as(admin):
            team_confirm(actor=admin, member=named, note="证书与本人一致")
    with acting_as(admin):
        team_sheet_issue(actor=admin, contract=contract)


def agree_on_plan(county: County, firm: Firm, batch: ServiceBatch) -> None:
    """The lead hands the days in, the administrator approves them, and they are explained."""
    admin = county.admin
    with acting_as(firm.lead):
        plan = visit_plan_begin(actor=firm.lead, batch=batch)
        plan = plan_submit(actor=firm.lead, plan=plan)
    with acting_as(admin):
        plan = plan_approve(actor=admin, plan=plan)
    with acting_as(firm.lead):
        plan_disclose(
            actor=firm.lead, plan=plan, disclosed_to="评估人员全体和参加动员会的企业",
            disclosed_on=clock.today(batch.owner_agency_id),
        )  # fmt: skip
