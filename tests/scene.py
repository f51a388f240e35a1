"""A county and one of each thing that a URL may name: what attacks and tables of URLs go by."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from agencies.conflicts import conflicts_of, conflicts_settle
from agencies.models import (
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    Publication,
    ServiceContract,
)
from agencies.payments import Share
from agencies.services import (
    contract_activate,
    contract_create,
    delivery_add,
    invites_add,
    library_class_save,
    library_enter,
    payment_approve,
    payment_plan_set,
    payment_propose,
    provider_choose,
    round_create,
    round_offer_add,
    round_open,
    tie_add,
)
from api.services import token_make
from audit.services import chain_seal
from chain.services import verification_start
from common.ids import uuid7
from common.scope import acting_as
from documents.handing_over import consent_record, receipt_give
from documents.models import Document
from documents.printing import print_start
from documents.seals import approval_ask, seal_register
from documents.services import document_render
from documents.word import starter_template
from documents.word_forms import template_keep
from enterprises.bringing import import_columns_save, import_confirm, import_upload
from enterprises.claims import claims_issue
from enterprises.entering import Slip, act_enter, no_phone_note
from enterprises.file_bringing import files_upload
from enterprises.merging import files_merge
from enterprises.models import Enterprise, EnterpriseMerge
from enterprises.services import certificate_add, risk_point_add
from evidence.models import Photo
from evidence.services import attachment_add, attachments_of
from home.brief import brief_send
from home.takeout.services import archive_start
from home.warnings import deadlines_warn, rules_save
from inspections.documents import SuggestionDocument
from inspections.matching.match import photos_match
from inspections.models import GuidanceTopic, HistoricalHazard, Sign, Visit
from inspections.outside.services import outside_export_start
from inspections.services import (
    breach_add,
    complaint_make,
    correction_ask,
    disclosure_make,
    expert_add,
    expert_review_close,
    expert_review_open,
    extension_ask,
    guidance_save,
    obligation_accept,
    opinion_give,
    opinion_issue,
    plan_approve,
    plan_day_move,
    plan_days_set,
    plan_submit,
    rectification_submit,
    reopening_ask,
    supervision_rules_save,
    team_name,
    team_sheet_issue,
    thresholds_save,
    visit_plan_begin,
)
from inspections.services.enforcement import Rechecked
from inspections.signs.update import signs_update
from notifications.delivery import fan_out
from notifications.models import Delivery
from notifications.receivers import robot_save
from notifications.services import notify
from providers.models import Provider
from providers.services import (
    cross_region_file,
    provider_register,
    qualification_add,
    report_begin,
    report_submit,
    rules_set,
    staff_certificate_add,
    standing_draft,
    standing_notice,
    standing_state,
)
from scoring.boards import PlateContact
from scoring.models import (
    PointCycle,
    PointSheet,
    Questionnaire,
    RuleBook,
    RuleClause,
    SelfEvaluation,
    ThresholdEvent,
)
from scoring.services import (
    Given,
    appeal_make,
    appeal_waive,
    book_draft,
    effect_month_save,
    entry_recheck,
    event_send,
    interview_plan,
    measure_correct,
    objection_file,
    outputs_start,
    plate_make,
    points_give,
    presentation_save,
    record_add,
    scheme_draft,
    scoring_begin,
    self_check_answer,
    self_check_begin,
    sheets_prepare,
    third_party_ask,
    training_begin,
)
from scoring.services.selfchecks import Found
from scoring.services.tryouts import tryout_start
from tenancy import clock
from tenancy.actors import SYSTEM, Actor, system_for
from tenancy.deputies import deputy_name
from tenancy.enums import Role
from tenancy.models import CalendarDay, Membership, OfficerCertificate, Organization
from tenancy.services import invitation_create
from tenancy.tasks import system_agency
from tests import county as counties
from tests import purchases, world
from tests.evidence.samples import webm
from tests.field.phone import Phone
from tests.scoring import evaluated
from webhooks.services import endpoint_create, endpoint_test
from workflow.services import job_part_run

LIST = Path(__file__).parent / "data" / "enterprise-list-2026.xlsx"


def _org_of(c: counties.County) -> Organization:
    with acting_as(c.admin):
        return Organization.objects.get(pk=c.zone.pk)


def _member(person: Actor) -> Membership:
    return Membership.objects.select_related("user").get(pk=person.member)


class Scene:
    """A county and one of each thing that a URL may name."""

    def __init__(self, code: str, base: int) -> None:
        c = self.county = counties.build(code, base=base)
        first = counties.issued(c, hazards=3)
        with acting_as(c.principal):
            rectification_submit(
                actor=c.principal, hazard=first[0], text="已接地", responsible_person="张立新",
                done_on=first[0].found_on, photos=[counties.picture()],
            )  # fmt: skip
            extension = extension_ask(
                actor=c.principal, hazard=first[1], reason="配件未到", safeguard="停用",
                wanted_on=first[1].due_on.replace(month=7),
            )  # fmt: skip
        with acting_as(system_for(c.zone)):
            photos_match(hazard=first[0])
        with acting_as(c.lead):
            correction = correction_ask(
                actor=c.lead, hazard=first[2], kind="correct", reason="写错了部位",
                values={"place": "三号车间"},
            )  # fmt: skip
            reopening = reopening_ask(
                actor=c.lead, visit=Visit.objects.get(pk=first[0].visit_id), reason="漏查配电室"
            )
        with acting_as(c.officer):
            clause = RuleClause.objects.get(code="15.5")
            points_give(
                actor=c.officer, enterprise=c.enterprises[0], contract=c.contract,
                given=[Given(clause, first[0])], signature=counties.picture(kind="PNG"),
                second_officer=Membership.objects.get(pk=c.second_officer.membership_id),
                representative_name="张立新",
            )  # fmt: skip
            job = outputs_start(actor=c.officer, contract=c.contract)
            draft = import_upload(
                actor=c.officer, agency=c.zone, content=LIST.read_bytes(), filename="a.xlsx"
            )
            historical = self._earlier_year()
            photos = files_upload(
                actor=c.officer, agency=c.zone, kind="hazard-photos",
                files=[("1.jpg", counties.picture())],
            )  # fmt: skip
            twin, merge = self._twin(base)
        with acting_as(c.admin):
            invitation = invitation_create(
                actor=c.admin, org=c.zone.org, role=Role.OFFICER, name="王新"
            )
            deputy = deputy_name(
                actor=c.admin, membership=_member(c.second_officer), to=_member(c.officer),
                valid_from=timezone.localdate() + timedelta(days=30),
                valid_until=timezone.localdate() + timedelta(days=40), reason="学习",
            )  # fmt: skip
            visit = first[0].visit_id
            document = Document.objects.get(
                kind="suggestion", subject_id=str(visit), state="issued"
            )
            photo = Photo.objects.filter(subject_id=str(first[0].pk)).get()
            cycle = PointCycle.objects.get()
        with acting_as(c.second_officer):
            token, _ = token_make(
                actor=c.second_officer, name="同步", scopes=["hazards:read"],
                expires_on=timezone.localdate() + timedelta(days=90),
            )  # fmt: skip
        township = world.agency(f"{code}001")
        self.things = {
            "admin_below": world.member(township.org, Role.AGENCY_ADMIN).membership_id,
            "api_token": token.pk, "invitation": invitation.pk, "deputy": deputy.pk,
            "membership": c.second_officer.membership_id, "job": job.pk, "way": "mail",
            "photo": photo.pk, "document": document.pk, "enterprise": c.enterprises[0].pk,
            "twin": twin.pk, "merge": merge.pk,
            "import": draft.pk, "import_kind": "hazards",
            "historical": historical.pk, "files": photos.pk,
            "provider": c.contract.provider_org_id, "contract": c.contract.pk,
            "batch": c.batch.pk, "assignment": c.assignment.pk, "visit": visit,
            "extension": extension.pk, "hazard": first[0].pk, "cycle": cycle.pk,
            "correction": correction.pk, "reopening": reopening.pk,
            "topic": "TS-1", "criterion": 3, "kind": "suggestion", "year": 2026, "month": 1,
            "session": UserSession.objects.create(
                user_id=c.second_officer.user_id, ip="10.0.0.1", session_key=f"of-{code}"
            ).pk,
            "holder": "enterprises.enterprise", "personal_field": "phone",
        }  # fmt: skip
        self._five_phases(c)
        self._papers(c, document)
        self._signs(c)
        self._phone(c)
        self._points(c)
        self._rule_books(c)
        self._appraisal(c)
        self._purchases(c)
        self._standing(c)
        self._watched(c)
        self._market(c)
        self._outside(c)
        self._messages(c)

    def _twin(self, base: int) -> tuple[Enterprise, EnterpriseMerge]:
        """Another file of an enterprise, and one that was merged into a third."""
        c = self.county
        twin, former, kept = (
            counties.enterprise(c.zone, base + 900 + n, name=f"南方铸造厂{base}-{n}")
            for n in range(3)
        )
        return twin, files_merge(
            actor=c.officer, former=former, into=kept, taken=["address"], reason="重复导入"
        )

    def _earlier_year(self) -> HistoricalHazard:
        """A ledger of an earlier year, whose headings somebody had to explain."""
        c = self.county
        sheet = f"被查单位,哪天查的,隐患描述\n{c.enterprises[0].name},2020-06-03,未接地\n"
        ledger = import_upload(
            actor=c.officer, agency=c.zone, content=sheet.encode(), filename="2020.csv",
            kind="hazards",
        )  # fmt: skip
        match = {"name": 0, "found_on": 1, "description": 2}
        import_columns_save(actor=c.officer, draft=ledger, match=match)
        import_confirm(actor=c.officer, draft=ledger, valid_only=False)
        return HistoricalHazard.objects.get()

    def _five_phases(self, c: counties.County) -> None:
        """A drawn and compared batch, and another whose enterprise got an order."""
        meeting = counties.plan_meeting(c)
        with acting_as(c.lead):
            record = guidance_save(
                actor=c.lead, assignment=c.assignment, topic=GuidanceTopic.objects.get(pk="TS-1"),
                state="done", note="", done_on=counties.NOW.date(), helped_by_name="王工",
                files=[("责任制.jpg", counties.picture())],
            )  # fmt: skip
            [attachment] = attachments_of("inspections.guidancerecord", [record.pk])[str(record.pk)]
            sound = attachment_add(
                actor=c.lead, subject=record, filename="录音.webm", content=webm(2)
            )
        second = counties.second_batch(c, 2)
        check = counties.spot_checked(second)
        order = counties.ordered(counties.second_batch(c, 3))
        with acting_as(c.officer):
            opinion_issue(
                actor=c.officer, order=order, representative_name="张立新", **counties.pair(c),
                results={
                    str(h.pk): Rechecked("failed", "未动", h.due_on.replace(month=7))
                    for h in order.hazards.all()
                },
            )  # fmt: skip
            special = certificate_add(
                actor=c.officer, enterprise=c.enterprises[0], holder_name="刘焊", number="T130371",
                category="焊接与热切割", project="", valid_until=date(2029, 6, 1), review_due_on=None,
            )  # fmt: skip
            [sheet] = claims_issue(actor=c.officer, enterprises=[c.enterprises[1]])
        with acting_as(c.admin):
            CalendarDay.objects.create(
                agency=c.zone, day=date(2026, 10, 9), kind="holiday", source="本机关通知"
            )
            officer_certificate = OfficerCertificate.objects.filter(org=c.zone.org).first()
        self.things |= {
            "meeting": meeting.pk, "attachment": attachment.pk, "sound": sound.pk, "held_kind": "photo",
            "spot_check": check.pk, "claim_sheet": sheet.pk,
            "drawn_batch": second.batch.pk, "referral": order.referral_id,
            "order": order.pk, "official_visit": order.visit_id, "special_certificate": special.pk,
            "officer_certificate": officer_certificate.pk,
        }  # fmt: skip

    def _signs(self, c: counties.County) -> None:
        """Signs of the first visit, by thresholds of the agency's own."""
        with acting_as(c.admin):
            thresholds_save(actor=c.admin, values={"copies": 4})
            signs_update(actor=c.admin, batch=c.batch)
            self.things["sign"] = Sign.objects.get(kind="alone", assignment=c.assignment).pk

    def _warned(self, c: counties.County) -> None:
        """Days of the agency's own, deadlines that were told of, a leader who was briefed."""
        rules_save(
            actor=c.admin, first_days=60, last_days=1, officer_days=1, leader_days=2,
            superior_days=3,
        )  # fmt: skip
        world.member(c.zone.org, Role.AGENCY_LEADER)
        system = system_agency(c.zone.pk)
        with acting_as(system):
            deadlines_warn(actor=system, agency_id=c.zone.pk)
            brief_send(actor=system, agency_id=c.zone.pk)

    def _phone(self, c: counties.County) -> None:
        """A visit from a phone, with a photo on its way and something that does not stand."""
        phone = Phone(c.inspector, c.assignments[1])
        phone.start()
        phone.do("risk_point", risk_point=str(uuid7()), place="喷漆房", risk="火灾")
        phone.do("track", points=[[1780884000000, 39.91, 119.55, 12]])
        phone.find(phone.items[0])
        wrong = phone.do("answer", item=phone.items[0].pk, result="maybe")
        phone.send()
        with acting_as(c.lead):
            point = risk_point_add(
                actor=c.lead, enterprise=c.enterprises[0], place="锅炉房", risk="爆炸"
            )
        self.things |= {
            "operation": wrong.id, "risk_point": point.pk, "field_file": next(iter(phone.blobs)),
            "field_visit": phone.visit,
        }  # fmt: skip

    def _points(self, c: counties.County) -> None:
        """Past twelve and reported, with an appeal, a talk, a session, a board and a self-check."""
        firm, book = c.enterprises[0], RuleBook.objects.filter(owner_agency=c.zone)
        with acting_as(c.officer):
            clauses = {one.code: one for one in RuleClause.objects.filter(book__in=book)}
            presentation_save(actor=c.officer, agency=c.zone, contact_name="孙丽")
            effect_month_save(
                actor=c.officer, agency=c.zone, year=2026, month=1, accidents=0, deaths=0,
                cases=2, fines=Decimal("1.5"), source="事故统计",
            )  # fmt: skip
            own = {
                "actor": c.officer, "enterprise": firm, "contract": None,
                "signature": counties.picture(kind="PNG"), "representative_name": "张立新",
                "second_officer": Membership.objects.get(pk=c.second_officer.membership_id),
            }  # fmt: skip
            heavy = [Given(clauses[code], fact="查见") for code in ("9.3", "9.4", "12.3", "13.1")]
            sheet = points_give(given=heavy, **own)
        with acting_as(c.principal):
            for one in PointSheet.objects.filter(enterprise=firm):
                appeal_waive(actor=c.principal, sheet=one)
        with acting_as(c.admin):
            event = event_send(actor=c.admin, event=ThresholdEvent.objects.get(enterprise=firm))
            consequence = event.consequences.get(kind="inspection")
            talk = interview_plan(
                actor=c.admin, cycle=event.cycle, planned_at=counties.NOW.replace(month=12),
                place="会议室", host_name="李主任", reason="累计满12分",
            )  # fmt: skip
            plate_make(
                actor=c.admin, enterprise=firm,
                contacts=[PlateContact("张立新", "13405461647", "主要负责人")],
            )  # fmt: skip
        with acting_as(c.officer):
            later = points_give(given=[Given(clauses["3.1"], fact="无规程")], **own)
            entry = sheet.entries.get(code="9.4")
            changed = entry_recheck(actor=c.officer, entry=entry, is_mended=True)
            given = later.entries.get()
        with acting_as(c.principal):
            appeal = appeal_make(actor=c.principal, sheet=later, entries=[given.pk], reason="已有")
            session = training_begin(actor=c.principal, enterprise=firm, person_name="张立新")
            check = self_check_begin(actor=c.principal, enterprise=firm)
            [item] = self_check_answer(
                actor=c.principal, check=check, answers={"2.1": Found("fail", fact="没有")}
            )
        self._without_phone(c)
        with acting_as(c.officer):  # what is given takes the prepared sheet away
            sheets_prepare(actor=c.officer, pairs=[f"{c.contract.pk}:{firm.pk}"])
        self.things |= {
            "sheet": sheet.pk, "entry": entry.pk, "point_event": changed.pk, "event": event.pk,
            "consequence": consequence.pk, "interview": talk.pk, "appeal": appeal.pk,
            "training": session.pk, "self_check": check.pk, "self_check_item": item.pk,
        }  # fmt: skip

    def _without_phone(self, c: counties.County) -> None:
        """The second enterprise's owner has no phone, and an officer entered his self-check."""
        firm = c.enterprises[1]
        with acting_as(c.officer):
            no_phone_note(actor=c.officer, enterprise=firm, enters="provider", reason="七十岁")
            act_enter(
                actor=c.officer, enterprise=firm, kind="self_check", title="按记分表逐款自查",
                slip=Slip([counties.picture((3, 2, 1))], counties.NOW.date(), "张立新"),
                act=lambda owner: self_check_begin(actor=owner, enterprise=firm),
            )  # fmt: skip
        self.things |= {"unphoned": firm.pk, "slip_kind": "self_check"}

    def _rule_books(self, c: counties.County) -> None:
        """A draft of the next table of points, tried over this year."""
        with acting_as(c.admin):
            draft = book_draft(actor=c.admin, version="草稿")
            tryout = tryout_start(actor=c.admin, book=draft, year=counties.NOW.year)
            clause = draft.clauses.get(code="2.1")
        self.things |= {"book": draft.pk, "clause": clause.pk, "tryout": tryout.pk}

    def _purchases(self, c: counties.County) -> None:
        """A plan that is drafted, one in force; a project drafted, announced, opened, awarded."""
        draft, plan = purchases.draft_plan(c, year=2027), purchases.plan(c)
        with acting_as(c.admin):
            item = plan.items.select_related("plan").get()
        project = purchases.project(c, number="CG-D")
        lot = purchases.awarded(c, item=item)
        moment = counties.NOW.date()
        owed = purchases.owe(c, c.contract, "other", 2, date(2026, 8, 1), service="按时完成")
        with acting_as(c.lead):
            delivery = delivery_add(
                actor=c.lead, obligation=owed, quantity=1, delivered_on=moment, what="宣传册",
                files=[("宣传册.jpg", counties.picture())],
            )  # fmt: skip
        with acting_as(c.admin):
            accepted = obligation_accept(
                actor=c.admin, obligation=owed, quantity=1,
                results={"technical": True, "service": True},
            )  # fmt: skip
            published = Publication.objects.get(kind="award", owner_agency=c.zone)
            drafted = draft.items.get()
            criterion_lot = project.lots.get()
        self.things |= {
            "plan": draft.pk, "plan_item": drafted.pk, "procurement": project.pk,
            "draft_lot": criterion_lot.pk, "lot": lot.pk, "offer": lot.winner_id,
            "publication": published.pk, "obligation": owed.pk, "delivery": delivery.pk,
            "acceptance": accepted.pk,
        }  # fmt: skip

    def _watched(self, c: counties.County) -> None:
        """A provider watched: who is on its team, plan, experts, disclosure, complaint, breach."""
        later = counties.second_batch(c, 4)
        with acting_as(c.admin):
            today = clock.today(c.zone.pk)
            rules = {"notice_minutes": 60, "report_hours": 24, "complaint_days": 10}
            supervision_rules_save(actor=c.admin, **rules)
            self._warned(c)
            report = Document.objects.filter(kind="enterprise_report", state="issued").first()
            review = expert_review_open(actor=c.admin, document=report)
            opinion = expert_add(
                actor=c.admin,
                review=review,
                name="钱专家",
                unit="市安全工程学会",
                title="高级工程师",
            )
            opinion_give(actor=c.admin, opinion=opinion, conclusion="passed")
            expert_review_close(actor=c.admin, review=review)
            team_sheet_issue(actor=c.admin, contract=c.contract)
            breach = breach_add(
                actor=c.admin, contract=c.contract, kind="attitude", happened_on=today,
                fact="与企业争吵", evidence="企业书面反映",
            )  # fmt: skip
        with acting_as(c.lead):
            person = world.member(c.contract.provider_org, Role.INSPECTOR)
            membership = Membership.objects.select_related("user").get(pk=person.member)
            named = team_name(
                actor=c.lead, contract=c.contract, membership=membership, duty="inspector"
            )
            days = {later.assignment.pk: today + timedelta(days=1)}
            plan_days_set(actor=c.lead, batch=later.batch, days=days)
            plan = plan_submit(actor=c.lead, plan=visit_plan_begin(actor=c.lead, batch=later.batch))
            made = disclosure_make(actor=c.lead, batch=c.batch, assignment_ids=[c.assignment.pk])
        with acting_as(c.admin):
            plan = plan_approve(actor=c.admin, plan=plan)
        with acting_as(c.lead):
            plan_day_move(
                actor=c.lead, plan=plan, assignment=later.assignment, reason="企业停电",
                to_on=today + timedelta(days=2),
            )  # fmt: skip
        with acting_as(c.principal):
            complaint = complaint_make(
                actor=c.principal, enterprise=c.enterprises[0], contract=c.contract,
                kind="extra_fee", text="另收资料费",
            )  # fmt: skip
        self.things |= {
            "team_member": named.pk, "planned_batch": later.batch.pk,
            "planned_assignment": later.assignment.pk, "review": review.pk, "opinion": opinion.pk,
            "disclosure": made.pk, "complaint": complaint.pk, "breach": breach.pk,
            "visit_plan": plan.pk,
        }  # fmt: skip

    def _papers(self, c: counties.County, document: Document) -> None:
        """Seal, its approval, a Word form, a receipt, consent, and a print of all papers."""
        with acting_as(c.admin):
            seal = seal_register(actor=c.admin, name="公章", image=counties.picture(kind="PNG"))
            approval = approval_ask(
                actor=c.admin, seal=seal, kinds=["draw_notice"], reason="通报",
                valid_from=counties.NOW.date(), valid_until=date(2026, 12, 31),
            )  # fmt: skip
            form = starter_template(content_type=SuggestionDocument, title="隐患整改建议书")
            template = template_keep(
                actor=c.admin, kind="suggestion", filename="a.docx", size=len(form),
                content=lambda: form,
            )  # fmt: skip
            consent_record(
                actor=c.admin, owner_agency_id=c.zone.pk, region_code=c.zone.region_code,
                enterprise_org_id=c.enterprises[0].enterprise_org_id, signer_name="张立新",
                signed_on=counties.NOW.date(), contact="13405461647",
            )  # fmt: skip
        with acting_as(c.principal):
            given = Document.objects.filter(kind="service_record").first()
            receipt_give(
                actor=c.principal,
                document=given,
                how="page",
                person_name="张立新",
                person_post="厂长",
            )
        with acting_as(c.admin):
            document_render(str(given.pk))
            job = print_start(actor=c.admin, ids=[given.pk])
            job_part_run(job.parts.get().pk)
        self._credentials(c)
        check = self._verification(c)
        self.things |= {
            "approval": approval.pk, "template": template.pk, "print_job": job.pk,
            "verification": check,
        }  # fmt: skip

    def _credentials(self, c: counties.County) -> None:
        """What the provider and one of its people may do."""
        whose = {
            "actor": c.lead, "issued_by": "应急管理部", "valid_from": date(2025, 1, 1),
            "valid_until": date(2027, 12, 31), "files": [("证书.jpg", counties.picture())],
        }  # fmt: skip
        with acting_as(c.lead):
            provider = Provider.objects.select_related("registered_by").get(pk=c.lead.org_id)
            qualification = qualification_add(
                provider=provider,
                kind="安全评价",
                scope="机械制造",
                number=f"Q-{c.zone.pk}",
                **whose,
            )
            certificate = staff_certificate_add(
                provider=provider, kind="engineer", level="middle", specialty="other",
                membership=Membership.objects.get(pk=c.inspector.member),
                number=f"E-{c.zone.pk}", **whose,
            )  # fmt: skip
        self.things |= {"qualification": qualification.pk, "staff_certificate": certificate.pk}

    def _standing(self, c: counties.County) -> None:
        """A measure with its statement, a report, a notice, a tie and why it went on."""
        body = Provider.objects.select_related("org", "registered_by")
        with acting_as(c.admin):
            rules_set(actor=c.admin, agency=c.zone, statement_days=5, allows_consultant=True)
        with acting_as(c.officer):
            provider = body.get(pk=c.lead.org_id)
            tie = tie_add(
                actor=c.officer, provider_org_id=provider.pk, enterprise=c.enterprises[0],
                what="标准化咨询", from_on=date(2026, 1, 1),
            )  # fmt: skip
            measure = standing_draft(
                actor=c.officer, measure="reprimand", subject="service", name=provider.org.name,
                credit_code=provider.org.credit_code, ground="absent", facts="未到场", basis="合同",
                from_on=date(2026, 7, 1), until_on=date(2026, 12, 31),
                files=[("照片.jpg", counties.picture())],
            )  # fmt: skip
            standing_notice(actor=c.officer, decision=measure)
        with acting_as(c.lead):
            provider = body.get(pk=c.lead.org_id)
            standing_state(actor=c.lead, decision=measure, text="已改期")
            report = report_begin(actor=c.lead, provider=provider, year=2026, text="服务本区")
            report_submit(actor=c.lead, report=report)
            draft = report_begin(
                actor=c.lead, provider=provider, year=2026, text="更正", correction="数字"
            )
            day = clock.today(c.zone.pk)
            notice = cross_region_file(
                actor=c.lead, provider=provider, agency=c.zone, from_on=day, until_on=day,
                project="服务", qualification="无需资质", people="李工", served="厂", commitment="如实",
            )  # fmt: skip
            one = conflicts_of(c.batch, c.enterprises[:1])
            conflicts_settle(actor=c.lead, batch=c.batch, conflicts=one, reason="本地仅此一家")
        self.things |= {
            "decision": measure.pk, "report": report.pk, "report_draft": draft.pk,
            "notice": notice.pk, "tie": tie.pk,
        }  # fmt: skip

    def _verification(self, c: counties.County) -> UUID:
        """A check of the chain."""
        with acting_as(SYSTEM):
            chain_seal(agency_id=c.zone.pk)
        with acting_as(c.admin):
            return UUID(str(verification_start(actor=c.admin, with_files=False).subject_id))

    def _outside(self, c: counties.County) -> None:
        """An address of the agency's own system, an event that it is owed; a file for others' systems."""
        with acting_as(c.admin), override_settings(OUTSIDE_ALLOWED=("127.0.0.1",)):
            endpoint = endpoint_create(
                actor=c.admin,
                url="http://127.0.0.1:9/",
                kinds=["hazard.issued"],
                description="平台",
            )
            delivery = endpoint_test(actor=c.admin, endpoint=endpoint)
            outside_export_start(actor=c.admin, system="hebei")
            takeout = archive_start(actor=c.admin, with_files=False)
        self.things |= {
            "endpoint": endpoint.pk, "webhook_delivery": delivery.pk, "takeout": takeout.pk,
        }  # fmt: skip

    def _market(self, c: counties.County) -> None:
        """A library, a round that is open and one in draft, a payment that waits and one approved."""
        with acting_as(c.admin):
            machines = library_class_save(
                actor=c.admin, agency=c.zone, name="机械", industries=["机械"], risks=[],
                levels=["甲级", "乙级"],
            )  # fmt: skip
            spare = library_class_save(
                actor=c.admin,
                agency=c.zone,
                name="其他",
                industries=["其他"],
                risks=[],
                levels=["甲级"],
            )
            second = provider_register(
                actor=c.admin, name=f"二评{c.zone.pk}", short_name="二评",
                credit_code=counties.code_for(9_200_000, c.zone.region_code),
            )  # fmt: skip
            contract = contract_create(
                actor=c.admin, provider_org_id=second.pk, number=f"HT-{c.zone.pk}", title="框架合同",
                kind="government_purchase", signed_on=date(2026, 5, 28),
                starts_on=date(2026, 6, 1), ends_on=date(2026, 12, 31),
            )  # fmt: skip
            contracts = [c.contract, contract_activate(actor=c.admin, contract=contract)]
            entries = [
                library_enter(
                    actor=c.admin, agency=c.zone, provider_org_id=one.provider_org_id, level="甲级",
                    business_class=machines, from_on=date(2026, 6, 1), source="procurement",
                    reason="采购入围",
                )
                for one in contracts
            ]  # fmt: skip
            rounds = [self._round(c, code, contracts) for code in ("XZ-1", "XZ-2")]
            round_open(actor=c.admin, found=rounds[0])
            asked = ChoiceInvite.objects.select_related("round").get(round=rounds[0])
            offer = ChoiceOffer.objects.filter(round=rounds[0]).first()
        with acting_as(c.principal):
            provider_choose(actor=c.principal, invite=asked, offer_id=offer.pk)
        with acting_as(c.admin):
            drafted = ChoiceInvite.objects.get(round=rounds[1])
            held = ChoiceOffer.objects.filter(round=rounds[1]).first()
        self.things |= {
            "library_entry": entries[0].pk, "library_class": spare.pk, "round": rounds[0].pk,
            "draft_round": rounds[1].pk, "round_offer": offer.pk, "draft_offer": held.pk,
            "invite": asked.pk, "draft_invite": drafted.pk, **self._payments(c),
        }  # fmt: skip

    def _round(
        self, c: counties.County, code: str, contracts: list[ServiceContract]
    ) -> ChoiceRound:
        found = round_create(
            actor=c.admin, agency=c.zone, title="自主选择", code=code, kind="government_purchase",
            service="安全评估", opens_on=counties.NOW.date(), closes_on=date(2026, 12, 31),
        )  # fmt: skip
        for contract in contracts:
            round_offer_add(actor=c.admin, found=found, contract=contract)
        invites_add(actor=c.admin, found=found, enterprise_ids=[c.enterprises[0].pk])
        return found

    def _payments(self, c: counties.County) -> dict[str, object]:
        leader = world.member(_org_of(c), Role.AGENCY_LEADER)
        shares = [Share(name, Decimal(50), "other", "验收合格") for name in ("首付", "尾款")]
        with acting_as(c.admin):
            ServiceContract.objects.filter(pk=c.contract.pk).update(amount=Decimal(1000))
            stages = payment_plan_set(
                actor=c.admin, contract=c.contract, shares=shares, reason="补录"
            )
            waiting, decided = (
                payment_propose(actor=c.admin, stage=stage, outcome="full", reason="已验收")
                for stage in stages
            )
        with acting_as(leader):
            payment_approve(actor=leader, decision=decided)
        return {"stage": stages[0].pk, "payment": waiting.pk, "paid": decided.pk}

    def _appraisal(self, c: counties.County) -> None:
        """The contract's evaluation, drafted and objected to, and a scheme for the next."""
        with acting_as(c.admin):
            scheme = scheme_draft(actor=c.admin, version="草稿")
            indicator = scheme.indicators.get(code="B4")
        row = evaluated.begun(c)
        with acting_as(c.lead):
            asked = SelfEvaluation.objects.get()
        evaluated.self_evaluate(c)
        with acting_as(c.officer):
            row = scoring_begin(actor=c.officer, appraisal=row)
            form = Questionnaire.objects.create(
                **{**row.tenant, "provider_org_id": None,
                   "enterprise_org_id": c.enterprises[0].enterprise_org_id},
                appraisal=row, assignment=c.assignment, enterprise=c.enterprises[0],
                provider_name="安评机构", contract_title="合同", due_on=row.scoring_due_on,
            )  # fmt: skip
            third_party_ask(actor=c.officer, appraisal=row, body_name="某安全协会")
            record_add(
                actor=c.officer, appraisal=row, kind="inquiry", held_on=counties.NOW.date(),
                people="张立新", content="问：按时到场吗？答：是", finding="按时到场",
            )  # fmt: skip
            measure_correct(
                actor=c.officer, appraisal=row, code="C2", reason="专家评", numerator=Decimal(1),
                denominator=Decimal(2),
            )  # fmt: skip
        evaluated.answer(c, [8] * 10)
        row = evaluated.drafted(c, row)
        with acting_as(c.lead):
            objection = objection_file(actor=c.lead, appraisal=row, code="B2", reason="没有信号")
        self.things |= {
            "appraisal": row.pk, "indicator_code": "C4", "form": form.pk, "objection": objection.pk,
            "self_evaluation": asked.pk, "questionnaire": form.pk, "scheme": scheme.pk,
            "indicator": indicator.pk,
        }  # fmt: skip

    def _messages(self, c: counties.County) -> None:
        """A chat robot of the agency, and what did not go to it: it is a training one."""
        with acting_as(c.admin):
            robot = robot_save(
                actor=c.admin, robot=None, kind="wecom", name="值班群", secret="",
                url=f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=scene-{c.zone.pk}",
                chosen={"major": "now"}, quiet_from=22, quiet_until=7, digest_hour=8, night="major",
            )  # fmt: skip
            notify(
                org_id=c.zone.pk, kind="hazard.major", title="重大隐患", url="/hazards/",
                at=counties.NOW,
            )  # fmt: skip
        with acting_as(SYSTEM):
            fan_out()
            delivery = Delivery.objects.filter(receiver=robot.pk).order_by("pk").first()
        self.things |= {"robot": robot.pk, "message_delivery": delivery.pk}

    def url(self, name: str, kinds: tuple[str, ...]) -> str:
        return reverse(name, args=[self.things[kind] for kind in kinds])
