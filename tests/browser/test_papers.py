"""What people do with papers: seal, sign for, scan, void, print, and bring their own Word form."""

import io

import docx
import pytest
from django.urls import reverse

from common.scope import acting_as
from documents import keys
from documents.models import Document, Receipt, Seal, SealApproval, WordTemplate
from documents.services import document_render
from inspections.models import Hazard
from scoring.models import RuleClause
from scoring.services import Given, points_give
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership, Organization
from tests import county as counties
from tests import world
from tests.browser.looks import no_barriers, no_sideways_scrolling
from workflow.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "山海关经济技术开发区北方精密铸造与机械加工装备制造有限责任公司第一分公司铸造厂"


@pytest.fixture(autouse=True)
def keys_of_their_own(settings, tmp_path, monkeypatch):
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    monkeypatch.setattr(keys, "KEY_BITS", 2048)


@pytest.fixture
def visitor(browser, live_server):
    """A phone that nobody signed in on."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="zh-CN"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def looks_right(page) -> None:
    no_sideways_scrolling(page)
    no_barriers(page)


def confirm(page) -> None:
    page.click("#confirm [data-yes]")


def issued_paper(county, kind: str = "suggestion") -> Document:
    """A paper of the first enterprise, its file made."""
    counties.issued(county)
    with acting_as(county.lead):
        return document_render(str(Document.objects.get(kind=kind).pk))


def named(county, name: str) -> None:
    """The first enterprise bears this name from now on, as do the papers issued to it."""
    firm = county.enterprises[0]
    firm.name = name
    with acting_as(county.admin):
        firm.save(update_fields=["name"])
    with acting_as(SYSTEM):
        Organization.objects.filter(pk=firm.enterprise_org_id).update(name=name)


def test_a_seal_is_registered_and_another_leader_lets_it_be_used(page_for, tmp_path):
    zone = world.agency(now=counties.NOW)
    admin = world.member(zone.org, Role.AGENCY_ADMIN, name="王主任")
    leader = world.member(zone.org, Role.AGENCY_LEADER, name="李局长")
    photo, seal = tmp_path / "seal.jpg", tmp_path / "seal.png"
    photo.write_bytes(counties.picture())
    seal.write_bytes(counties.picture((200, 30, 30), kind="PNG"))
    page = page_for(admin)
    page.click("#menu summary:has-text('文书和记录')")
    page.click("nav >> text=印章和签名")
    looks_right(page)
    page.click("a:has-text('登记印模')")
    page.fill("[name=name]", "地区应急管理局公章")
    page.set_input_files("[name=image]", str(photo))
    page.click("button:has-text('登记')")
    page.wait_for_selector("text=印模须是 PNG 图片")
    assert page.input_value("[name=name]") == "地区应急管理局公章"
    looks_right(page)
    page.set_input_files("[name=image]", str(seal))
    page.click("button:has-text('登记')")
    page.wait_for_selector("text=已登记印模")
    page.click("text=申请用印")
    page.check("text=责令限期整改指令书")
    page.check("text=现场检查记录")
    page.fill("[name=reason]", "年度执法检查")
    page.fill("[name=valid_until]", "2026-12-31")
    looks_right(page)
    page.click("text=提交申请")
    page.wait_for_selector("text=本人申请，由另一名负责人批准")
    assert page.locator("button:has-text('批准')").count() == 0
    looks_right(page)
    theirs = page_for(leader)
    theirs.goto(reverse("documents:seals"))
    assert theirs.locator("text=登记新印模").count() == 0
    theirs.click("button:text-is('批准')")
    theirs.wait_for_selector("text=已批准用印")
    theirs.click("text=启用新证书")
    confirm(theirs)
    theirs.wait_for_selector("text=已启用新的签名证书")
    looks_right(theirs)
    with acting_as(leader):
        assert Seal.objects.get().name == "地区应急管理局公章"
        approval = SealApproval.objects.get()
        assert (approval.asked_by_id, approval.approved_by_id) == (admin.member, leader.member)
        assert approval.kinds == ["check_record", "rectify_order"]
    theirs.click("text=收回")
    confirm(theirs)
    theirs.wait_for_selector("text=已收回用印审批")


def test_an_enterprise_signs_for_a_paper_on_its_phone(page_for):
    county = counties.build(enterprises=1)
    named(county, LONG)
    paper = issued_paper(county)
    page = page_for(county.principal, 390, 844)
    page.goto(reverse("documents:list"))
    page.wait_for_selector("text=份文书等您签收")
    looks_right(page)
    page.click(".task-card.is-waiting >> text=隐患整改建议书")
    page.wait_for_selector("text=不表示同意其内容")
    looks_right(page)
    page.locator(".page-actions >> text=签收").click()
    page.fill("[name=person_name]", "")
    page.fill("[name=person_post]", "厂长")
    page.click("button:has-text('签收')")
    confirm(page)
    page.wait_for_selector(".field-error")
    assert page.input_value("[name=person_post]") == "厂长"
    looks_right(page)
    page.fill("[name=person_name]", "张立新")
    page.click("button:has-text('签收')")
    confirm(page)
    page.wait_for_selector("text=已签收")
    assert page.locator(".page-actions >> text=签收").count() == 0
    looks_right(page)
    with acting_as(county.principal):
        receipt = Receipt.objects.get()
        assert (receipt.document_id, receipt.how) == (paper.pk, "page")
        assert (receipt.person_name, receipt.person_post) == ("张立新", "厂长")


def test_a_regulators_paper_without_consent_is_handed_over_in_person(page_for):
    county = counties.build(enterprises=1)
    counties.issued(county, hazards=2)
    with acting_as(county.officer):
        points_give(
            actor=county.officer, enterprise=county.enterprises[0], contract=county.contract,
            given=[Given(RuleClause.objects.get(code="15.5"), Hazard.objects.first())],
            signature=counties.picture(kind="PNG"),
            second_officer=Membership.objects.get(pk=county.second_officer.member),
            representative_name="张立新",
        )  # fmt: skip
        paper = document_render(str(Document.objects.get(kind="points_sheet").pk))
    theirs = page_for(county.principal, 390, 844)
    theirs.goto(reverse("documents:paper", args=[paper.pk]))
    theirs.wait_for_selector("text=由经办人员当面送达、当面签收")
    assert theirs.locator("a:text-is('签收')").count() == 0
    looks_right(theirs)
    page = page_for(county.officer)
    page.goto(reverse("documents:paper", args=[paper.pk]))
    assert page.locator("img.qr").count() == 0
    looks_right(page)
    page.click("text=登记拒收")
    page.fill("[name=reason]", "负责人拒绝接收")
    page.click("button:has-text('登记拒收')")
    confirm(page)
    page.wait_for_selector(".field-error")
    assert page.input_value("[name=reason]") == "负责人拒绝接收"
    page.fill("[name=witness_names]", "珠江道街道 赵明")
    page.click("button:has-text('登记拒收')")
    confirm(page)
    page.wait_for_selector("text=已登记拒收")
    looks_right(page)
    with acting_as(county.officer):
        receipt = Receipt.objects.get()
        assert (receipt.how, receipt.witness_names) == ("refused", "珠江道街道 赵明")


def test_whoever_scans_the_code_reads_the_paper_and_signs_for_it(page_for, visitor):
    county = counties.build(enterprises=1)
    named(county, LONG)
    counties.issued(county)
    with acting_as(county.lead):
        paper = Document.objects.get(kind="suggestion")
    page = page_for(county.inspector, 390, 844)
    page.goto(reverse("documents:paper", args=[paper.pk]))
    page.wait_for_selector("img.qr")
    looks_right(page)
    link = page.input_value("#link")
    visitor.goto(link)
    looks_right(visitor)
    visitor.click("text=打开文件")
    visitor.wait_for_selector("text=正在制作文件")
    looks_right(visitor)
    with acting_as(county.lead):
        document_render(str(paper.pk))
    assert visitor.request.get(f"{link}file/").body().startswith(b"%PDF")
    visitor.click("text=返回签收")
    visitor.fill("[name=person_post]", "车间主任")
    visitor.click(".phone-bar button")
    confirm(visitor)
    visitor.wait_for_selector(".field-error")
    assert visitor.input_value("[name=person_post]") == "车间主任"
    looks_right(visitor)
    visitor.fill("[name=person_name]", "周海")
    visitor.click(".phone-bar button")
    confirm(visitor)
    visitor.wait_for_selector("text=已签收")
    assert "周海 车间主任" in visitor.inner_text("main")
    looks_right(visitor)
    visitor.goto(reverse("documents:receive", args=["no-such-token"]))
    visitor.wait_for_selector("text=二维码已失效")
    looks_right(visitor)
    with acting_as(county.lead):
        receipt = Receipt.objects.get()
        assert (receipt.how, receipt.person_name) == ("qr", "周海")


def test_a_voided_paper_says_so_where_anybody_checks_it(page_for, visitor, tmp_path):
    county = counties.build(enterprises=1)
    paper = issued_paper(county)
    check = reverse("portal:check", args=[paper.check_code])
    file = tmp_path / "paper.pdf"
    with acting_as(county.lead):
        file.write_bytes(paper.file.read())
    visitor.goto(check)
    visitor.wait_for_selector("text=现行有效")
    looks_right(visitor)
    visitor.set_input_files("[name=file]", str(file))
    visitor.click("button:has-text('比对')")
    visitor.wait_for_selector("text=逐字节相同")
    looks_right(visitor)
    file.write_bytes(file.read_bytes() + b"\n")
    visitor.set_input_files("[name=file]", str(file))
    visitor.click("button:has-text('比对')")
    visitor.wait_for_selector("text=不是签发的文件")
    looks_right(visitor)
    page = page_for(county.lead)
    page.goto(reverse("documents:paper", args=[paper.pk]))
    page.click("text=作废文书")
    page.fill("[name=reason]", "隐患部位写错")
    looks_right(page)
    page.click("button:has-text('作废文书')")
    confirm(page)
    page.wait_for_selector("text=已作废，编号保留")
    assert page.locator("text=作废文书").count() == 0
    looks_right(page)
    visitor.goto(check)
    visitor.wait_for_selector("text=这份文书已作废")
    looks_right(visitor)
    visitor.click("text=怎样自行验证签名")
    visitor.wait_for_selector("text=核对指纹")
    looks_right(visitor)
    with acting_as(county.lead):
        assert Document.objects.get(pk=paper.pk).void_reason == "隐患部位写错"


def test_papers_are_found_by_a_filter_and_printed_as_one_file(page_for):
    county = counties.build(enterprises=1, kicked_off=False)
    page = page_for(county.officer)
    page.goto(reverse("documents:list"))
    page.wait_for_selector("text=还没有文书")
    looks_right(page)
    counties.meet(county)
    paper = issued_paper(county)
    page.goto(reverse("documents:list"))
    looks_right(page)
    page.select_option("[name=kind]", "suggestion")
    page.wait_for_url("**kind=suggestion*")
    page.select_option("[name=state]", "unreceived")
    page.wait_for_url("**kind=suggestion&state=unreceived")
    assert "共 1 份" in page.inner_text(".count-line")
    page.fill("main [name=q]", "没有这份文书")
    page.press("main [name=q]", "Enter")
    page.wait_for_selector("text=请放宽筛选条件")
    looks_right(page)
    page.fill("main [name=q]", "")
    page.press("main [name=q]", "Enter")
    page.click("text=合并打印 1 份")
    page.wait_for_selector("h1:has-text('批量打印 1 份文书')")
    with acting_as(county.officer):
        assert Job.objects.get(kind="batch_print").frozen == {"ids": [str(paper.pk)]}


def word_form(text: str) -> bytes:
    """A Word form with one line."""
    document = docx.Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_form_with_an_unknown_field_is_refused_by_name(page_for, tmp_path):
    county = counties.build(enterprises=1, kicked_off=False)
    form = tmp_path / "整改建议书模板.docx"
    form.write_bytes(word_form("{{ numer }}，{{ content.enterprise.nmae }}"))
    page = page_for(county.admin)
    page.goto(reverse("documents:seals"))
    page.click("text=上传模板")
    looks_right(page)
    page.select_option("[name=kind]", "suggestion")
    page.set_input_files("[name=file]", str(form))
    page.click("text=检查并启用")
    page.wait_for_selector("text=没有“content.enterprise.nmae”这个字段")
    page.wait_for_selector("text=是不是“number”？")
    assert page.input_value("[name=kind]") == "suggestion"
    looks_right(page)
    form.write_bytes(word_form("{{ number }}，{{ content.enterprise.name }}"))
    page.set_input_files("[name=file]", str(form))
    page.click("text=检查并启用")
    page.wait_for_selector("text=模板已启用")
    looks_right(page)
    with acting_as(county.admin):
        assert WordTemplate.objects.get(retired_at=None).filename == "整改建议书模板.docx"
    page.click("button:has-text('停用')")
    confirm(page)
    page.wait_for_selector("text=模板已停用")
    with acting_as(county.admin):
        assert not WordTemplate.objects.filter(retired_at=None).exists()
