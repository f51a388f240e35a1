"""The evaluation of a contract through its records: frozen, heard, objected to, decided, published."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.usersessions.models import UserSession
from django.db.utils import DatabaseError
from django.test import Client

from agencies.evaluations import published_of
from agencies.services import publication_withdraw
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from inspections.models import Hazard, TeamMember
from inspections.services import (
    breach_add,
    breach_revoke,
    correction_allow,
    correction_apply,
    correction_ask,
)
from notifications.models import Notification
from scoring.appraisals.freezing import Asked, changed_since
from scoring.appraisals.reading import measures_now, rules_of
from scoring.models import (
    Appraisal,
    AppraisalCorrection,
    AppraisalEvidence,
    Questionnaire,
    SelfEvaluation,
    ThirdPartyReview,
)
from scoring.services import (
    appraisal_correct,
    appraisal_decide,
    appraisal_draft,
    appraisals_archive,
    appraisals_publish,
    form_exclude,
    forms_close,
    measure_correct,
    objection_answer,
    objection_file,
    questionnaire_file,
    scheme_adopt,
    scheme_draft,
    scoring_begin,
    self_evaluation_file,
    third_party_ask,
    third_party_file,
)
from scoring.services.appraisals import appraisals_follow, filed_count
from scoring.services.parties import third_party_token
from scoring.services.years import year_start
from tenancy.actors import SYSTEM, system_for
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership
from tests import county as counties
from tests import world
from tests.scoring import evaluated as scenes

pytestmark = pytest.mark.django_db


def measure(county, row, code):
    with acting_as(county.officer):
        fresh = Appraisal.objects.select_related("scheme").get(pk=row.pk)
        return measures_now(fresh, rules_of(fresh.scheme))[code]


def line(county, row, code):
    with acting_as(county.officer):
        fresh = Appraisal.objects.get(pk=row.pk)
        return next(one for one in fresh.results if one["code"] == code)


# The numbers of domain.md 3.6, each through records


def test_three_hundred_visits_of_which_six_left_no_whole_trace(county):
    scenes.visits(county, whole=294, bare=6)
    row = scenes.begun(county)
    assert measure(county, row, "B3") == scenes.of(294, 300)
    assert line(county, row, "B3")["score"] == "7.84"


def test_four_missed_beside_ninety_six_found(county):
    scenes.spot_check(county, found=96, missed=4)
    row = scenes.begun(county)
    assert measure(county, row, "B4") == scenes.of(4, 100)
    assert line(county, row, "B4")["score"] == "7.00"


def test_eighty_eight_of_a_hundred_closed(county):
    scenes.hazards(county, closed=88, open_=12)
    row = scenes.begun(county)
    assert measure(county, row, "C4") == scenes.of(88, 100)
    assert line(county, row, "C4")["score"] == "5.04"


def test_frozen_twice_the_hash_is_the_same_and_a_later_change_moves_nothing(county):
    scenes.hazards(county, closed=5, open_=3)
    with acting_as(county.officer):
        first, second = (scenes.interim(county) for _ in range(2))
        assert first.input_sha256 == second.input_sha256
        assert first.results == second.results
        Hazard.objects.filter(state="issued").update(measure="")
        third = scenes.interim(county)
        first.refresh_from_db()
        assert third.input_sha256 != first.input_sha256
        assert (first.score, first.results) == (second.score, second.results)
        rules = rules_of(None).parameters
        asked = Asked(first.pk, first.contract_id, rules)
        changed = list(changed_since(asked, first.made_at))
        assert len(changed) == 3
        assert {one.source.name for one in changed} == {"hazard"}


def test_a_correction_is_listed_beside_a_frozen_evaluation_that_stays_byte_for_byte(county):
    """Withdrawn, a hazard counts nowhere from then on; what was frozen with it keeps hash and figures."""
    hazards = counties.issued(county, hazards=2)
    with acting_as(county.officer):
        row = scenes.interim(county)
        asked = Asked(row.pk, row.contract_id, rules_of(None).parameters)
        assert list(changed_since(asked, row.made_at)) == []
    was = kept_bytes(county, row)
    county.later(hours=1)
    with acting_as(county.lead):
        fresh = Hazard.objects.get(pk=hazards[0].pk)
        found = correction_ask(
            actor=county.lead, hazard=fresh, kind="withdraw", reason="不是隐患", values=None
        )
    with acting_as(county.officer):
        found = correction_allow(actor=county.officer, correction=found, answer="同意")
    with acting_as(county.lead):
        correction_apply(actor=county.lead, correction=found)
    with acting_as(county.officer):
        changed = [one for one in changed_since(asked, row.made_at) if one.source.name == "hazard"]
        assert [one.id for one in changed] == [str(hazards[0].pk)]
        assert scenes.interim(county).input_sha256 != was[0]["input_sha256"]
    assert kept_bytes(county, row) == was


def kept_bytes(county, row):
    """Everything that the tables hold of a frozen evaluation, its evidence with it."""
    with acting_as(county.officer):
        [whole] = Appraisal.objects.filter(pk=row.pk).values()
        evidence = AppraisalEvidence.objects.filter(appraisal=row).order_by("pk").values()
        return whole, list(evidence)


# The way through


def test_an_evaluation_from_its_freeze_to_the_archive(county):
    counties.accepted(county)
    row = scenes.begun(county)
    assert (row.state, row.closed_at) == ("frozen", None)
    with acting_as(county.officer), pytest.raises(DomainError, match="尚未提交"):
        scoring_begin(actor=county.officer, appraisal=row)
    scenes.self_evaluate(county)
    with acting_as(county.officer):
        row = scoring_begin(actor=county.officer, appraisal=row)
    scenes.answer(county, [9] * 10)
    with acting_as(county.officer):
        third_party_ask(actor=county.officer, appraisal=row, body_name="某安全协会")
    scenes.third_party(county, "80")
    with acting_as(county.officer):
        row = forms_close(actor=county.officer, appraisal=row)
        assert [row.served_score, row.third_score] == [Decimal(90), Decimal(80)]
        whole = row.buyer_score * Decimal("0.5") + 27 + 16
        assert abs(row.score - whole) <= Decimal("0.01")
        row = appraisal_draft(actor=county.officer, appraisal=row)
    with acting_as(county.admin), pytest.raises(DomainError, match="前提出异议"):
        appraisal_decide(actor=county.admin, appraisal=row)
    county.later(days=14)
    with acting_as(county.admin):
        row = appraisal_decide(actor=county.admin, appraisal=row)
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        published = appraisals_publish(actor=county.admin, agency=agency, year=2026)
        with pytest.raises(DomainError, match="没有公示期已满"):
            appraisals_archive(actor=county.admin, agency=agency, year=2026)
    page = Client().get(f"/public/{published.code}/")
    assert str(row.score) in page.content.decode()
    county.later(days=30)
    with acting_as(county.admin):
        assert appraisals_archive(actor=county.admin, agency=agency, year=2026) == 1
        kinds = set(Document.objects.values_list("kind", flat=True))
    assert {"appraisal", "appraisal_notice", "appraisal_publicity"} <= kinds
    page = Client().get(f"/public/{published.code}/").content.decode()
    assert "已满，内容不再公开" in page
    assert str(row.score) not in page


def test_a_published_result_taken_back_keeps_its_address_and_says_why(county):
    row = scenes.decided(county)
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        found = appraisals_publish(actor=county.admin, agency=agency, year=2026)
        publication_withdraw(actor=county.admin, publication=found, reason="计算口径有误")
    page = Client().get(f"/public/{found.code}/").content.decode()
    assert "计算口径有误" in page
    assert str(row.score) not in page
    assert Client().get(f"/public/{found.code}/published.json").status_code == 410


def test_what_is_published_is_what_is_stored(county):
    row = scenes.decided(county)
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        code = appraisals_publish(actor=county.admin, agency=agency, year=2026).code
    body = Client().get(f"/public/{code}/published.json").json()
    [published] = body["lines"]
    assert (published["score"], published["grade"]) == (str(row.score), row.grade)


def test_who_chooses_is_shown_what_is_published_of_that_provider_and_of_no_namesake(county):
    row = scenes.decided(county)
    own = row.contract.provider_org
    namesake = world.organization(OrgKind.PROVIDER, own.name, "91130900MA0DEMA17D")
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        code = appraisals_publish(actor=county.admin, agency=agency, year=2026).code
    with acting_as(county.principal):
        found = published_of([own.pk, namesake.pk], county.zone.pk)
    assert list(found) == [own.pk]
    assert f"{row.score}分" in found[own.pk].words
    assert found[own.pk].url == f"/public/{code}/"


def test_a_morning_after_the_providers_days_the_three_parties_are_asked(county):
    counties.accepted(county)
    row = scenes.begun(county)
    follow(county)
    with acting_as(county.officer):
        row.refresh_from_db()
        assert row.state == "frozen"
    county.later(days=8)
    follow(county)
    follow(county)
    with acting_as(county.officer):
        row.refresh_from_db()
        assert (row.state, Questionnaire.objects.count()) == ("scoring", 1)
    with acting_as(county.principal):
        day = Questionnaire.objects.get().due_on
        before = Notification.objects.count()
    county.at(counties.NOW + (day - counties.NOW.date() - timedelta(days=2)))
    follow(county)
    with acting_as(county.principal):
        assert Notification.objects.count() == before + 1


def follow(county):
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    system = system_for(agency)
    with acting_as(system):
        return appraisals_follow(actor=system, agency_id=agency.pk)


# Sealed


def test_nobody_at_the_agency_reads_a_filed_form_before_all_are_closed(county):
    row = scenes.asking(county)
    scenes.answer(county, [3] * 10)
    for actor in (county.officer, county.admin, county.lead):
        with acting_as(actor):
            assert not Questionnaire.objects.filter(filed_at__isnull=False).exists()
    with acting_as(county.officer):
        assert filed_count(row) == (1, 1)
        row.refresh_from_db()
        assert (row.served_score, row.closed_at) == (None, None)
        forms_close(actor=county.officer, appraisal=row)
        assert Questionnaire.objects.get().score == 30


def test_a_filed_form_never_changes(county):
    row = scenes.asking(county)
    scenes.answer(county, [3] * 10)
    with acting_as(county.officer):
        forms_close(actor=county.officer, appraisal=row)
    with acting_as(county.officer), pytest.raises(DatabaseError, match="change"):
        Questionnaire.objects.update(answers=[10] * 10)


@pytest.mark.parametrize(
    ("answers", "said"), [([5] * 9, "10项"), ([5] * 9 + [11], "0至10"), ([5] * 9 + [-1], "0至10")]
)
def test_a_form_that_is_not_whole_is_refused(county, answers, said):
    scenes.asking(county)
    with pytest.raises(DomainError, match=said):
        scenes.answer(county, answers)


def test_an_enterprise_has_one_form_and_one_that_was_not_served_has_none(county):
    scenes.asking(county)
    form = scenes.answer(county, [8] * 10)
    with acting_as(county.principal), pytest.raises(DomainError, match="不能再次提交"):
        questionnaire_file(actor=county.principal, form=form, answers=[1] * 10)
    other = world.member(county.enterprises[1].enterprise_org, Role.PRINCIPAL)
    client = world.client_of(other)
    assert client.get(f"/appraisals/questionnaires/{form.pk}/").status_code == 404
    assert client.get("/appraisals/questionnaires/").status_code == 200


def test_nobody_files_after_the_close(county):
    row = scenes.asking(county)
    with acting_as(county.officer):
        with pytest.raises(DomainError, match="提前截止请写明原因"):
            forms_close(actor=county.officer, appraisal=row)
        forms_close(actor=county.officer, appraisal=row, reason="企业已搬迁")
    with pytest.raises(DomainError, match="截止"):
        scenes.answer(county, [8] * 10)


def test_a_form_by_an_account_made_since_the_service_began_is_flagged_and_may_be_left_out(county):
    row = scenes.asking(county)
    late = world.member(county.enterprises[0].enterprise_org, Role.SAFETY_MANAGER)
    with acting_as(late):
        form = Questionnaire.objects.get()
        questionnaire_file(actor=late, form=form, answers=[10] * 10)
    with acting_as(county.officer):
        row = forms_close(actor=county.officer, appraisal=row)
        form = Questionnaire.objects.get()
        assert any("天内建立" in doubt for doubt in form.doubts)
        assert row.served_score == Decimal(100)
        with pytest.raises(DomainError, match="原因"):
            form_exclude(actor=county.officer, form=form, reason=" ")
        form_exclude(actor=county.officer, form=form, reason="账号为服务机构人员代开")
        row.refresh_from_db()
        assert (row.served_score, "没有问卷" in row.flags) == (None, True)


def same_person(county) -> str:
    """Who files works at the provider too."""
    with acting_as(SYSTEM):
        filer = Membership.objects.get(pk=county.principal.member)
        Membership.objects.create(
            user_id=filer.user_id, org_id=county.lead.org_id, role=Role.INSPECTOR
        )
    return "提交人也是服务机构的人员"


def same_telephone(county) -> str:
    """Who files is reached where one of the provider's people is."""
    with acting_as(SYSTEM):
        rows = Membership.objects.filter(pk__in=[county.principal.member, county.inspector.member])
        for row in rows:
            row.phone = "13400000001"
            row.save()
    return "联系电话与服务机构人员相同"


def same_address(county) -> str:
    """One of the provider's people signed in from where the form comes from."""
    with acting_as(SYSTEM):
        UserSession.objects.create(
            user_id=county.lead.user_id, ip="127.0.0.1", session_key="a" * 32, user_agent="x"
        )
    return "与服务机构人员的登录地址相同"


@pytest.mark.parametrize("doubtful", [same_person, same_telephone, same_address])
def test_a_form_that_the_provider_may_have_filed_itself_is_flagged(county, doubtful):
    row = scenes.asking(county)
    words = doubtful(county)
    with acting_as(county.principal):
        questionnaire_file(
            actor=county.principal, form=Questionnaire.objects.get(), answers=[10] * 10,
            ip="127.0.0.1",
        )  # fmt: skip
    with acting_as(county.officer):
        forms_close(actor=county.officer, appraisal=row)
        assert Questionnaire.objects.get().doubts == [words]


def test_the_principal_who_was_there_before_is_not_flagged(county):
    row = scenes.asking(county)
    scenes.answer(county, [8] * 10)
    with acting_as(county.officer):
        forms_close(actor=county.officer, appraisal=row)
        assert Questionnaire.objects.get().doubts == []


def test_a_third_party_files_once_and_is_read_only_after_the_close(county):
    row = scenes.asking(county)
    with acting_as(county.officer):
        review = third_party_ask(actor=county.officer, appraisal=row, body_name="某安全协会")
        with pytest.raises(DomainError, match="已聘请"):
            third_party_ask(actor=county.officer, appraisal=row, body_name="另一家")
    token = third_party_token(review)
    with pytest.raises(DomainError, match="0到100"):
        third_party_file(token=token, score=Decimal(101), opinion="好", person_name="李")
    page = Client().post(
        f"/appraisals/third-party/{token}/", {"score": "81", "opinion": "好", "person_name": "李"}
    )
    assert "评价已提交" in page.content.decode()
    with pytest.raises(DomainError, match="不能再次提交"):
        third_party_file(token=token, score=Decimal(10), opinion="差", person_name="李")
    assert Client().get(f"/appraisals/third-party/{token}x/").status_code == 404
    with acting_as(county.officer):
        assert not ThirdPartyReview.objects.exists()
        row = forms_close(actor=county.officer, appraisal=row, reason="都已知道")
        assert row.third_score == Decimal(81)


# The provider


def test_a_provider_sees_its_sheet_only_from_the_notice_on(county):
    row = scenes.asking(county)
    client = world.client_of(county.lead)
    assert client.get(f"/appraisals/own/{row.pk}/").status_code == 404
    with acting_as(county.lead):
        assert not Document.objects.filter(kind="appraisal").exists()
    scenes.drafted(county, row)
    assert client.get(f"/appraisals/own/{row.pk}/").status_code == 200
    with acting_as(county.lead):
        assert Document.objects.filter(kind="appraisal", state="issued").count() == 1
    with acting_as(county.principal):
        assert not Appraisal.objects.exists()


def test_a_self_evaluation_is_filed_once_within_its_days(county):
    counties.accepted(county)
    scenes.begun(county)
    with acting_as(county.lead):
        asked = SelfEvaluation.objects.get()
        with pytest.raises(DomainError, match="A1") as caught:
            self_evaluation_file(
                actor=county.lead, evaluation=asked, summary="好",
                answers={"A1": {"score": "5.5", "words": ""}},
            )  # fmt: skip
    assert caught.value.field == "A1"
    scenes.self_evaluate(county)
    with pytest.raises(DomainError, match="已提交"):
        scenes.self_evaluate(county)


def test_a_granted_objection_corrects_the_measure_and_the_score(county):
    row = scenes.drafted(county, scenes.asking(county))
    with acting_as(county.lead):
        made = objection_file(
            actor=county.lead, appraisal=row, code="B2", reason="有一次手机没有信号",
            files=[("说明.jpg", counties.picture())],
        )  # fmt: skip
        with pytest.raises(DomainError, match="已对这一项"):
            objection_file(actor=county.lead, appraisal=row, code="B2", reason="再说")
    with acting_as(county.officer), pytest.raises(DomainError, match="由其他人员"):
        objection_answer(actor=county.officer, objection=made, is_granted=True, answer="属实")
    answering = county.second_officer
    with acting_as(answering):
        with pytest.raises(DomainError, match="分子和分母"):
            objection_answer(actor=answering, objection=made, is_granted=True, answer="属实")
        made.refresh_from_db()
        assert made.state == "filed"
        before = row.score
        objection_answer(
            actor=answering, objection=made, is_granted=True, answer="属实",
            numerator=Decimal(1), denominator=Decimal(1),
        )  # fmt: skip
        row.refresh_from_db()
        assert row.score > before
        assert AppraisalCorrection.objects.get().cause == "objection"
        kinds = Document.objects.filter(kind__in=("appraisal_objection", "appraisal_answer"))
        assert kinds.count() == 2
        answer = kinds.get(kind="appraisal_answer").content
        assert (answer["before"], answer["after"]) == (
            "B2 到场规范：0/1，0.00分", "B2 到场规范：1/1，8.00分",
        )  # fmt: skip
    with acting_as(county.admin):
        decided = appraisal_decide(actor=county.admin, appraisal=row)
    assert decided.score == row.score


def test_nobody_objects_after_the_days(county):
    row = scenes.drafted(county, scenes.asking(county))
    county.later(days=20)
    with acting_as(county.lead), pytest.raises(DomainError, match="异议期已于"):
        objection_file(actor=county.lead, appraisal=row, code="", reason="不服")


def test_an_open_objection_holds_the_decision(county):
    row = scenes.drafted(county, scenes.asking(county))
    with acting_as(county.lead):
        objection_file(actor=county.lead, appraisal=row, code="", reason="不服")
    county.later(days=20)
    with acting_as(county.admin), pytest.raises(DomainError, match="没有答复的异议"):
        appraisal_decide(actor=county.admin, appraisal=row)


# What is decided stays


def test_a_decided_result_does_not_move_and_a_correction_is_a_new_version(county):
    row = scenes.decided(county)
    with acting_as(county.officer), pytest.raises(DatabaseError, match="change"):
        Appraisal.objects.filter(pk=row.pk).update(score=Decimal(100))
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="更正原因"):
            appraisal_correct(actor=county.admin, appraisal=row, changes={}, reason="")
        new = appraisal_correct(
            actor=county.admin, appraisal=row, reason="漏计一次检查",
            changes={"B2": (Decimal(1), Decimal(1))},
        )  # fmt: skip
        row.refresh_from_db()
        assert (row.state, new.version, new.corrects_id) == ("superseded", 2, row.pk)
        assert (new.state, new.served_score) == ("drafted", row.served_score)
        assert new.score > row.score


def test_a_buyers_correction_needs_a_reason_and_a_share(county):
    counties.accepted(county)
    row = scenes.begun(county)
    with acting_as(county.officer):
        for values, field in (
            ({"numerator": Decimal(3), "denominator": Decimal(2)}, "numerator"),
            ({"numerator": Decimal(0), "denominator": Decimal(0)}, "denominator"),
        ):
            with pytest.raises(DomainError) as caught:
                measure_correct(
                    actor=county.officer, appraisal=row, code="C2", reason="专家评", **values
                )
            assert caught.value.field == field
        measure_correct(
            actor=county.officer, appraisal=row, code="C2", reason="专家评一半不可操作",
            numerator=Decimal(1), denominator=Decimal(2),
        )  # fmt: skip
    assert line(county, row, "C2")["score"] == "2.50"
    assert line(county, row, "C2")["note"] == "专家评一半不可操作"
    with acting_as(county.officer), pytest.raises(DatabaseError, match="change"):
        AppraisalCorrection.objects.update(reason="改")


def test_two_starts_of_a_year_are_one_evaluation_a_contract(county):
    counties.accepted(county)
    scenes.begun(county)
    with acting_as(county.officer):
        agency = Agency.objects.get(pk=county.zone.pk)
        with pytest.raises(DomainError, match="没有还未开始考评的合同"):
            year_start(actor=county.officer, agency=agency, year=2026)
        assert Appraisal.objects.filter(purpose="final").count() == 1


def test_open_rechecks_at_the_freeze_are_stated(county):
    scenes.hazards(county, closed=1, open_=0, submitted=2)
    row = scenes.begun(county)
    assert row.open_rechecks == 2


def test_an_adopted_scheme_is_what_counts_and_does_not_change(county):
    with acting_as(county.admin):
        scheme = scheme_draft(actor=county.admin, version="2026-1")
        scheme.indicators.filter(code="F2").update(weight=Decimal(3))
        today = counties.NOW.date()
        with pytest.raises(DomainError, match="现在是99分"):
            scheme_adopt(actor=county.admin, scheme=scheme, adopted_on=today)
        scheme.indicators.filter(code="F2").update(weight=Decimal(4))
        scheme = scheme_adopt(actor=county.admin, scheme=scheme, adopted_on=today)
    with acting_as(county.admin), pytest.raises(DatabaseError, match="adopted scheme"):
        scheme.indicators.filter(code="F2").update(weight=Decimal(5))
    counties.accepted(county)
    row = scenes.begun(county)
    assert (row.scheme_id, row.scheme_version) == (scheme.pk, "2026-1")


def test_the_page_of_an_evaluation_has_few_statements(county, django_assert_max_num_queries):
    row = scenes.drafted(county, scenes.asking(county))
    client = world.client_of(county.officer)
    client.get(f"/appraisals/{row.pk}/")
    with django_assert_max_num_queries(20):
        assert client.get(f"/appraisals/{row.pk}/").status_code == 200


def test_every_number_opens_into_its_records(county):
    scenes.hazards(county, closed=2, open_=1)
    row = scenes.begun(county)
    client = world.client_of(county.officer)
    page = client.get(f"/appraisals/{row.pk}/records/C4/").content.decode()
    assert "共 3 条隐患记录，达到要求 2 条，未达到 1 条" in page
    assert page.count("/hazards/") >= 3
    assert client.get(f"/appraisals/{row.pk}/records/F1/").status_code == 404
    stranger = world.client_of(county.lead)
    assert stranger.get(f"/appraisals/{row.pk}/records/C4/").status_code == 403


# What was watched while the provider worked


def test_who_went_before_he_was_confirmed_costs_points(county):
    scenes.visits(county, whole=2, bare=0)
    row = scenes.begun(county)
    assert measure(county, row, "A1") == scenes.of(2, 2)
    with acting_as(county.lead):
        late = TeamMember.objects.get(membership_id=county.inspector.member)
    with acting_as(county.officer):
        TeamMember.objects.filter(pk=late.pk).update(confirmed_at=counties.NOW + timedelta(days=30))
        assert scenes.line_of(scenes.interim(county), "A1")["score"] == "2.50"


def test_a_kick_off_without_an_approved_plan_is_two_of_five(county):
    row = scenes.begun(county)
    assert measure(county, row, "A2") == scenes.of(2, 5)


def test_each_breach_costs_two_points_and_a_fee_is_a_veto(county):
    fact = {"happened_on": counties.NOW.date(), "fact": "另收资料费", "evidence": "收据"}
    with acting_as(county.officer):
        breach_add(actor=county.officer, contract=county.contract, kind="attitude", **fact)
        first = scenes.interim(county)
        assert (scenes.line_of(first, "F2")["score"], first.veto_reason) == ("2.00", "")
        breach = breach_add(
            actor=county.officer, contract=county.contract, kind="extra_fee", **fact
        )
        second = scenes.interim(county)
        assert (second.grade, "价外收费" in second.veto_reason) == ("D", True)
        breach_revoke(actor=county.officer, breach=breach, reason="收据系伪造")
        assert scenes.interim(county).veto_reason == ""


def test_not_coming_is_a_veto_from_the_third_time_on(county):
    fact = {"happened_on": counties.NOW.date(), "fact": "约定到场未到", "evidence": "企业证明"}
    with acting_as(county.officer):
        vetoes = []
        for _ in range(3):
            breach_add(actor=county.officer, contract=county.contract, kind="absent", **fact)
            vetoes.append(scenes.interim(county).veto_reason)
    assert vetoes[:2] == ["", ""]
    assert "3次" in vetoes[2]
