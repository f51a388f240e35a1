"""Photos and scans in one archive: each to its row, each refusal by name, nothing by halves."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from enterprises import file_bringing, folders
from enterprises.bringing import import_confirm, import_upload
from enterprises.file_bringing import files_drop, files_start, files_upload, looked_of
from enterprises.folders import Folder, Packed, beginnings
from enterprises.models import EnterpriseImport
from evidence.models import Attachment, Photo
from inspections.models import HistoricalHazard
from tenancy.models import Agency
from tests import county as counties
from tests import world
from workflow.models import Job
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 3}
BLUE, RED = counties.picture(), counties.picture((200, 30, 30))
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def archive_of_windows(files: dict[str, bytes]) -> bytes:
    """As Chinese Windows packs it: names in GBK, and nothing says so; `zipfile` cannot write that."""
    out, directory = io.BytesIO(), b""
    for name, data in files.items():
        raw, at = name.encode("gbk"), out.tell()
        sizes = (zlib.crc32(data), len(data), len(data), len(raw), 0)
        head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, *sizes)
        out.write(b"PK\x03\x04" + head + raw + data)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head
        directory += struct.pack("<HHHII", 0, 0, 0, 0, at) + raw
    count, place = len(files), (len(directory), out.tell(), 0)
    out.write(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, *place))
    return out.getvalue()


@pytest.fixture
def ledger(county):
    """Three hazards of an earlier year: two name a photo alike, one is known by its number."""
    a, b, _ = (enterprise.name for enterprise in county.enterprises)
    sheet = (
        "企业名称,原编号,排查日期,隐患描述,照片\n"
        f"{a},2020-01,2020-06-03,未接地,IMG_1.jpg、IMG_2\n"
        f"{b},2020-02,2020-06-03,无护栏,IMG_1.jpg\n"
        f"{b},2020-03,2020-06-03,通道堵塞,\n"
    )
    with acting_as(county.officer):
        draft = import_upload(
            actor=county.officer, agency=county.zone, content=sheet.encode(), filename="2020.csv",
            kind="hazards",
        )  # fmt: skip
        import_confirm(actor=county.officer, draft=draft, valid_only=False)
        return {h.number: h for h in HistoricalHazard.objects.all()}


def upload(county, files, kind="hazard-photos"):
    named = files if isinstance(files, list) else [("照片.zip", files)]
    with acting_as(county.officer):
        zone = Agency.objects.select_related("org").get(pk=county.zone.pk)
        return files_upload(actor=county.officer, agency=zone, kind=kind, files=named)


def problems(draft) -> dict[str, str]:
    return {one.path: one.problem for one in looked_of(draft)}


def confirm(county, draft, *, valid_only=False):
    with acting_as(county.officer):
        return files_start(actor=county.officer, draft=draft, valid_only=valid_only)


def kept(county, hazard) -> set[str]:
    with acting_as(county.officer):
        rows = Photo.objects.filter(subject_id=str(hazard.pk), purpose="before")
        return set(rows.values_list("sha256", flat=True))


def test_photos_find_their_hazard_by_the_column_by_the_number_and_by_the_folder(county, ledger):
    a, b, _ = county.enterprises
    draft = upload(
        county,
        archive({
            "照片/img_2.JPG": BLUE, f"照片/{a.name}/IMG_1.jpg": RED,
            f"照片/{b.credit_code}/IMG_1.jpg": RED, "照片/2020-03-1.png": BLUE,
            "__MACOSX/照片/._2020-03-1.png": b"x", "照片/Thumbs.db": b"x",
        }),
    )  # fmt: skip
    assert set(problems(draft).values()) == {""}
    assert len(looked_of(draft)) == 4
    done = confirm(county, draft)
    assert done.outcome["created"] == 4
    assert len(kept(county, ledger["2020-01"])) == 2
    assert len(kept(county, ledger["2020-02"])) == len(kept(county, ledger["2020-03"])) == 1
    with acting_as(county.principal):
        assert not Photo.objects.filter(subject_type="inspections.historicalhazard").exists()
    again = upload(county, archive({"2020-03-1.png": BLUE}))
    assert [one.is_there for one in looked_of(again)] == [True]
    assert confirm(county, again).outcome["unchanged"] == 1
    with pytest.raises(DomainError, match="已导入"):
        confirm(county, again)


def test_each_file_that_is_not_taken_says_why_and_the_others_wait_for_a_word(county, ledger):
    draft = upload(
        county,
        archive({
            "2020-01-1.jpg": BLUE, "2020-01-2.jpg": BLUE, "别人的.jpg": BLUE, "IMG_1.jpg": RED,
            "2020-02-1.jpg": b"not a picture", "2020-02-2.jpg": b"",
            "../2020-02-3.jpg": RED, "C:\\x\\2020-02-4.jpg": RED,
            "2020-02-5.jpg": archive({"a": b"b"}), "2020-02-6.jpg": RED[:200],
        }),
    )  # fmt: skip
    found = problems(draft)
    assert found["2020-01-1.jpg"] == ""
    assert found["2020-01-2.jpg"] == "与 2020-01-1.jpg 内容相同"
    assert "没有这个文件名" in found["别人的.jpg"]
    assert "2 项历史隐患" in found["IMG_1.jpg"]
    assert found["2020-02-2.jpg"] == "是空文件"
    assert "上级目录" in found["../2020-02-3.jpg"]
    assert "盘符" in found["C:/x/2020-02-4.jpg"]
    for name in ("2020-02-1.jpg", "2020-02-5.jpg", "2020-02-6.jpg"):
        assert "照片" in found[name], name
    with pytest.raises(DomainError, match="只导入合格"):
        confirm(county, draft)
    assert kept(county, ledger["2020-01"]) == set()
    done = confirm(county, draft, valid_only=True)
    assert (done.outcome["created"], len(done.outcome["refused"])) == (1, 9)
    assert len(kept(county, ledger["2020-01"])) == 1
    assert kept(county, ledger["2020-02"]) == set()


def test_names_as_chinese_windows_packs_them_are_read(county, ledger):
    name = county.enterprises[1].name
    draft = upload(county, archive_of_windows({f"{name}\\IMG_1.jpg": BLUE}))
    assert problems(draft) == {f"{name}/IMG_1.jpg": ""}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "打不开"),
        (archive({}), "没有文件"),
        (archive({"__MACOSX/a": b"1"}), "没有文件"),
    ],
)
def test_what_is_no_archive_is_refused_at_its_field(county, content, words):
    with pytest.raises(DomainError, match=words) as refused:
        upload(county, content)
    assert refused.value.field == "files"
    with acting_as(county.officer):
        assert not EnterpriseImport.objects.filter(kind="hazard-photos").exists()


def test_more_than_a_hundred_chosen_at_once_are_refused_at_their_field(county):
    files = [SimpleUploadedFile(f"{n}.jpg", b"x", "image/jpeg") for n in range(101)]
    page = world.client_of(county.officer).post(
        reverse("enterprises:files-upload"), {"files": files}
    )
    assert page.status_code == 422
    assert page.context["form"].errors["files"] == ["一次最多选 100 个文件，这次是 101 个"]


def test_a_bomb_costs_nothing(county, ledger, monkeypatch):
    monkeypatch.setattr(folders, "MAX_UNPACKED", 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("2020-01-1.jpg", bytes(2 * 2**20))
    with pytest.raises(DomainError, match="展开后超过"):
        upload(county, out.getvalue())
    # one that lies about its size is not unpacked beyond what it says
    lying = out.getvalue().replace((2 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert "损坏" in problems(upload(county, lying))["2020-01-1.jpg"]
    monkeypatch.setattr(folders, "MAX_FILES", 1)
    with pytest.raises(DomainError, match="个文件"):
        upload(county, archive({"a.jpg": BLUE, "b.jpg": BLUE}))


def test_a_file_with_a_password_and_one_too_large_say_so(monkeypatch):
    monkeypatch.setattr(folders, "MAX_FILE", 100)
    content = bytearray(archive({"a.jpg": bytes(101), "b.jpg": b"1"}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    first, second = Folder(io.BytesIO(bytes(content))).files()
    assert "超过" in first.problem
    assert "密码" in second.problem


def test_scans_go_to_their_enterprise_and_their_certificate(county):
    a, b, _ = county.enterprises
    sheet = (
        "企业名称,姓名,证号,作业类别,有效期至\n"
        f"{a.name},李四,T1303001990010112,电工作业,2099-01-01\n"
        f"{a.name},王五,T1303001990010134,电工作业,2099-01-01\n"
        f"{a.name},王五,T1303001990010156,高处作业,2099-01-01\n"
    )
    with acting_as(county.officer):
        draft = import_upload(
            actor=county.officer, agency=county.zone, content=sheet.encode(), filename="证.csv",
            kind="certificates",
        )  # fmt: skip
        import_confirm(actor=county.officer, draft=draft, valid_only=False)
    draft = upload(
        county,
        archive({
            f"{a.name}/营业执照.pdf": PDF, f"{b.credit_code}_平面图.jpg": BLUE,
            f"{a.name}/特种作业证/李四.jpg": BLUE, f"{a.name}/特种作业证/王五-010134.jpg": RED,
            f"{a.name}/特种作业证/王五.jpg": RED, f"{a.name}/特种作业证/赵六.jpg": RED,
            "没有这家/执照.pdf": PDF, f"{b.name}/程序.exe": b"MZ1234",
        }),
        kind="enterprise-files",
    )  # fmt: skip
    found = problems(draft)
    assert [path for path, why in found.items() if not why] == [
        f"{a.name}/营业执照.pdf", f"{b.credit_code}_平面图.jpg", f"{a.name}/特种作业证/李四.jpg",
        f"{a.name}/特种作业证/王五-010134.jpg",
    ]  # fmt: skip
    assert "2 张王五的证" in found[f"{a.name}/特种作业证/王五.jpg"]
    assert "没有登记这个人" in found[f"{a.name}/特种作业证/赵六.jpg"]
    confirm(county, draft, valid_only=True)
    client = world.client_of(county.officer)
    page = client.get(reverse("enterprises:record", args=[a.pk])).content.decode()
    assert "营业执照.pdf" in page
    page = client.get(reverse("enterprises:certificates", args=[a.pk])).content.decode()
    assert "李四.jpg" in page
    assert "王五-010134.jpg" in page


def test_another_agencys_rows_are_as_unknown_as_none(county, ledger):
    other = counties.build("139999", base=900, enterprises=1)
    with acting_as(other.officer):
        zone = Agency.objects.select_related("org").get(pk=other.zone.pk)
        draft = files_upload(
            actor=other.officer, agency=zone, kind="hazard-photos",
            files=[("a.zip", archive({"2020-03-1.jpg": BLUE}))],
        )  # fmt: skip
        assert "没有这个文件名" in problems(draft)["2020-03-1.jpg"]
    client = world.client_of(county.officer)
    assert client.get(reverse("enterprises:files", args=[draft.pk])).status_code == 404


def test_many_are_looked_through_and_written_by_a_worker(county, ledger, monkeypatch):
    monkeypatch.setattr(file_bringing, "LONG", 1)
    draft = upload(county, archive({"2020-03-1.jpg": BLUE, "2020-03-2.jpg": RED}))
    client = world.client_of(county.officer)
    page = reverse("enterprises:files", args=[draft.pk])
    assert "正在逐个检查" in client.get(page).content.decode()
    with acting_as(county.officer):
        [job] = Job.objects.filter(kind=file_bringing.JOB)
        with pytest.raises(DomainError, match="还在检查"):
            files_start(actor=county.officer, draft=draft, valid_only=False)
        job_part_run(job.parts.get().pk)
        job_part_run(job.parts.get().pk)
    assert "可以导入 2 个" in client.get(page).content.decode()
    answer = client.post(page, {"do": "all"})
    assert answer.url.startswith("/jobs/")
    with acting_as(county.officer):
        job_part_run(Job.objects.get(kind=file_bringing.JOB, state="running").parts.get().pk)
        assert EnterpriseImport.objects.get(pk=draft.pk).outcome["created"] == 2
    assert "新增 2 个文件" in client.get(page).content.decode()


def test_one_that_breaks_in_the_middle_writes_nothing(county, ledger, monkeypatch):
    draft = upload(county, archive({"2020-03-1.jpg": BLUE, "2020-03-2.jpg": RED}))
    real, calls = file_bringing.photo_add, []

    def breaks(**given):
        calls.append(given)
        if len(calls) == 2:
            raise OSError(28, "full")
        return real(**given)

    monkeypatch.setattr(file_bringing, "photo_add", breaks)
    with pytest.raises(OSError, match="full"):
        confirm(county, draft)
    assert kept(county, ledger["2020-03"]) == set()
    with acting_as(county.officer):
        draft.refresh_from_db()
    assert draft.state == "draft"


def test_on_the_page_from_chosen_files_to_the_hazard(
    county, ledger, django_capture_on_commit_callbacks
):
    client = world.client_of(county.officer)
    page = reverse("enterprises:files-upload") + "?kind=hazard-photos"
    assert "原编号开头" in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422
    chosen = [SimpleUploadedFile("2020-03-1.jpg", BLUE), SimpleUploadedFile("IMG_1.jpg", RED)]
    preview = client.post(page, {"files": chosen}).url
    shown = client.get(preview).content.decode()
    assert "可以导入 1 个" in shown
    assert "通道堵塞" in shown
    assert client.post(preview, {"do": "all"}).status_code == 422
    with acting_as(county.officer):
        [draft] = EnterpriseImport.objects.filter(kind="hazard-photos")
    path = draft.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(preview, {"do": "valid"}).status_code == 302
    assert "新增 1 个文件" in client.get(preview).content.decode()
    assert not default_storage.exists(path)
    hazard = client.get(reverse("inspections:historical", args=[ledger["2020-03"].pk]))
    assert "历史照片 1" in hazard.content.decode()
    with acting_as(county.officer):
        assert Attachment.objects.count() == 0


def test_given_up_it_leaves_nothing(county, ledger, django_capture_on_commit_callbacks):
    draft = upload(county, archive({"2020-03-1.jpg": BLUE}))
    path = draft.file.name
    with acting_as(county.officer), django_capture_on_commit_callbacks(execute=True):
        files_drop(draft=draft)
    assert not default_storage.exists(path)
    with pytest.raises(DomainError, match="已放弃"):
        confirm(county, draft)


def test_what_a_name_begins_with():
    assert beginnings("2020-0001-1") == ["2020-0001-1", "2020-0001", "2020"]
    assert beginnings("2020－01（2）") == ["2020-01（2）", "2020-01", "2020"]
    assert Packed("a/b.tar.gz", "", 1).stem == "b.tar"
