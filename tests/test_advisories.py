"""An audit that asked nobody is no clean audit."""

import json
from subprocess import CompletedProcess

import pytest

from tests import advisories

CLEAN = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}
BAD = {"name": "django", "version": "3.2.0", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"]}]}
GOOD = {"name": "kombu", "version": "5", "vulns": []}


@pytest.fixture
def services(monkeypatch):
    """services(python, browser): what both would answer."""

    def answer(python: dict[str, list], browser: dict) -> int:
        monkeypatch.setattr(advisories, "locked", lambda: "locked")
        monkeypatch.setattr(advisories, "pip_audit", python.__getitem__)
        done = CompletedProcess([], 0, json.dumps(browser), "")
        monkeypatch.setattr(advisories.subprocess, "run", lambda *_, **__: done)
        return advisories.main()

    return answer


def test_nothing_known_by_services_that_know_something_is_clean(services, capsys):
    assert services({advisories.KNOWN_BAD: [BAD], "locked": [GOOD]}, CLEAN) == 0
    assert "nothing known" in capsys.readouterr().out


def test_a_service_that_knows_nothing_of_a_bad_version_has_audited_nothing(services, capsys):
    unknown = [{"name": "django", "skip_reason": "not found"}]
    assert services({advisories.KNOWN_BAD: unknown, "locked": [GOOD]}, CLEAN) == 1
    assert services({advisories.KNOWN_BAD: [BAD], "locked": unknown}, CLEAN) == 1
    refused = {"message": "405 Method Not Allowed"}
    assert services({advisories.KNOWN_BAD: [BAD], "locked": [GOOD]}, refused) == 1
    said = capsys.readouterr().out
    assert said.count("NOT AUDITED") == 3
    assert "405" in said


def test_what_is_known_fails_unless_it_is_an_exception(services, monkeypatch):
    answers = {advisories.KNOWN_BAD: [BAD], "locked": [GOOD, BAD]}
    via = [{"url": "https://github.com/advisories/GHSA-1"}]
    browser = CLEAN | {"vulnerabilities": {"leaflet": {"severity": "high", "via": via}}}
    assert services(answers, browser) == 1
    monkeypatch.setattr(advisories, "EXCEPTIONS", {"CVE-1": "why", "GHSA-1": "why"})
    assert services(answers, browser) == 0
