import os
import shutil
import subprocess
from collections import namedtuple

import pytest

from stack import doctor
from stack.places import StackError

MISSING = doctor.Need("libmissing9", libraries=("libmissing.so.9",))
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def one_library_missing(monkeypatch):
    monkeypatch.setattr(doctor, "TO_RUN", (MISSING,))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")


def test_a_library_and_a_program_are_found_or_not():
    assert doctor.Need("libc6", libraries=("libnowhere.so.1", "libc.so.6")).is_there()
    assert doctor.Need("sh", programs=("nowhere", "sh")).is_there()
    assert not MISSING.is_there()
    assert not doctor.Need("x", programs=("no-such-program",)).is_there()


def test_who_is_not_root_gets_the_exact_command(one_library_missing, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StackError) as refused:
        doctor.examine()
    assert refused.value.code.endswith(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libmissing9"
    )


def test_without_apt_the_names_are_said(one_library_missing, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(StackError, match="Install what Debian calls: libmissing9"):
        doctor.examine()


def test_root_installs_after_one_update_and_a_failure_is_its_own_line(
    one_library_missing, monkeypatch
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    commands = []

    def run(command, **options):
        commands.append([word for word in command if not word.startswith("-")])
        failed = "install" in command
        said = "W: noise\nE: Unable to locate package libmissing9\n" if failed else ""
        return subprocess.CompletedProcess(command, int(failed), "", said)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(StackError, match="E: Unable to locate package libmissing9"):
        doctor.examine()
    assert [command[2] for command in commands] == ["update", "install"]
    assert commands[1][-1] == "libmissing9"


def test_a_full_disk_is_one_line_that_says_how_much_is_needed(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9, 20 * 2**20))
    with pytest.raises(StackError, match="20 MB free in .*, 500 MB are needed"):
        doctor.examine()


def test_this_machine_has_what_tests_need():
    assert doctor.missing_packages(for_tests=True) == []
