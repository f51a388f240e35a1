"""Whoever owns the database changes rows behind our back: both verifiers find and name it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import verify_chain
from audit.heads import Chain, day_publish, days
from common.scope import acting_as
from tenancy.actors import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("audit_auditentry", "audit_seal", "audit_dailyhead", "audit_publishedday")
AT = "(SELECT entry_id FROM audit_seal WHERE agency_id = {zone} AND sequence = {n})"
SEAL = "WHERE agency_id = {zone} AND sequence = {n}"
RENUMBER = (
    "UPDATE audit_seal SET sequence = -sequence WHERE agency_id = {zone} AND sequence > {n};"
    "UPDATE audit_seal SET sequence = -sequence {by} WHERE agency_id = {zone} AND sequence < 0;"
)
REMOVE = "DELETE FROM audit_auditentry WHERE id = " + AT + "; DELETE FROM audit_seal " + SEAL + ";"
INSERT = """
    INSERT INTO audit_auditentry (id, agency_id, region_code, actor_name, act, subject_type, subject_id,
        summary, data, at)
    SELECT gen_random_uuid(), agency_id, region_code, actor_name, act, subject_type, '999', '多出来的',
        data, at FROM audit_auditentry WHERE id = """
SWAP_ACTS = (
    "CREATE TEMP TABLE held AS SELECT sequence, entry_id FROM audit_seal WHERE agency_id = {zone};"
    "UPDATE audit_seal SET entry_id = gen_random_uuid() WHERE agency_id = {zone} AND sequence IN ({n}, 6);"
    "UPDATE audit_seal s SET entry_id = h.entry_id FROM held h WHERE s.agency_id = {zone} AND"
    " (s.sequence, h.sequence) IN (({n}, 6), (6, {n})); DROP TABLE held;"
)
SWAP_PLACES = (
    "UPDATE audit_seal SET sequence = -sequence WHERE agency_id = {zone} AND sequence IN ({n}, 6);"
    "UPDATE audit_seal SET sequence = CASE sequence WHEN -6 THEN {n} ELSE 6 END"
    " WHERE agency_id = {zone} AND sequence < 0;"
)
# What was done behind our back, and what must be said of it.
TAMPERINGS = {
    "a changed summary": (
        "UPDATE audit_auditentry SET summary = '没有隐患' WHERE id = " + AT,
        ["第4号", "被改过"],
    ),
    "a changed name": (
        "UPDATE audit_auditentry SET actor_name = '别人' WHERE id = " + AT,
        ["第4号", "别人", "被改过"],
    ),
    "a changed time": (
        "UPDATE audit_auditentry SET at = at - interval '1 microsecond' WHERE id = " + AT,
        ["第4号", "被改过"],
    ),
    "changed data": (
        "UPDATE audit_auditentry SET data = '{{\"n\": 1}}' WHERE id = " + AT,
        ["第4号", "被改过"],
    ),
    "an act handed to another agency": (
        "UPDATE audit_auditentry SET agency_id = agency_id + 100000 WHERE id = " + AT,
        ["第4号", "被改过"],
    ),
    "a removed act": (
        "DELETE FROM audit_auditentry WHERE id = " + AT,
        ["第4号的记录不见了"],
    ),
    "an act removed with its seal": (REMOVE, ["第4号被抽走"]),
    "an act removed and the rest renumbered": (
        REMOVE + RENUMBER.replace("{by}", "- 1"),
        ["第4号", "前面有记录被抽走", "公布的第8号现在排在第7号：前面少了1条记录"],
    ),
    "a forged seal": (
        "UPDATE audit_seal SET hash = repeat('f', 64) " + SEAL,
        ["第4号", "封存被改过，记录本身没有变"],
    ),
    "an act put in between and the rest renumbered": (
        RENUMBER.replace("{by}", "+ 1")
        + "WITH a AS (" + INSERT + AT + " RETURNING id) "
        "INSERT INTO audit_seal (agency_id, sequence, entry_id, hash, sealed_at) "
        "SELECT {zone}, {n} + 1, id, repeat('a', 64), now() FROM a",
        ["第5号是后来插进去的", "公布的第8号现在排在第9号：前面多了1条记录"],
    ),
    "two acts exchanged": (SWAP_ACTS, ["第4号", "第6号", "次序被调换"]),
    "two places exchanged": (SWAP_PLACES, ["第4号", "第6号", "次序被调换"]),
    "an end cut off": (
        "DELETE FROM audit_auditentry WHERE id IN (SELECT entry_id FROM audit_seal "
        "WHERE agency_id = {zone} AND sequence > {n}); "
        "DELETE FROM audit_seal WHERE agency_id = {zone} AND sequence > {n}",
        ["链只到第4号", "公布的第8号已经存在：末尾的记录被删去"],
    ),
}  # fmt: skip
# What an export cannot show, since it holds sealed acts only.
DATABASE_ONLY = {
    "an act that bypassed the queue": (
        INSERT + AT + "; DELETE FROM audit_unsealed WHERE agency_id = {zone}",
        ["没有封存，也不等待封存"],
    ),
    "an act that vanished while it waited": (
        INSERT + AT + "; DELETE FROM audit_auditentry WHERE subject_id = '999'",
        ["等待封存的记录", "不见了"],
    ),
    "an act that is never sealed": (
        INSERT + AT + "; UPDATE audit_unsealed SET queued_at = now() - interval '2 hours'",
        ["有1条记录一直没有封存"],
    ),
    "a head published otherwise": (
        "UPDATE audit_dailyhead SET hash = repeat('b', 64) WHERE agency_id = {zone}",
        ["的公布与它的哈希不符：公布之后被改过"],
    ),
    "a published day taken away": (
        "DELETE FROM audit_publishedday; DELETE FROM audit_dailyhead",
        ["的公布不见了，而你手中有它的文件"],
    ),
}


@contextmanager
def triggers_off() -> Iterator[None]:
    with connection.as_owner(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        yield
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def tamper(zone, sql: str) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql.format(zone=zone.pk, n=4))


@pytest.fixture
def heads(zone, acts, tmp_path) -> Path:
    """Eight acts, sealed yesterday, and the file that was published of them."""
    acts(8)
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day'")
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting_as(SYSTEM):
        named = {zone.pk: Chain(zone.org.name)}
        day_publish(day=yesterday, chains=named, sign=lambda content: b"")
        ((_, text),) = days()
    path = tmp_path / "heads.jsonl"
    path.write_text(text)
    return path


def by_command(zone, heads: Path) -> str:
    """What `verify_chain` says; '' where it finds nothing."""
    out = StringIO()
    try:
        call_command(
            "verify_chain", "--agency", zone.region_code, "--heads", str(heads),
            stdout=out, stderr=StringIO(),
        )  # fmt: skip
    except CommandError:
        return out.getvalue()
    assert "没有发现问题" in out.getvalue()
    return ""


def alone(zone, heads: Path, folder: Path) -> str:
    """What the stand-alone verifier says of an export, run without any package."""
    call_command("export_chain", zone.region_code, str(folder), stdout=StringIO())
    run = subprocess.run(
        [sys.executable, "-I", "-S", verify_chain.__file__, str(folder / f"chain-{zone.pk}.jsonl"),
         "--heads", str(heads)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == ("没有发现问题" not in run.stdout), run.stderr
    return run.stdout if run.returncode else ""


def test_an_untouched_chain_is_whole_for_both(zone, heads, tmp_path):
    assert by_command(zone, heads) == ""
    assert alone(zone, heads, tmp_path) == ""


@pytest.mark.parametrize("what", TAMPERINGS)
def test_both_name_what_was_done_to_a_chain(zone, heads, tmp_path, what):
    sql, expected = TAMPERINGS[what]
    tamper(zone, sql)
    for said in (by_command(zone, heads), alone(zone, heads, tmp_path)):
        assert [words for words in expected if words not in said] == []


@pytest.mark.parametrize("what", DATABASE_ONLY)
def test_the_command_names_what_an_export_cannot_show(zone, heads, what):
    sql, expected = DATABASE_ONLY[what]
    tamper(zone, sql)
    said = by_command(zone, heads)
    assert [words for words in expected if words not in said] == []


def test_a_chain_sealed_anew_as_a_whole_is_given_away_by_the_published_head(
    zone, heads, seal, tmp_path
):
    tamper(zone, "UPDATE audit_auditentry SET summary = '没有隐患' WHERE id = " + AT)
    tamper(
        zone,
        "INSERT INTO audit_unsealed (entry_id, agency_id) SELECT entry_id, agency_id FROM audit_seal"
        " WHERE agency_id = {zone}; DELETE FROM audit_seal WHERE agency_id = {zone}",
    )
    seal()
    expected = "公布的第8号与现在的第8号不是同一条：公布之后，这一号或它以前被改写"
    assert expected in by_command(zone, heads)
    assert expected in alone(zone, heads, tmp_path)


def test_the_owner_too_is_refused_while_the_triggers_stand(zone, heads):
    with connection.as_owner(), connection.cursor() as cursor:
        for table in TABLES:
            with pytest.raises(Exception, match="this is never changed"):
                cursor.execute(f"DELETE FROM {table}")
