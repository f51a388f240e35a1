"""The web as it is served, on a port of its own."""

import os
import signal
import socket
import subprocess
import time
from contextlib import nullcontext, suppress
from pathlib import Path

import httpx
from django.test import Client

from stack import https, up
from tenancy.actors import Actor
from tests import world

HOST = "127.0.0.1"


class Web:
    """gunicorn, as `make demo` starts it; what it says goes to `log`, else to our own stderr."""

    def __init__(self, log: Path | None = None, *, https: bool = False) -> None:
        self.log, self.is_https = log, https
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        os.environ["PORT"] = str(self.port)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http{'s' * self.is_https}://{HOST}:{self.port}"

    def _command(self) -> list[str]:
        command = up.commands()["web"]
        if self.is_https:
            cert, key = https.certificate(HOST)
            command += ["--certfile", str(cert), "--keyfile", str(key)]
        return command

    def headers_of(self, actor: Actor) -> dict[str, str]:
        """Return what whoever has signed in sends: his session, and the token of a page."""
        client = Client()
        world.sign_in(client, actor)
        session = client.cookies["sessionid"].value
        address, cookies = f"{self.url}/accounts/sessions/", {"sessionid": session}
        page = httpx.get(address, cookies=cookies, verify=False)  # noqa: S501  (on loopback)
        token = page.raise_for_status().cookies["csrftoken"]
        return {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}

    def knows(self, cookie: str) -> bool:
        """Say whether a session is still signed in."""
        address = f"{self.url}/accounts/sessions/"
        page = httpx.get(address, headers={"Cookie": cookie}, verify=False)  # noqa: S501
        return page.status_code == 200

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") if self.log else nullcontext() as said:
            self.program = subprocess.Popen(
                self._command(), env={**up.environment(), "SITE_URL": self.url},
                start_new_session=True, stderr=said,
            )  # fmt: skip
        self.wait()

    def stop(self) -> None:
        """End it at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        for _ in range(1200):
            if self.program.poll() is not None:
                break
            try:
                socket.create_connection((HOST, self.port), 0.5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the web does not start")
