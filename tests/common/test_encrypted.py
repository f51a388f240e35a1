"""Personal data stands closed in the database, and keys can be replaced while everything runs."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models

from common import encrypted
from common.db.base import DatabaseWrapper
from common.scope import acting_as
from documents.models import DeliveryConsent
from enterprises.models import Enterprise
from providers.models import Provider
from tenancy.actors import SYSTEM
from tenancy.checks import personal_keys
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
NUMBER = "13405461647"


@pytest.fixture(autouse=True)
def keys_of_their_own(settings, tmp_path):
    settings.PERSONAL_KEYS = ()
    settings.PERSONAL_KEYS_FILE = tmp_path / "keys" / "personal"


@pytest.fixture
def person():
    return world.member(world.agency().org, Role.OFFICER, phone=NUMBER)


def in_the_database(person) -> str:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM tenancy_membership WHERE id = %s", [person.member])
        return cursor.fetchone()[0]


def read(person) -> str:
    with acting_as(SYSTEM):
        return Membership.objects.get(pk=person.member).phone


def rotate(*words: str) -> str:
    """As the operator's command does, within the test's transaction."""
    out = StringIO()
    call_command("rotate_personal_keys", *words, stdout=out)
    return out.getvalue()


def test_a_phone_is_unreadable_in_the_database_and_readable_to_us(person):
    assert NUMBER not in in_the_database(person)
    assert in_the_database(person).startswith(encrypted.TOKEN_STARTS)
    assert read(person) == NUMBER


def test_no_number_stays_no_number():
    person = world.member(world.agency().org, Role.OFFICER)
    assert (in_the_database(person), read(person)) == ("", "")


def test_equal_numbers_differ_in_the_database():
    org = world.agency().org
    first, second = (world.member(org, Role.OFFICER, phone=NUMBER) for _ in range(2))
    assert in_the_database(first) != in_the_database(second)


def test_a_list_that_is_written_at_once_is_closed_and_whole():
    county = counties.build(enterprises=3)
    with acting_as(county.admin):
        rows = list(Enterprise.objects.order_by("pk"))
        for row in rows:
            row.phone = f"{NUMBER}、0335-3456789、{row.pk:040d}"[:60]
        Enterprise.objects.bulk_update(rows, ["phone"])
        kept = [row.phone for row in Enterprise.objects.order_by("pk")]
    assert kept == [row.phone for row in rows]


def test_a_search_by_number_is_refused_rather_than_empty():
    with pytest.raises(FieldError, match="encrypted"):
        Membership.objects.filter(phone=NUMBER).first()
    with pytest.raises(FieldError, match="encrypted"):
        Membership.objects.filter(phone__contains="134").first()


def test_a_field_may_be_asked_for_nothing_but_null():
    assert isinstance(Provider._meta.get_field("phone").get_lookup("isnull"), type)
    assert issubclass(Provider._meta.get_field("phone").get_lookup("isnull"), models.Lookup)


def test_every_phone_and_contact_of_the_platform_is_a_closed_column():
    closed = {(table, column) for table, _, column in encrypted.encrypted_columns()}
    assert (DeliveryConsent._meta.db_table, "contact") in closed
    from django.apps import apps

    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.name in ("phone", "contact", "id_number"):
                assert (model._meta.db_table, field.column) in closed, field


def test_a_new_key_closes_everything_again_and_the_old_one_can_go(person, settings, monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "as_owner", acting_as_system)
    before = in_the_database(person)
    assert "tenancy_membership.phone: 1" in rotate("--new")
    assert in_the_database(person) != before
    assert len(settings.PERSONAL_KEYS_FILE.read_text().split()) == 2
    assert read(person) == NUMBER
    assert "tenancy_membership.phone: 0" in rotate("--retire")
    assert len(settings.PERSONAL_KEYS_FILE.read_text().split()) == 1
    assert read(person) == NUMBER
    assert settings.PERSONAL_KEYS_FILE.stat().st_mode & 0o077 == 0


def acting_as_system(wrapper):
    """The owner sees all rows; within a test's transaction the system does."""
    return acting_as(SYSTEM)


def test_a_rotation_that_was_ended_in_the_middle_goes_on_where_it_was(settings):
    org = world.agency().org
    people = [world.member(org, Role.OFFICER, phone=f"1340546{n:04d}") for n in range(7)]
    encrypted.key_file_change(add=True)
    newest = encrypted.keys()
    with acting_as(SYSTEM):
        first = in_the_database(people[0])
        encrypted._replace(
            "tenancy_membership", "id", "phone", people[0].member, first,
            newest.close(newest.open(first)),
        )  # fmt: skip
        done = in_the_database(people[0])
        assert encrypted.encrypt_again("tenancy_membership", "id", "phone", batch=2) == 6
        assert encrypted.encrypt_again("tenancy_membership", "id", "phone", batch=2) == 0
    assert in_the_database(people[0]) == done
    assert [read(p) for p in people] == [f"1340546{n:04d}" for n in range(7)]


def test_what_stands_there_in_plain_words_is_closed_with_the_rest(person):
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_membership SET phone = %s", [NUMBER])
        assert encrypted.encrypt_again("tenancy_membership", "id", "phone") == 1
    assert read(person) == NUMBER


def test_keys_from_the_environment_are_changed_there(settings):
    settings.PERSONAL_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(CommandError, match="PERSONAL_KEYS"):
        rotate("--new")
    settings.PERSONAL_KEYS = ("too-short",)
    with pytest.raises(ImproperlyConfigured, match="PERSONAL_KEYS"):
        encrypted.keys()


def test_foreign_keys_are_refused_before_anything_is_served(person, settings):
    assert personal_keys(databases=["default"]) == []
    settings.PERSONAL_KEYS = (Fernet.generate_key().decode(),)
    [error] = personal_keys(databases=["default"])
    assert error.id == "anfu.E002"
    assert "tenancy_membership.phone" in error.msg
    with pytest.raises(encrypted.Unreadable):
        read(person)


def test_of_two_who_come_first_both_get_the_same_key(settings):
    encrypted._make_first(settings.PERSONAL_KEYS_FILE)
    text = settings.PERSONAL_KEYS_FILE.read_text()
    encrypted._make_first(settings.PERSONAL_KEYS_FILE)
    assert settings.PERSONAL_KEYS_FILE.read_text() == text
    assert list(settings.PERSONAL_KEYS_FILE.parent.iterdir()) == [settings.PERSONAL_KEYS_FILE]
