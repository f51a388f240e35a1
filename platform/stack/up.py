"""Web, worker and beat as one: they start together and stop together."""

import os
import shutil
import socket
import subprocess
import sys
from shlex import join

from stack import embedded, https
from stack.places import ROOT, StackError, var_dir
from stack.together import STOP_SECONDS, Together

HOST, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # HTTPS=1 asks for it
WEB_PROCESSES, WEB_THREADS = 2, 4


def port() -> int:
    """Return the port that the web listens on (PORT, or 8000)."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StackError(f"PORT={text} is no port: choose a number from 1024 to 65535")
    return int(text)


def is_https() -> bool:
    """Whether a phone on the same network is to try the field app (HTTPS=1)."""
    return os.environ.get("HTTPS", "0") == "1"


def site() -> str:
    """Return the address of the web: this machine's own, or with HTTPS=1 the network's."""
    return f"https://{https.address()}:{port()}" if is_https() else f"http://{HOST}:{port()}"


def check_port() -> None:
    """Raise StackError if nobody can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((EVERYWHERE if is_https() else HOST, port()))
        except PermissionError:
            raise StackError(f"Port {port()} is not ours to use: choose one over 1023") from None
        except OSError:
            raise StackError(
                f"Port {port()} is in use: stop what uses it, or choose another: PORT={port() + 1}"
            ) from None


def commands(*, web: bool = True, reload: bool = False) -> dict[str, list[str]]:
    """Return {name: command} of what runs beside the embedded services."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "config", "--workdir", str(ROOT)]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", str(os.cpu_count() or 2),
              "--without-mingle", "--without-gossip"]  # fmt: skip
    beat = [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(var_dir() / "beat"),
            "--pidfile", ""]  # fmt: skip
    found = {"worker": worker, "beat": beat}
    if web:
        found["web"] = _web(reload=reload)
    if reload:
        found["worker"] = [python, "-m", "watchfiles", "--filter", "python", "--sigint-timeout",
                           str(STOP_SECONDS), join(worker), *source_folders()]  # fmt: skip
    return found


def _web(*, reload: bool) -> list[str]:
    """Return the command of the web; Django's own server knows no HTTPS."""
    if reload and not is_https():
        return [sys.executable, str(ROOT / "manage.py"), "runserver", f"{HOST}:{port()}"]
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket",
        "--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS),
        "--keep-alive", "0", "--log-level", "warning",
    ]  # fmt: skip
    command += ["--reload"] if reload else ["--preload"]
    if not is_https():
        return [*command, "--bind", f"{HOST}:{port()}"]
    cert, key = https.certificate(https.address())
    return [*command, "--bind", f"{EVERYWHERE}:{port()}", "--certfile", str(cert),
            "--keyfile", str(key)]  # fmt: skip


def source_folders() -> list[str]:
    """Return the folders whose change restarts a worker."""
    apps = sorted(file.parent for file in ROOT.glob("*/apps.py"))
    return [str(folder) for folder in (ROOT / "platform", *apps)]


def environment(*, reload: bool = False) -> dict[str, str]:
    """Return the environment of the programs: our packages on the path, the site's address."""
    defaults = {
        "SITE_URL": site(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "1" if reload else "0",
        # To be tried without an authenticator app: lets training organisations off, no other.
        "MFA_REQUIRED": "0",
        # Celery fears pickled messages that root would run; ours are JSON.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    if is_https():
        defaults["ALLOWED_HOSTS"] = f"localhost,127.0.0.1,{https.address()}"
    path = os.pathsep.join(
        [str(ROOT), str(ROOT / "platform"), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    return {**defaults, **os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def serve(*, reload: bool = False) -> int:
    """Run everything until Ctrl-C, or until one of them dies; return the exit code."""
    check_port()
    embedded.ensure_started()
    try:
        code = _prepare(reload=reload)
        programs, env = commands(reload=reload), environment(reload=reload)
        return code or Together(programs, env, when_up=say_where).run()
    finally:
        embedded.stop()


def demo() -> int:
    """Play the demonstration with real workers, then serve it on; SERVE=0 ends after the play."""
    serves = os.environ.get("SERVE", "1") != "0"
    if serves:
        check_port()
    if os.environ.get("FRESH", "0") == "1":
        start_over()
    embedded.ensure_started()
    play = [sys.executable, str(ROOT / "manage.py"), "demo",
            "--seed", os.environ.get("SEED") or "20260601"]  # fmt: skip
    try:
        code = _prepare()
        together = Together(
            commands(web=serves), environment(), first=play, stays=serves, when_up=say_where
        )
        return code or together.run()
    finally:
        embedded.stop()


def say_where() -> None:
    """Say where the web is."""
    print(f"{site()}  (Ctrl-C stops everything)", flush=True)
    if is_https():
        print(f"{site()}/field/  on a phone of this network; it warns about our own certificate")
        print(
            f"{site()}/field/{https.AUTHORITY}  to install there, so that it works without signal"
        )


def start_over() -> None:
    """Drop the embedded database, the papers of the demonstration and the photos."""
    embedded.reset()
    for name in ("demo", "media"):
        shutil.rmtree(var_dir() / name, ignore_errors=True)


def manage(*words: str) -> int:
    """Run a command of Django's, which starts the services; return its exit code."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    return subprocess.run(command, env=environment(), check=False).returncode


def _prepare(*, reload: bool = False) -> int:
    """Bring the database up to date in a process of its own, which gives its memory back."""
    command = [sys.executable, "-m", "stack", "prepare"]
    return subprocess.run(command, env=environment(reload=reload), cwd=ROOT, check=False).returncode
