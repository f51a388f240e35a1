"""All of an organisation's own data as one archive: complete, its own, sealed by hashes, no secrets."""

import csv
import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from common.encrypted import EncryptedCharField
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import ClaimCode, Enterprise
from evidence.models import Attachment, Photo
from home.models import DataArchive
from home.takeout.columns import CHINESE, columns_of
from home.takeout.kinds import LEFT_OUT, NOT_TAKEN, TAKEN, kinds, rows_of
from home.takeout.services import (
    archive_download,
    archive_make,
    archive_remove,
    archive_start,
    archives_expire,
    archives_owed,
)
from home.takeout.writing import Pack, write_files, write_sheets
from home.tasks import make_owed_archives
from inspections.models import Hazard, SpotCheck
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests import world
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"password|secret|digest|token|code_hash|search_text")


@pytest.fixture
def scene(scenes):
    return scenes[0]


@pytest.fixture
def county(scene):
    """The county of the scene, without the archive that waits in it."""
    with acting_as(SYSTEM):
        DataArchive.objects.all().delete()
    return scene.county


def start(actor, **options):
    with acting_as(actor):
        return archive_start(actor=actor, **{"with_files": True, **options})


def made(actor, **options) -> tuple[DataArchive, zipfile.ZipFile]:
    row = start(actor, **options)
    archive_make(row.pk)
    with acting_as(actor):
        row.refresh_from_db()
    assert row.state == "ready", row.error
    return row, zipfile.ZipFile(io.BytesIO(default_storage.open(row.path).read()))


def described(pack) -> dict:
    found = json.loads(pack.read("datapackage.json"))["resources"]
    return {resource["name"]: resource for resource in found}


def sheet(pack, resource) -> list[dict[str, str]]:
    text = pack.read(resource["path"]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def whole_text(pack) -> str:
    return "".join(
        pack.read(n).decode("utf-8", "ignore") for n in pack.namelist() if "照片/" not in n
    )


def test_every_table_is_either_taken_or_not_for_a_reason():
    ours = {
        model._meta.label_lower
        for model in apps.get_models()
        if Path(apps.get_app_config(model._meta.app_label).path).is_relative_to(settings.BASE_DIR)
        and ".venv" not in apps.get_app_config(model._meta.app_label).path
    }
    taken = [label for labels in TAKEN.values() for label in labels]
    assert len(taken) == len(set(taken))
    assert not set(taken) & set(NOT_TAKEN)
    assert set(taken) | set(NOT_TAKEN) == ours
    assert all(map(CHINESE.search, NOT_TAKEN.values()))


def test_columns_have_chinese_headings_of_their_own_and_hold_no_secret(county):
    for kind in kinds():
        columns = columns_of(kind, county.admin, whole=False)
        names = [column.name for column in columns]
        assert all(map(CHINESE.search, names)), (kind.label, names)
        assert len(names) == len(set(names))
        secret = [c.key for c in columns if SECRET.search(c.key) and c.source]
        allowed = ["secret"] if kind.label == "inspections.spotcheckdraw" else []  # published
        assert secret == allowed, kind.label
    paths = [(kind.folder, kind.title) for kind in kinds()]
    assert len(paths) == len(set(paths))
    for label, columns in LEFT_OUT.items():
        fields = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert set(columns) <= fields


def test_an_agencys_archive_is_complete_and_says_what_is_in_it(county):
    row, pack = made(county.admin)
    resources, manifest = described(pack), json.loads(pack.read("manifest.json"))
    with acting_as(county.admin):
        for kind in kinds():
            count = rows_of(kind, county.admin).count()
            there = resources.get(kind.name)
            # acts are written while it is made
            if kind.label != "audit.auditentry":
                assert (there["rows"] if there else 0) == count, kind.label
        photos = {str(p.pk): p.sha256 for p in Photo.objects.filter(owner_agency=county.zone)}
    for resource in resources.values():
        rows = sheet(pack, resource)
        assert len(rows) == resource["rows"]
        assert list(rows[0]) == [field["name"] for field in resource["schema"]["fields"]]
        assert len({r[resource["schema"]["primaryKey"]] for r in rows}) == len(rows)
    hashes = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    for path, sha256 in hashes.items():
        assert hashlib.sha256(pack.read(path)).hexdigest() == sha256
    assert set(pack.namelist()) == {*hashes, "manifest.json"}
    of_photos = {r["编号"]: r["原件"] for r in sheet(pack, resources["evidence-photo"])}
    assert {pk: hashes[path] for pk, path in of_photos.items()} == photos
    assert (row.missing, row.size) == (0, default_storage.size(row.path))
    text = pack.read("说明.txt").decode("utf-8-sig")
    assert county.admin.org_name in text
    assert "05 检查和隐患/隐患.csv" in text
    assert "印模不离开平台" in text


def test_declared_foreign_keys_hold_and_the_others_are_named(county):
    _, pack = made(county.admin)
    resources = described(pack)
    keys = 0
    for resource in resources.values():
        rows = sheet(pack, resource)
        for key in resource["schema"]["foreignKeys"]:
            reference = key["reference"]
            there = {r[reference["fields"]] for r in sheet(pack, resources[reference["resource"]])}
            assert {r[key["fields"]] for r in rows} - {""} <= there
            keys += 1
    assert keys > 100
    assert all(next(iter(row)) == "编号" for row in sheet(pack, resources["inspections-hazard"]))
    outside = {o["of"] for o in resources["inspections-hazard"]["refersOutside"]}
    assert "enterprises.enterprise" not in outside
    hazard = sheet(pack, resources["inspections-hazard"])[0]
    assert hazard["企业"]
    assert hazard["状态"] != hazard["状态代码"]


def test_it_has_nothing_of_others_and_nothing_secret(scenes, county):
    other = scenes[1].county
    with acting_as(other.admin):
        foreign = [e.name for e in other.enterprises] + [other.admin.org_name]
    _, pack = made(county.admin)
    text = whole_text(pack)
    assert not [name for name in foreign if name in text and name not in str(county.enterprises)]
    with acting_as(county.admin):
        secrets = [*ClaimCode.objects.values_list("digest", flat=True)]
        secrets += [*Endpoint.objects.values_list("secret", flat=True)]
        phones = [p for p in Enterprise.objects.values_list("phone", flat=True) if p]
    with acting_as(SYSTEM):
        people = Membership.objects.filter(org_id=county.zone.pk).select_related("user")
        secrets += [person.user.password for person in people]
    assert secrets
    assert phones
    assert not [value for value in secrets if value in text]
    bearing = {
        name for name in pack.namelist()
        if any(phone.encode() in pack.read(name) for phone in phones)
    }  # fmt: skip
    # papers, and what hangs on the wall, bear numbers whole: docs/personal-data.md
    assert not {name for name in bearing if "文书" not in name and "公示栏" not in name}


def test_phones_are_whole_only_for_a_reason_and_only_for_the_agency_that_keeps_them(county):
    with pytest.raises(DomainError, match="理由") as refused:
        start(county.admin, is_whole=True)
    assert refused.value.field == "reason"
    with pytest.raises(DomainError, match="监管机构"):
        start(county.lead, is_whole=True, reason="用")
    row, pack = made(county.admin, is_whole=True, reason="迁往新平台", with_files=False)
    rows = sheet(pack, described(pack)["enterprises-enterprise"])
    with acting_as(county.admin):
        phones = {e.phone for e in Enterprise.objects.filter(owner_agency=county.zone)}
        act = AuditEntry.objects.get(act="takeout.start", subject_id=str(row.pk))
    assert {r["联系电话"] for r in rows} == phones
    assert act.data["is_whole"] is True
    assert not [name for name in pack.namelist() if name.startswith(("照片", "附件"))]
    complaints = sheet(pack, described(pack)["inspections-complaint"])
    assert {r["投诉人姓名"] for r in complaints if "投诉人姓名" in r} <= {"", "***"}


def test_a_provider_and_an_enterprise_take_what_is_theirs(county):
    _, pack = made(county.lead)
    resources = described(pack)
    with acting_as(county.lead):
        own = Hazard.objects.filter(provider_org=county.lead.org_id).count()
    assert resources["inspections-hazard"]["rows"] == own > 0
    assert "inspections-historicalhazard" not in resources
    assert "audit-auditentry" not in resources
    whose = {r["服务机构编号"] for r in sheet(pack, resources["providers-qualification"])}
    assert whose == {str(county.lead.org_id)}
    _, pack = made(county.principal)
    resources = described(pack)
    [firm] = sheet(pack, resources["enterprises-enterprise"])
    with acting_as(county.principal):
        mine = Enterprise.objects.get()
        issued = Hazard.objects.count()
    assert (firm["联系电话"], firm["企业单位编号"]) == (mine.phone, str(county.principal.org_id))
    assert resources["inspections-hazard"]["rows"] == issued
    assert not {"agencies-assignment", "inspections-visit", "scoring-appraisal"} & resources.keys()


def test_a_large_archive_never_stands_in_memory(county, tmp_path):
    content = bytes(20 * 2**20)
    default_storage.save("attachments/00/big", ContentFile(content))
    with acting_as(county.admin):
        Attachment.objects.bulk_create(
            Attachment(
                **county.enterprises[0].tenant, subject_type="enterprises.enterprise",
                subject_id=str(n), filename=f"{n}.pdf", file="attachments/00/big",
                sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                content_type="application/pdf", uploaded_by_name="员", arrived_at=timezone.now(),
            )
            for n in range(6)
        )  # fmt: skip
        with (tmp_path / "big.zip").open("wb") as out:
            tracemalloc.start()
            pack = Pack(out, timezone.now())
            _, taken = write_sheets(pack, county.admin, whole=False, with_files=True)
            assert write_files(pack, taken, lambda done: None) == []
            pack.close()
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert (tmp_path / "big.zip").stat().st_size > 120 * 2**20
    assert peak < 20 * 2**20, peak


def test_a_file_that_is_gone_or_altered_is_named_and_the_rest_is_there(county):
    with acting_as(county.admin):
        photos = Photo.objects.filter(owner_agency=county.zone).order_by("pk")
        gone = photos[0]
        altered = photos.exclude(sha256=gone.sha256)[0]
    bytes_of = {
        p.original.name: default_storage.open(p.original.name).read() for p in (gone, altered)
    }
    default_storage.delete(gone.original.name)
    default_storage.delete(altered.original.name)
    default_storage.save(altered.original.name, ContentFile(b"other"))
    row, pack = made(county.admin)
    for name, content in bytes_of.items():
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    missing = {m["path"]: m["why"] for m in json.loads(pack.read("manifest.json"))["missing"]}
    reasons = {Path(path).stem: why for path, why in missing.items()}
    assert "没有这个文件" in reasons[str(gone.pk)]
    assert "哈希不符" in reasons[str(altered.pk)]
    assert row.missing == len(missing)
    assert "没有取到或有疑问的文件" in pack.read("说明.txt").decode("utf-8-sig")


def test_one_at_a_time_and_three_at_most(county):
    first = start(county.admin)
    with pytest.raises(DomainError, match="正在制作"):
        start(county.admin)
    archive_make(first.pk)
    for _ in range(2):
        made(county.admin, with_files=False)
    with pytest.raises(DomainError, match="请先删除"):
        start(county.admin)


def test_more_than_can_be_packed_is_refused_at_the_box_for_files(county, monkeypatch):
    monkeypatch.setattr("home.takeout.services.MOST_BYTES", 10)
    with pytest.raises(DomainError, match="请先只导出表格") as refused:
        start(county.admin)
    assert refused.value.field == "with_files"
    start(county.admin, with_files=False)


def test_killed_in_the_middle_it_is_made_again_once_its_lease_is_over(county, tasks_are_kept):
    row = start(county.admin, with_files=False)
    with acting_as(SYSTEM):
        rows = DataArchive.objects.filter(pk=row.pk)
        rows.update(state="making", leased_until=timezone.now() + timedelta(minutes=5), attempts=1)
    archive_make(row.pk)  # somebody else has it
    with acting_as(county.admin):
        assert DataArchive.objects.get(pk=row.pk).state == "making"
    assert row.pk not in archives_owed()
    with acting_as(SYSTEM):
        rows.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert row.pk in archives_owed()
    make_owed_archives()
    archive_make(row.pk)
    archive_make(row.pk)
    with acting_as(county.admin):
        assert DataArchive.objects.get(pk=row.pk).attempts == 2
        assert AuditEntry.objects.filter(act="takeout.make", subject_id=str(row.pk)).count() == 1


def test_what_goes_wrong_is_tried_again_and_then_said(county, monkeypatch):
    row = start(county.admin, with_files=False)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("home.takeout.services._stored", full)
    for state in ("waiting", "waiting", "failed"):
        with pytest.raises(OSError, match="No space"):
            archive_make(row.pk)
        with acting_as(county.admin):
            assert DataArchive.objects.get(pk=row.pk).state == state
    with acting_as(county.admin):
        assert "存储空间不足" in DataArchive.objects.get(pk=row.pk).error
        assert Notification.objects.filter(kind="takeout", title__contains="没有导出成功").exists()


def test_whoever_left_meanwhile_gets_nothing(county):
    colleague = world.member(county.zone.org, "agency_admin")
    row = start(colleague, with_files=False)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=colleague.membership_id).update(ended_at=timezone.now())
    with pytest.raises(PermissionError):
        archive_make(row.pk)
    with acting_as(county.admin):
        found = DataArchive.objects.get(pk=row.pk)
    assert (found.state, found.path) == ("failed", "")


def test_given_up_while_it_is_made_it_leaves_nothing(county, monkeypatch):
    row = start(county.admin, with_files=False)

    def given_up(pack, *args, **kwargs):
        with acting_as(county.admin):
            archive_remove(actor=county.admin, archive=row)
        return []

    monkeypatch.setattr("home.takeout.services.write_files", given_up)
    archive_make(row.pk)
    with acting_as(county.admin):
        assert DataArchive.objects.get(pk=row.pk).state == "removed"
    assert not default_storage.exists(f"takeout/{row.pk}.zip")


def test_its_days_over_the_file_goes_and_the_record_stays(
    county, django_capture_on_commit_callbacks
):
    row, _ = made(county.admin, with_files=False)
    with acting_as(SYSTEM):
        DataArchive.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        archives_expire()
    with acting_as(county.admin):
        assert DataArchive.objects.get(pk=row.pk).state == "expired"
        assert not default_storage.exists(row.path)


def test_while_blind_before_a_spot_check_nobody_takes_everything(county):
    row, _ = made(county.admin, with_files=False)
    with acting_as(county.admin):
        check = SpotCheck.objects.filter(visit__isnull=False).first()
        check.visit.team.create(
            **check.visit.tenant, membership_id=county.admin.membership_id, name="管"
        )
        SpotCheck.objects.filter(pk=check.pk).update(state="visiting", opinion="", compared_at=None)
        with pytest.raises(DomainError, match="抽查"):
            archive_start(actor=county.admin, with_files=False)
        with pytest.raises(DomainError, match="抽查"):
            archive_download(actor=county.admin, archive=row)


# on the page


def confirmed(client, actor):
    world.sign_in(client, actor)
    answer = client.post("/accounts/reauthenticate/", {"password": world.PASSWORD})
    assert answer.status_code == 302
    return client


def test_it_is_asked_made_and_fetched_after_saying_again_who_one_is(
    county, client, tasks_are_kept, django_capture_on_commit_callbacks
):
    world.sign_in(client, county.admin)
    new = reverse("home:takeout-new")
    assert "还没有导出过" in client.get(reverse("home:takeout-list")).content.decode()
    assert client.get(new).url.startswith("/accounts/reauthenticate/")
    assert client.post(new, {"with_files": "on"}).url.startswith("/accounts/reauthenticate/")
    confirmed(client, county.admin)
    answer = client.post(new, {"is_whole": "on", "reason": " "})
    assert answer.status_code == 422
    assert "要写明理由" in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(new, {"with_files": "on"}).url
    [(_, [pk], _)] = [sent for sent in tasks_are_kept if sent[0] == "home.make_archive"]
    assert "等待制作" in client.get(page).content.decode()
    archive_make(pk)
    shown = client.get(page).content.decode()
    assert "可以下载" in shown
    file = client.post(reverse("home:takeout-file", args=[pk]))
    content = b"".join(file.streaming_content)
    assert hashlib.sha256(content).hexdigest() in shown
    with acting_as(county.admin):
        assert AuditEntry.objects.filter(act="takeout.download", subject_id=pk).count() == 1
    assert client.post(reverse("home:takeout-remove", args=[pk])).status_code == 302
    assert client.post(reverse("home:takeout-file", args=[pk])).status_code == 302


def test_colleagues_see_it_and_only_who_asked_fetches_it(county, client):
    row, _ = made(county.admin, with_files=False)
    leader = world.member(county.zone.org, "agency_leader")
    confirmed(client, leader)
    page = reverse("home:takeout", args=[row.pk])
    assert "只有申请人本人可以下载" in client.get(page).content.decode()
    answer = client.post(reverse("home:takeout-file", args=[row.pk]))
    assert (answer.status_code, answer.url) == (302, page)


def test_the_list_asks_the_same_number_of_questions_for_two_as_for_many(
    county, client, django_assert_max_num_queries
):
    with acting_as(SYSTEM):
        DataArchive.objects.bulk_create(
            DataArchive(
                org_id=county.zone.pk, with_files=False, is_whole=False, state="removed",
                started_by_id=county.admin.membership_id, started_by_name="管",
                started_at=timezone.now(),
            )
            for _ in range(40)
        )  # fmt: skip
    world.sign_in(client, county.admin)
    with django_assert_max_num_queries(16):
        client.get(reverse("home:takeout-list"))


def test_every_closed_field_of_what_is_taken_is_shown_with_stars(county):
    for kind in kinds():
        closed = {
            f.name for f in kind.model._meta.concrete_fields if isinstance(f, EncryptedCharField)
        }
        for column in columns_of(kind, county.officer, whole=False):
            if column.key in closed and kind.label not in (
                "tenancy.membership",
                "tenancy.invitation",
            ):
                assert column.read("13812345678") != "13812345678", (kind.label, column.key)
