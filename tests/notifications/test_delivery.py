"""What goes outside the page: to whom, when, how many, and why not."""

import ast
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.scope import acting_as
from notifications.delivery import channel_rows, dispatches_claim, fan_out, pack
from notifications.kinds import CHANNELS, GROUPS, KINDS, LIMITS
from notifications.models import Channel, Delivery, Dispatch, Notification, Receiver
from notifications.selectors import reasons
from notifications.sending import dispatches_send
from notifications.services import Message, notify_many
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership
from tests import world
from tests.notifications.conftest import at, deliver, mailbox

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
CODE = ("agencies", "enterprises", "inspections", "providers", "scoring", "platform")


def of(actor, **where) -> list[Delivery]:
    with acting_as(SYSTEM):
        return list(Delivery.objects.filter(user_id=actor.user_id, **where).order_by("pk"))


def to(actor) -> list[mail.EmailMessage]:
    return [m for m in mail.outbox if m.to == [f"u{actor.user_id}@example.com"]]


def kinds_in_code() -> set[str]:
    trees = (ast.parse(p.read_text()) for folder in CODE for p in (ROOT / folder).rglob("*.py"))
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]
    sends = [c for c in calls if getattr(c.func, "id", "") in ("notify", "notify_many")]
    values = [k.value for c in sends for k in c.keywords if k.arg == "kind"]
    return {value.value for value in values if isinstance(value, ast.Constant)}


def test_every_kind_that_is_sent_stands_in_the_catalogue():
    assert kinds_in_code() - set(KINDS) == set()
    assert {kind.group for kind in KINDS.values()} <= set(GROUPS)
    assert set(LIMITS) == set(CHANNELS)


def test_a_message_goes_at_once_by_mail_to_whoever_chose_it(bureau):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "off")
    bureau.say(title="北方铸造厂：整改已提交")
    deliver(at(10))
    [letter] = mail.outbox
    assert to(bureau.officer) == [letter]
    assert letter.subject == "【安服】北方铸造厂：整改已提交"
    assert "http://127.0.0.1:8000/hazards/" in letter.body
    assert "http://127.0.0.1:8000/messages/settings/" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == "<http://127.0.0.1:8000/messages/settings/>"
    [row] = of(bureau.officer)
    assert (row.state, row.dispatch_id is not None) == ("sent", True)
    assert letter.extra_headers["Message-ID"].startswith(f"<{row.dispatch_id}@")
    assert of(bureau.admin) == []
    assert deliver(at(10, 5)) == 0


def test_a_message_for_one_person_goes_to_nobody_else(bureau):
    for actor in (bureau.officer, bureau.admin):
        bureau.choose(actor, "now")
    bureau.say(to=bureau.officer)
    deliver(at(10))
    assert (len(to(bureau.officer)), len(to(bureau.admin))) == (1, 0)


def test_nothing_goes_to_an_address_that_was_not_verified(bureau):
    newcomer = world.member(bureau.agency.org, Role.OFFICER)
    mailbox(newcomer, verified=False)
    bureau.choose(newcomer, "now")
    bureau.say()
    deliver(at(10))
    assert to(newcomer) == []
    assert of(newcomer) == []


def test_who_has_a_verified_mailbox_and_chose_nothing_gets_the_defaults(bureau):
    newcomer = world.member(bureau.agency.org, Role.OFFICER)
    mailbox(newcomer)
    bureau.say("hazard.major", "重大隐患：配电室")
    bureau.say("contract.active", "合同已生效")
    deliver(at(10))
    assert {(row.group, row.mode, row.state) for row in of(newcomer)} == {
        ("major", "now", "sent"), ("contract", "digest", "waiting"),
    }  # fmt: skip


def test_a_lapsed_membership_gets_nothing_even_of_what_was_owed_before(bureau):
    bureau.choose(bureau.officer, "digest")
    bureau.say(at=at(9, days=-1))
    deliver(at(9, 30, days=-1))
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=bureau.officer.membership_id).update(ended_at=timezone.now())
    bureau.say(at=at(10, days=-1))
    deliver(at(9))
    assert to(bureau.officer) == []
    [row] = of(bureau.officer)
    assert (row.state, row.reason) == ("dropped", "身份已停用")


def test_a_digest_holds_the_day_by_group_and_the_urgent_first(bureau):
    bureau.choose(bureau.officer, "digest")
    bureau.say("contract.active", "合同已生效", at=at(9, days=-1))
    bureau.say("hazard.overdue", "隐患逾期：北方铸造厂", at=at(10, days=-1))
    bureau.say("hazard.major", "重大隐患：配电室", at=at(11, days=-1))
    deliver(at(12, days=-1))
    assert to(bureau.officer) == []
    deliver(at(7, 59))
    assert to(bureau.officer) == []
    deliver(at(8, 1))
    [letter] = to(bureau.officer)
    assert letter.subject == "【安服】您有 3 条消息，其中紧急 1 条"
    places = [
        letter.body.index(t) for t in ("重大隐患（1）", "采购、合同和付款（1）", "期限和逾期（1）")
    ]
    assert places[0] == min(places)
    assert letter.body.count("/hazards/") == 3
    assert {row.dispatch_id for row in of(bureau.officer, state="sent")} != {None}
    deliver(at(9))
    assert len(to(bureau.officer)) == 1


@pytest.mark.parametrize(
    ("start", "end", "hour", "is_quiet"),
    [(22, 7, 23, True), (22, 7, 3, True), (22, 7, 7, False), (22, 7, 21, False),
     (12, 14, 13, True), (12, 14, 14, False), (0, 0, 0, False), (23, 23, 23, False)],
)  # fmt: skip
def test_quiet_hours_pass_midnight_and_majors_break_them(bureau, start, end, hour, is_quiet):
    bureau.choose(bureau.officer, "now", quiet_from=start, quiet_until=end, digest_hour=end)
    now = at(hour, 30)
    bureau.say(at=now - timedelta(minutes=1))
    deliver(now)
    assert len(to(bureau.officer)) == (0 if is_quiet else 1)
    bureau.say("hazard.major", "重大隐患", at=now)
    deliver(now + timedelta(minutes=1))
    assert len(to(bureau.officer)) == (1 if is_quiet else 2)
    with acting_as(bureau.officer):
        words = list(
            reasons(Delivery.objects.filter(state="waiting", user_id=bureau.officer.user_id))
        )
    assert len(words) == is_quiet


def test_who_wants_no_majors_at_night_gets_them_in_the_morning(bureau):
    bureau.choose(bureau.officer, "now", night="none")
    bureau.say("hazard.major", "重大隐患", at=at(2))
    deliver(at(2, 1))
    assert to(bureau.officer) == []
    deliver(at(7, 1))
    assert len(to(bureau.officer)) == 1


def test_many_at_once_come_as_one_and_beyond_the_ceiling_with_the_daily_digest(bureau):
    bureau.choose(bureau.officer, "now", digest_hour=20)
    bureau.choose(bureau.admin, "off")
    for number in range(37):
        bureau.say(title=f"消息{number}")
    deliver(at(10))
    [letter] = to(bureau.officer)
    assert letter.subject == "【安服】您有 37 条消息"
    assert "还有 17 条，见消息页：http://127.0.0.1:8000/inbox/" in letter.body
    with acting_as(SYSTEM):
        Channel.objects.filter(pk="mail").update(per_day=3)
    for minute in range(4):
        bureau.say(title=f"单独{minute}", at=at(11, minute))
        deliver(at(11, minute))
    assert len(to(bureau.officer)) == 3
    bureau.say("hazard.major", "重大隐患", at=at(13))
    deliver(at(13, 1))
    assert to(bureau.officer)[-1].subject == "【安服】（紧急）重大隐患"
    deliver(at(20, 1))
    assert to(bureau.officer)[-1].subject == "【安服】您有 2 条消息"
    assert {row.state for row in of(bureau.officer)} == {"sent"}


def test_what_is_stale_or_read_already_comes_in_the_digest_only(bureau):
    bureau.choose(bureau.officer, "now", digest_hour=9, quiet_from=0, quiet_until=0)
    bureau.say(at=at(15, days=-1))
    read = bureau.say(to=bureau.officer, at=at(7, 50))
    with acting_as(bureau.officer):
        Notification.objects.filter(pk=read.pk).update(read_at=at(7, 55))
    deliver(at(8))
    assert to(bureau.officer) == []
    deliver(at(9, 1))
    [letter] = to(bureau.officer)
    assert "2 条消息" in letter.subject


def test_training_organisations_send_nothing_outside_but_where_a_file_is_named(bureau, settings):
    zone = world.agency("130372", training=True)
    trainee = world.member(zone.org, Role.OFFICER)
    mailbox(trainee)
    bureau.choose(trainee, "now")
    bureau.agency = zone
    bureau.say()
    deliver(at(10))
    [row] = of(trainee)
    assert (row.state, row.reason) == ("dropped", "演示机构的消息不发到平台以外")
    assert mail.outbox == []
    settings.TRAINING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    bureau.say()
    deliver(at(10, 5))
    assert len(to(trainee)) == 1


def test_a_choice_moves_what_still_waits(bureau):
    bureau.choose(bureau.officer, "digest", digest_hour=20)
    bureau.say(at=at(9))
    deliver(at(9, 1))
    bureau.choose(bureau.officer, "now", digest_hour=20)
    deliver(at(10))
    assert len(to(bureau.officer)) == 1
    bureau.choose(bureau.officer, "digest", digest_hour=20)
    bureau.say(at=at(10))
    deliver(at(10, 1))
    bureau.choose(bureau.officer, "off", digest_hour=20)
    [row] = of(bureau.officer, state="dropped")
    assert row.reason == "已改为不发"


def test_an_unknown_kind_arrives_and_goes_out_as_other(bureau):
    bureau.choose(bureau.officer, "now")
    bureau.say("something.new", "新消息")
    deliver(at(10))
    assert [row.group for row in of(bureau.officer)] == ["other"]
    assert len(to(bureau.officer)) == 1


def test_fifty_thousand_due_at_once_are_a_digest_for_each_person(bureau):
    people = 200
    with acting_as(SYSTEM):
        Channel.objects.all().delete()
        channel_rows()
        Channel.objects.filter(pk="mail").update(per_minute=150)
    for _ in range(people):
        actor = world.member(bureau.agency.org, Role.OFFICER)
        mailbox(actor)
        bureau.choose(actor, "now")
    for actor in (bureau.officer, bureau.admin):
        bureau.choose(actor, "off")
    now = at(10)
    with acting_as(SYSTEM):
        messages = [Message(bureau.agency.pk, f"消息{n}", "/hazards/") for n in range(250)]
        notify_many(messages, kind="hazard.issued", at=now)
        begun = time.monotonic()
        with CaptureQueriesContext(connection) as asked:
            while fan_out(now=now):
                pass
        fanned = time.monotonic() - begun
        assert Delivery.objects.count() == 50_000
        begun = time.monotonic()
        assert pack("mail", now=now) == 150
        assert pack("mail", now=now) == 0
        assert pack("mail", now=now + timedelta(minutes=2)) == people - 150
        packed = time.monotonic() - begun
        ids = dispatches_claim(now=now, size=1_000)
    begun = time.monotonic()
    assert len(asked) < 15
    assert dispatches_send(ids, now=now) == people
    sent = time.monotonic() - begun
    print(f"50,000: fanned out {fanned:.1f} s, packed {packed:.1f} s, sent {sent:.1f} s")
    assert len(mail.outbox) == people
    assert all("您有 250 条消息" in letter.subject for letter in mail.outbox)
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(state="sent").count() == 50_000
        assert Dispatch.objects.count() == people


def test_only_his_own_and_his_organisations_deliveries_are_seen(bureau):
    other = world.agency("130999", training=False)
    stranger = world.member(other.org, Role.AGENCY_ADMIN)
    bureau.choose(bureau.officer, "now")
    bureau.say()
    deliver(at(10))
    for actor, number in ((bureau.officer, 2), (stranger, 0), (None, 0)):
        with acting_as(actor):
            assert Delivery.objects.count() == number
            assert Dispatch.objects.count() == 0
            assert Receiver.objects.count() == (1 if actor is bureau.officer else 0)
    with acting_as(stranger):
        assert Delivery.objects.update(state="dropped") == 0
