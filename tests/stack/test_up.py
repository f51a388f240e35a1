import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stack import up
from stack.places import ROOT, StackError

# The first program notes its own number and that of a child; the other one waits for that.
TWO_PROGRAMS = """
import sys
from stack.together import Together
python, notes = sys.executable, sys.argv[1]
sleeps = f'''
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open({notes!r} + ".new", "w") as file:
    file.write(f"{{os.getpid()}} {{child.pid}}")
os.rename({notes!r} + ".new", {notes!r})
time.sleep(60)
'''
other = f'''
import os, time
while not os.path.exists({notes!r}):
    time.sleep(0.01)
''' + sys.argv[2]
programs = {"sleeps": [python, "-c", sleeps], "other": [python, "-c", other]}
first = [python, "-c", other.replace(sys.argv[2], sys.argv[3])] if len(sys.argv) > 3 else None
sys.exit(Together(programs, {}, first=first, stays=False).run())
"""


@pytest.fixture
def run_together(tmp_path):
    """Run two programs, and perhaps a first one, to their end; nothing of them may be left."""
    notes = tmp_path / "notes"

    def run(*programs):
        ended = subprocess.run(
            [sys.executable, "-c", TWO_PROGRAMS, str(notes), *programs],
            env={**os.environ, "PYTHONPATH": str(ROOT / "platform")},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        for number in notes.read_text().split():
            assert has_ended(int(number))
        return ended

    return run


def has_ended(number):
    """Whether the process ends within moments; one that only waits to be counted has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(number, 0)
            if "\nState:\tZ" in Path(f"/proc/{number}/status").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def test_a_port_in_use_is_one_line_that_says_what_to_do(monkeypatch):
    with socket.socket() as taken:
        taken.bind((up.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(StackError) as refused:
            up.check_port()
    assert refused.value.code == (
        f"anfu: Port {port} is in use: stop what uses it, or choose another: PORT={port + 1}"
    )


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80.0"])
def test_what_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(StackError, match="is no port"):
        up.port()


def test_the_port_is_honoured_by_the_web_and_by_the_address_it_shows(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.delenv("SITE_URL", raising=False)
    assert "127.0.0.1:8123" in up.commands()["web"]
    assert "127.0.0.1:8123" in up.commands(reload=True)["web"]
    assert up.environment()["SITE_URL"] == "http://127.0.0.1:8123"


def test_changed_code_of_every_package_restarts_the_worker():
    watched = up.source_folders()
    for package in ("platform", "agencies", "enterprises", "inspections", "providers", "scoring"):
        assert str(ROOT / package) in watched


def test_when_one_dies_the_others_end_and_its_code_is_ours(run_together):
    ended = run_together("print('said before'); raise SystemExit(3)")
    assert ended.returncode == 3
    assert "other   | said before" in ended.stdout
    assert "other has ended (exit code 3)" in ended.stdout


@pytest.mark.parametrize(("play", "code"), [("print('played')", 0), ("raise SystemExit(4)", 4)])
def test_after_the_play_everything_ends_with_its_code(run_together, play, code):
    ended = run_together("import time; time.sleep(60)", play)
    assert ended.returncode == code


def test_a_play_whose_worker_ends_is_ended_and_fails(run_together):
    ended = run_together("raise SystemExit(0)", "import time; time.sleep(60)")
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_all_and_only_the_usual_ctrl_c_is_a_success(run_together, number, code):
    ended = run_together(f"import os; os.kill(os.getppid(), {int(number)}); input()")
    assert ended.returncode == code


def test_what_does_not_end_is_killed_at_the_second_ctrl_c(run_together):
    stubborn = """
import os, signal, time
def again(*_):
    os.kill(os.getppid(), signal.SIGINT)
signal.signal(signal.SIGTERM, again)
os.kill(os.getppid(), signal.SIGINT)
while True:
    time.sleep(1)
"""
    ended = run_together(stubborn)
    assert ended.returncode == 0


def test_every_secret_of_the_compose_file_is_named_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    named = re.findall(r"^(\w+)=(.*)$", (ROOT / "deploy" / "env.example").read_text(), re.M)
    assert asked == {name for name, _ in named}
    assert not any(value for _, value in named)


def test_what_is_served_for_trying_lets_training_organisations_off_and_the_image_nobody():
    assert up.environment()["MFA_REQUIRED"] == "0"
    for name in ("docker-compose.yml", "Dockerfile", "deploy/env.example", "deploy/web.sh"):
        assert "MFA_REQUIRED" not in (ROOT / name).read_text()
