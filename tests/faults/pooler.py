"""pgbouncer in transaction mode between programs and database, and what it says of its clients."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import RealDictCursor

PORT = 6432
POOL = 6  # connections to the database, for all programs of all hosts
USER = "anfu_app"
SETTINGS = """[databases]
anfu = host={database} port={database_port} dbname=anfu
[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = {user}
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 200
tcp_keepalive = 1
"""


class Pooler:
    """One pgbouncer on a host of its own."""

    def __init__(self, address: str, database: tuple[str, int], folder: Path) -> None:
        self.address, self.database, self.folder = address, database, folder
        self.program: subprocess.Popen[bytes] | None = None

    def start(self, on: list[str]) -> None:
        """Start it; as nobody, since it refuses to be root."""
        self.folder.mkdir(parents=True, exist_ok=True)
        users, settings = self.folder / "users.txt", self.folder / "pgbouncer.ini"
        users.write_text(f'"{USER}" ""\n')
        host, port = self.database
        settings.write_text(
            SETTINGS.format(
                address=self.address, port=PORT, database=host, database_port=port, users=users,
                user=USER, pool=POOL,
            )
        )  # fmt: skip
        log = (self.folder / "pgbouncer.log").open("wb")
        self.program = subprocess.Popen(
            [*on, "pgbouncer", "-u", "nobody", str(settings)], stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip

    def stop(self) -> None:
        """End it."""
        if self.program is not None:
            self.program.kill()
            self.program.wait()

    def backends(self, address: str) -> set[int]:
        """Return the processes of PostgreSQL that a host holds: it is in a transaction there."""
        held = {row["link"] for row in self._show("CLIENTS") if row["addr"] == address}
        return {row["remote_pid"] for row in self._show("SERVERS") if row["ptr"] in held - {""}}

    def leaks(self) -> Iterator[str]:
        """Yield each scope that a connection of the pool still knows after its transaction."""
        key = "anfu.region_lo"
        for _ in range(POOL * 4):
            with closing(self._connect("anfu")) as link, link.cursor() as cursor:
                cursor.execute("SELECT current_setting(%s, true), pg_backend_pid()", [key])
                value, pid = cursor.fetchone()
                if value:
                    yield f"connection {pid} of the pool still has {key} = {value}"

    def _show(self, what: str) -> list[dict[str, Any]]:
        with (
            closing(self._connect("pgbouncer")) as link,
            link.cursor(cursor_factory=RealDictCursor) as cursor,
        ):
            cursor.execute(f"SHOW {what}")
            return [dict(row) for row in cursor.fetchall()]

    def _connect(self, database: str) -> Any:
        link = psycopg2.connect(
            host=self.address, port=PORT, user=USER, dbname=database, connect_timeout=5
        )
        link.autocommit = True
        return link
