import asyncio
import multiprocessing
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from documents import keys
from documents.keys import (
    KeysError,
    certificates,
    key_revoke,
    key_rotate,
    revoked_serials,
    root_certificate,
    signing_key,
)
from documents.pdf import render
from documents.signing import SigningError, sign, verify
from tests.documents.samples import AGENCY, AT, appraisal, context

ORG = {"org_id": 7, "org_name": AGENCY}
ABOUT = {"at": AT, "reason": "签发", "name": AGENCY}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Path]:
    """A folder with a root and one key for tests that only read: making them takes a second."""
    folder = tmp_path_factory.mktemp("made") / "keys"
    with override_settings(SIGNING_KEYS_DIR=folder, SIGNING_PASSPHRASE=""):
        signing_key(**ORG, at=AT)
        yield folder


@pytest.fixture(scope="module")
def key(made):
    return signing_key(**ORG, at=AT)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return render("documents/appraisal.html", context(appraisal())).content


@pytest.fixture(scope="module")
def signed(paper, key) -> bytes:
    return sign(paper, key=key, **ABOUT)


@pytest.fixture(autouse=True)
def quickly_made(made, monkeypatch):
    """Keys beyond the module's own need not be strong."""
    monkeypatch.setattr(keys, "KEY_BITS", 2048)


@pytest.fixture
def folder(made, tmp_path, settings) -> Path:
    """An own copy of that folder."""
    settings.SIGNING_KEYS_DIR = shutil.copytree(made, tmp_path / "keys")
    return settings.SIGNING_KEYS_DIR


@pytest.fixture
def empty(made, tmp_path, settings) -> Path:
    settings.SIGNING_KEYS_DIR = tmp_path / "none" / "yet"
    return settings.SIGNING_KEYS_DIR


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def end_in(monkeypatch, days: int) -> None:
    """Let the clock show a time so many days before the end of the key."""
    end = certificates(7)[-1].valid_to
    monkeypatch.setattr(keys.timezone, "now", lambda: end - timedelta(days=days))


def test_a_signature_is_appended_and_names_signer_serial_and_time(paper, key, signed):
    assert signed.startswith(paper)
    assert len(signed) - len(paper) < 12_000
    report = verify(signed, root=root_certificate())
    assert report.is_intact
    assert report.is_trusted
    assert report.covers_whole_file
    assert not report.is_revoked
    assert report.is_good
    assert (report.signer, report.serial, report.signed_at) == (AGENCY, key.serial, AT)


def test_a_file_without_a_signature_has_no_report(paper):
    assert verify(paper, root=root_certificate()) is None


def test_what_is_no_pdf_is_neither_signed_nor_called_intact(key):
    assert not verify(b"%PDF-1.7 torn", root=root_certificate()).is_intact
    with pytest.raises(SigningError):
        sign(b"%PDF-1.7 torn", key=key, **ABOUT)


def test_a_signed_paper_is_not_signed_twice(signed, key):
    with pytest.raises(SigningError):
        sign(signed, key=key, **ABOUT)


def test_one_changed_byte_is_noticed_wherever_it_lies(paper, signed):
    start = signed.index(b"/Contents <", len(paper)) + len(b"/Contents <")
    end = signed.index(b">", start)
    places = {*range(0, start, len(paper) // 15), *range(len(paper) - 40, start, 60)}
    places |= {*range(end + 2, len(signed), 15), len(signed) - 2}
    for place in places:
        report = verify(flipped(signed, place), root=root_certificate())
        assert report is not None, place
        assert not report.is_intact, place
        assert not report.is_trusted, place


def test_a_changed_digit_of_the_signature_itself_never_breaks_verifying(paper, signed):
    start = signed.index(b"/Contents <", len(paper)) + len(b"/Contents <")
    end = signed.index(b">", start)
    for place in range(start, end, (end - start) // 25):
        verify(flipped(signed, place), root=root_certificate())
    assert not verify(flipped(signed, end - 5), root=root_certificate()).is_intact


def test_what_is_appended_after_signing_is_noticed(signed):
    longer = verify(signed + b"\n% more\n", root=root_certificate())
    assert not longer.covers_whole_file
    assert not longer.is_good


def test_a_paper_is_trusted_with_our_root_only(signed, empty):
    report = verify(signed, root=root_certificate())
    assert report.is_intact
    assert not report.is_trusted


def test_pdfsig_calls_the_signature_valid_and_whole(signed, tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed)
    told = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_signing_works_where_an_event_loop_is_running(paper, key):
    async def inside() -> bytes:
        return sign(paper, key=key, **ABOUT)

    with ThreadPoolExecutor(1) as thread:  # in ours the browser's loop may be running
        signed = thread.submit(lambda: asyncio.run(inside())).result()
    assert verify(signed, root=root_certificate()).is_trusted


def test_threads_that_need_the_first_key_at_once_get_the_same_one(empty):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: signing_key(**ORG, at=AT), range(4)))
    assert len({(one.root, one.serial) for one in made}) == 1
    assert len(certificates(7)) == 1


def _root_in_a_child(folder, answers) -> None:
    with override_settings(SIGNING_KEYS_DIR=folder, SIGNING_PASSPHRASE=""):
        answers.put(root_certificate())


def test_processes_that_need_the_root_at_once_get_the_same_one(empty):
    start = multiprocessing.get_context("fork")
    answers = start.Queue()
    children = [start.Process(target=_root_in_a_child, args=(empty, answers)) for _ in range(2)]
    for child in children:
        child.start()
    roots = {answers.get(timeout=30) for _ in children}
    for child in children:
        child.join()
    assert roots == {root_certificate()}


def test_the_folder_is_closed_to_others_and_keys_are_encrypted(folder, empty):
    root_certificate()
    for place in (folder, empty):
        assert place.stat().st_mode & 0o777 == 0o700
        for path in place.rglob("*"):
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert all(b"ENCRYPTED" in path.read_bytes() for path in folder.rglob("*.key"))


def test_certificates_say_whose_they_are_and_what_they_may(key):
    root, own = map(x509.load_pem_x509_certificate, (key.root, key.certificate))
    own.verify_directly_issued_by(root)
    assert {root.public_key().key_size, own.public_key().key_size} == {3072}
    assert root.subject.rfc4514_string() == "CN=安服文书核验根证书"
    assert f"O={AGENCY}" in own.subject.rfc4514_string()
    assert f"CN={AGENCY} 文书签章" in own.subject.rfc4514_string()
    limits = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)
    usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert timedelta(days=730) < own.not_valid_after_utc - own.not_valid_before_utc
    assert own.not_valid_before_utc < timezone.now() - timedelta(hours=23)


def test_a_long_name_is_cut_in_the_common_name_only(folder):
    own = key_rotate(org_id=8, org_name="很长的名称" * 8)
    subject = x509.load_pem_x509_certificate(own.certificate).subject.rfc4514_string()
    assert f"O={'很长的名称' * 8}" in subject
    assert " 文书签章" in subject


def test_after_a_rotation_new_papers_bear_the_new_serial_and_old_ones_verify(
    folder, paper, key, signed
):
    new = key_rotate(**ORG)
    assert new.serial != key.serial
    assert signing_key(**ORG, at=AT) == new
    again = verify(sign(paper, key=new, **ABOUT), root=root_certificate())
    old = verify(signed, root=root_certificate())
    assert (again.serial, again.is_trusted) == (new.serial, True)
    assert (old.serial, old.is_trusted) == (key.serial, True)
    assert [record.is_retired for record in certificates(7)] == [True, False]


def test_a_revoked_key_shows_on_its_papers_and_signs_no_more(folder, key, signed):
    key_revoke(org_id=7, serial=key.serial, reason="口令外泄")
    key_revoke(org_id=7, serial=key.serial, reason="再报一次")
    report = verify(signed, root=root_certificate(), revoked=revoked_serials())
    assert report.is_trusted
    assert report.is_revoked
    assert not report.is_good
    assert [record.is_revoked for record in certificates(7)] == [True]
    assert signing_key(**ORG, at=AT).serial != key.serial


def test_the_revocation_list_is_signed_by_the_root_and_keeps_the_first_reason(folder, key):
    key_revoke(org_id=7, serial=key.serial, reason="口令外泄")
    key_revoke(org_id=7, serial=key.serial, reason="再报一次")
    listed = x509.load_pem_x509_crl((folder / "root.crl").read_bytes())
    root = x509.load_pem_x509_certificate(root_certificate())
    assert listed.is_signature_valid(root.public_key())
    assert [entry.serial_number for entry in listed] == [key.serial]
    assert "口令外泄" in (folder / "revoked.json").read_text("utf-8")


def test_only_a_certificate_of_the_organisation_is_revoked(key):
    with pytest.raises(KeysError, match="机构 8 没有"):
        key_revoke(org_id=8, serial=key.serial, reason="弄错")
    assert revoked_serials() == frozenset()


def test_a_key_is_renewed_in_its_last_thirty_days(folder, key, monkeypatch):
    end_in(monkeypatch, 31)
    assert signing_key(**ORG, at=AT) == key
    end_in(monkeypatch, 29)
    assert signing_key(**ORG, at=AT).serial != key.serial


def test_without_the_roots_key_the_current_key_serves_and_only_issuing_fails(
    folder, key, monkeypatch
):
    (folder / "root.key").unlink()
    end_in(monkeypatch, 29)
    assert signing_key(**ORG, at=AT) == key
    for refused in (
        lambda: signing_key(org_id=8, org_name="另一机构", at=AT),
        lambda: key_rotate(**ORG),
        lambda: key_revoke(org_id=7, serial=key.serial, reason="口令外泄"),
    ):
        with pytest.raises(KeysError, match="根私钥不在本机"):
            refused()
    assert revoked_serials() == {key.serial}


def test_a_paper_verifies_after_its_certificate_has_ended(paper, key):
    late = sign(paper, key=key, **(ABOUT | {"at": key.valid_to + timedelta(days=900)}))
    early = sign(paper, key=key, **(ABOUT | {"at": AT.astimezone(UTC).replace(year=2001)}))
    assert verify(late, root=root_certificate()).is_trusted
    assert verify(early, root=root_certificate()).is_trusted


def test_a_paper_dated_after_the_end_of_the_key_gets_none(key):
    with pytest.raises(KeysError, match="有效期"):
        signing_key(**ORG, at=key.valid_to + timedelta(seconds=1))


def test_a_wrong_or_missing_passphrase_is_told(folder, settings):
    settings.SIGNING_PASSPHRASE = "wrong"
    with pytest.raises(KeysError, match="口令不对"):
        signing_key(**ORG, at=AT)
    settings.SIGNING_PASSPHRASE = ""
    (folder / "passphrase").unlink()
    with pytest.raises(KeysError, match="SIGNING_PASSPHRASE"):
        signing_key(**ORG, at=AT)


def test_a_passphrase_from_outside_is_not_written_down(empty, settings):
    settings.SIGNING_PASSPHRASE = "从外面来"
    root_certificate()
    assert not (empty / "passphrase").exists()


def test_a_lost_root_is_not_replaced_behind_the_certificates_it_issued(folder):
    (folder / "root.pem").unlink()
    with pytest.raises(KeysError, match="不能另造"):
        root_certificate()


def test_the_operators_command_revokes_and_names_what_there_is(folder, key):
    call_command(
        "revoke_certificate", str(key.org_id), str(key.serial), reason="私钥泄露", verbosity=0
    )
    assert key.serial in revoked_serials()
    with pytest.raises(CommandError, match=str(key.serial)):
        call_command("revoke_certificate", str(key.org_id), "1", reason="错号")
