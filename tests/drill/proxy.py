"""A bad line between phone and server: it cuts, repeats, delays and garbles from one random number."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

FAULTS = {
    "never sent": 4,  # cut before anything went out
    "cut in the request": 6,
    "cut before the answer": 8,  # the server has done it, the phone does not know
    "cut in the answer": 5,
    "sent twice": 6,
    "sent again later": 8,  # behind others that came after it
    "garbled": 5,  # bytes of a file fall over on the way
    "truncated": 3,  # a file arrives shorter than it was
    "hotspot": 2,  # somebody else's page answers
    "overloaded": 3,
}
SHARE = 0.4  # of the requests go wrong
HELD = 30  # requests that are still to be sent again
HOTSPOT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
    b"<html>WLAN-Login</html>"[:21]
)
OVERLOADED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Cut(Exception):  # noqa: N818  (what the drill is for)
    """The line is dead."""


@dataclass(slots=True)
class Request:
    """One request as it came: its first line and headers, and its body."""

    head: bytes
    body: bytes

    @property
    def is_of_sync(self) -> bool:
        """Whether it is one of sync."""
        return b" /field/api/" in self.head.split(b"\r\n", 1)[0]

    @property
    def is_file(self) -> bool:
        """Whether it carries bytes of a file."""
        return self.head.startswith(b"PUT ") and len(self.body) > 1

    def with_body(self, body: bytes) -> "Request":
        """Return the same request with other bytes; its length says so."""
        lines = [
            line for line in self.head.split(b"\r\n") if not line.lower().startswith(b"content-length:")
        ]  # fmt: skip
        head = b"\r\n".join([lines[0], b"Content-Length: %d" % len(body), *lines[1:]])
        return Request(head, body)

    @property
    def wire(self) -> bytes:
        """Return its bytes; the server is to close after its answer."""
        lines = [
            line for line in self.head.split(b"\r\n\r\n")[0].split(b"\r\n")
            if not line.lower().startswith(b"connection:")
        ]  # fmt: skip
        return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + self.body


class Proxy:
    """Listens on a port of its own; runs in a thread until `close()`."""

    def __init__(self, server_port: int, seed: int) -> None:
        self.server_port = server_port
        self.rng = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.is_bad = False
        self.held: list[Request] = []
        self.tasks: set[asyncio.Task[Any] | None] = set()
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        listening = self.loop.run_until_complete(
            asyncio.start_server(self._client, "127.0.0.1", 0, limit=1 << 22)
        )
        self.port: int = listening.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    def close(self) -> None:
        """Stop listening."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def send_held(self) -> int:
        """Send everything that was held back, long after it was made; return how many."""
        held, self.held = self.held, []
        self.rng.shuffle(held)
        for request in held:
            asyncio.run_coroutine_threadsafe(self._forget(request), self.loop).result()
        return len(held)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self.tasks.add(task)  # else it may be collected while it waits
        try:
            request = await _read(reader)
            answer = await self._answer(request)
            writer.write(answer)
            await writer.drain()
            writer.close()
        except (Cut, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        await self._send_late()
        self.tasks.discard(task)

    async def _answer(self, request: Request) -> bytes:
        if not request.is_of_sync:
            return await self._patiently(request)
        self.counts["requests"] += 1
        is_bad = self.is_bad and self.rng.random() < SHARE
        return await (self._badly(request) if is_bad else self._ask(request))

    async def _patiently(self, request: Request) -> bytes:
        """The app itself is on the phone already: it outlives a server that starts again."""
        while True:
            with suppress(OSError):
                if answer := await self._ask(request):
                    return answer
            await asyncio.sleep(0.1)

    async def _badly(self, request: Request) -> bytes:
        fault = self.rng.choices(list(FAULTS), list(FAULTS.values()))[0]
        if fault in ("garbled", "truncated") and not request.is_file:
            return await self._ask(request)
        self.counts[fault] += 1
        return await WAYS[fault](self, request)

    async def _ask(self, request: Request) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            writer.write(request.wire)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.transport.abort()

    async def _send_late(self) -> None:
        if self.held and self.rng.random() < (0.2 if len(self.held) < HELD else 1):
            await self._forget(self.held.pop(self.rng.randrange(len(self.held))))

    async def _forget(self, request: Request) -> None:
        try:
            await self._ask(request)
            self.counts["came late"] += 1
        except OSError:
            pass

    # what goes wrong

    async def _never(self, request: Request) -> bytes:
        raise Cut

    async def _cut_request(self, request: Request) -> bytes:
        wire = request.wire
        _, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        writer.write(wire[: self.rng.randrange(1, len(wire))])
        await writer.drain()
        writer.close()
        raise Cut

    async def _cut_before(self, request: Request) -> bytes:
        await self._ask(request)
        raise Cut

    async def _cut_answer(self, request: Request) -> bytes:
        answer = await self._ask(request)
        return answer[: self.rng.randrange(max(1, len(answer)))]

    async def _twice(self, request: Request) -> bytes:
        first, second = await asyncio.gather(self._ask(request), self._ask(request))
        return self.rng.choice((first, second))

    async def _later(self, request: Request) -> bytes:
        self.held.append(request)
        raise Cut

    async def _garbled(self, request: Request) -> bytes:
        body = bytearray(request.body)
        body[self.rng.randrange(len(body))] ^= 1 << self.rng.randrange(8)
        return await self._ask(request.with_body(bytes(body)))

    async def _truncated(self, request: Request) -> bytes:
        return await self._ask(
            request.with_body(request.body[: self.rng.randrange(1, len(request.body))])
        )

    async def _hotspot(self, request: Request) -> bytes:
        return HOTSPOT

    async def _overloaded(self, request: Request) -> bytes:
        return OVERLOADED


WAYS: dict[str, Callable[[Proxy, Request], Any]] = {
    "never sent": Proxy._never,
    "cut in the request": Proxy._cut_request,
    "cut before the answer": Proxy._cut_before,
    "cut in the answer": Proxy._cut_answer,
    "sent twice": Proxy._twice,
    "sent again later": Proxy._later,
    "garbled": Proxy._garbled,
    "truncated": Proxy._truncated,
    "hotspot": Proxy._hotspot,
    "overloaded": Proxy._overloaded,
}


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return Request(head, await reader.readexactly(int(line.split(b":")[1])))
    return Request(head, b"")
