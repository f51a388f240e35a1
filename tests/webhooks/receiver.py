"""A system of somebody else, as a real HTTP server in this process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What it got, and what it answers: `answer(number of the request)` → (status, headers, text)."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[int], tuple[int, dict[str, str], bytes]] = lambda number: (204, {}, b"")

    def says(self, status: int, text: bytes = b"", **headers: str) -> None:
        """From now on answer this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda number: (status, named, text)


def handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((dict(self.headers.items()), body))
            status, headers, text = receiver.answer(len(receiver.got))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text if status != 204 else b"")

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[Receiver]:
    """Open one on a free port."""
    receiver = Receiver()
    server = ThreadingHTTPServer((host, 0), handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://{host}:{server.server_address[1]}/hook"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
