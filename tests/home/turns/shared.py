"""Acts that wait for people of more than one kind."""

from collections.abc import Callable
from datetime import date

from django.urls import reverse

from common.scope import acting_as
from documents.seals import approval_answer, approval_ask, seal_register
from enterprises.entering import no_phone_note
from inspections.field.refused import seen
from inspections.models import (
    FieldOperation,
    Hazard,
)
from inspections.services import (
    meeting_cancel,
    rectification_submit,
    visit_sign,
)
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests import county as counties
from tests.county import County
from tests.field.phone import Phone
from tests.home.turns.base import NOW, PNG, TODAY, Story, leader
from workflow.models import WorkTask
from workflow.services import work_task_close


def refused(c: County) -> Story:
    phone = Phone(c.inspector, c.assignments[1])
    phone.start()
    wrong = phone.do("answer", item=phone.items[0].pk, result="maybe")
    phone.send()
    yield c.inspector, reverse("field:refused-seen", args=[wrong.id])
    with acting_as(c.inspector):
        seen(actor=c.inspector, operation=FieldOperation.objects.get(pk=wrong.id), note="已补录")


def open_visit(c: County) -> Story:
    made = counties.visit(c, sign=False)
    yield c.inspector, reverse("inspections:visit-sign", args=[made.pk])
    with acting_as(c.inspector):
        visit_sign(
            actor=c.inspector, visit=made, representative_name="张立新",
            representative_post="厂长", signature=PNG,
        )  # fmt: skip


def meeting(c: County) -> Story:
    made = counties.plan_meeting(c)
    yield c.lead, reverse("inspections:attendance-add", args=[made.pk])
    with acting_as(c.lead):
        meeting_cancel(actor=c.lead, meeting=made)


def approval(c: County) -> Story:
    with acting_as(c.admin):
        seal = seal_register(actor=c.admin, name="公章", image=PNG)
        asked = approval_ask(
            actor=c.admin, seal=seal, kinds=["draw_notice"], reason="通报", valid_from=TODAY,
            valid_until=date(2026, 12, 31),
        )  # fmt: skip
    other = leader(c)
    yield other, reverse("documents:approval-approve", args=[asked.pk])
    with acting_as(other):
        approval_answer(actor=other, approval=asked, is_granted=False)


def task(c: County) -> Story:
    counties.visit(c, severity="major")
    with acting_as(c.officer):
        found = WorkTask.objects.get(kind="major_hazard")
    yield c.officer, "重大"
    with acting_as(c.officer):
        work_task_close(actor=c.officer, row=Hazard.objects.get(), kind=found.kind)


def no_phone(c: County) -> Story:
    [hazard] = counties.issued(c)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=c.principal.member).update(ended_at=NOW)
    with acting_as(c.officer):
        no_phone_note(
            actor=c.officer, enterprise=c.enterprises[0], enters="provider", reason="没有手机"
        )
    yield c.lead, reverse("inspections:submit", args=[hazard.pk])
    with acting_as(c.lead):
        rectification_submit(
            actor=c.lead, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=TODAY, photos=[counties.picture()], slip=counties.picture((1, 2, 3)),
        )  # fmt: skip


STORIES: dict[str, Callable[[County], Story]] = {
    "open_visit": open_visit, "refused": refused, "meeting": meeting, "approval": approval,
    "task": task, "no_phone": no_phone,
}  # fmt: skip
