"""A server that keeps docs/field.md to the letter, and fails as asked: for the phone's tests."""

import hashlib
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from common.static_files import SERVED

ROOT = Path(__file__).parents[2]
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
HERE = Path(__file__).parent
PAGE = b"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>shell %s</title>"
LIMIT = 1024 * 1024

# What may go wrong with a request: cut before, in the middle of and after it; or a status of its own.
CUTS = ("drop", "half", "lost")


class FieldServer:
    """What the server has; `fault(number, method, path)` names what goes wrong with a request."""

    def __init__(self) -> None:
        self.clear()
        self.fault: Callable[[int, str, str], Any] = lambda number, method, path: None
        self.member: int | None = 7
        self.csrf = "token-1"
        self.ahead = timedelta(0)
        self.version = "1"
        self.bundle: dict[str, Any] | None = None
        self.is_down = False

    def clear(self) -> None:
        """Forget everything, also what was asked."""
        self.operations: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.bytes: dict[str, bytes] = {}
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}
        self.started: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.noted: list[str] = []
        self.spoil: set[str] = set()
        self.poison: set[str] = set()
        self.forever: set[str] = set()

    @property
    def now(self) -> str:
        """The server's clock."""
        return (datetime.now(UTC) + self.ahead).isoformat(timespec="milliseconds")

    def take(self, sent: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """POST operations."""
        if any(one["member"] != self.member for one in sent):
            return 403, {"message": "登录的不是本人"}
        if self.poison & {one["id"] for one in sent}:
            return 500, {}
        receipts = {one["id"]: self._keep(one) for one in sent}
        self._work()
        announced = [
            self._said(file["id"]) for one in sent for file in one["body"].get("files", [])
        ]
        found = [receipts[one["id"]] or self.receipts[one["id"]] for one in sent]
        return 200, {"now": self.now, "receipts": found, "files": announced}

    def _keep(self, operation: dict[str, Any]) -> dict[str, Any] | None:
        known = self.operations.get(operation["id"])
        place = ("visit", "device", "sequence")
        taken = any(
            one["id"] != operation["id"] and all(one[k] == operation[k] for k in place)
            for one in self.operations.values()
        )
        if taken or (known and known != operation):
            return _receipt(operation["id"], "refused", self.now, "同一位置已有另一条记录")
        if known is None:
            self.operations[operation["id"]] = operation
            self.receipts[operation["id"]] = _receipt(operation["id"], "waiting", self.now)
            for file in operation["body"].get("files", []):
                state = {"state": "expected", "received": 0, "message": ""}
                self.files[file["id"]] = {**file, **state, "visit": operation["visit"]}
                self.bytes[file["id"]] = b""
        return None

    def _work(self) -> None:
        moved = True
        while moved:
            moved = sum(map(self._try, list(self.operations.values()))) > 0

    def _try(self, operation: dict[str, Any]) -> bool:
        receipt = self.receipts[operation["id"]]
        if receipt["state"] != "waiting" or operation["id"] in self.forever:
            return False
        if not self._is_next(operation):
            return False
        state, outcome = self._apply(operation)
        if state == "waiting":
            return False
        receipt.update(state=state, outcome=outcome)
        return True

    def _is_next(self, operation: dict[str, Any]) -> bool:
        if operation["kind"] != "visit.start" and operation["visit"] not in self.started:
            return False
        before = {
            one["sequence"]
            for one in self.operations.values()
            if one["visit"] == operation["visit"]
            and one["device"] == operation["device"]
            and self.receipts[one["id"]]["state"] != "waiting"
        }
        return set(range(1, operation["sequence"])) <= before

    def _apply(self, operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        visit, body = operation["visit"], operation["body"]
        if operation["kind"] == "visit.start":
            self.started.add(visit)
        if operation["kind"] == "answer":
            key = (visit, str(body.get("item") or body.get("risk_point")))
            there = self.answers.get(key)
            if there and there["version"] != body.get("base"):
                return "conflict", {"server": there}
            self.answers[key] = {
                "result": body["result"], "note": body.get("note", ""),
                "version": operation["id"], "by": "我", "at": operation["made_at"],
            }  # fmt: skip
        if operation["kind"] == "visit.sign" and any(
            self.files[file["id"]]["state"] != "stored" for file in body["files"]
        ):
            return "waiting", {}
        if operation["kind"] == "hazard.add":
            return "done", {"number": f"A-{len(self.receipts):04d}"}
        return "done", {}

    def put(self, file_id: str, offset: int, chunk: bytes) -> tuple[int, dict[str, Any]]:
        """PUT files/<id>."""
        file = self.files.get(file_id)
        if file is None or len(chunk) > LIMIT:
            return 404, {"message": "没有这个文件"}
        if file["state"] != "expected":
            return 200, self._said(file_id)
        if offset != len(self.bytes[file_id]):
            return 409, self._said(file_id)
        self.bytes[file_id] += chunk
        file["received"] = len(self.bytes[file_id])
        if file["received"] == file["size"]:
            self._finish(file_id, file)
        return 200, self._said(file_id)

    def _finish(self, file_id: str, file: dict[str, Any]) -> None:
        content = self.bytes[file_id]
        if file_id in self.spoil:
            self.spoil.discard(file_id)
            content += b"!"
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            self.bytes[file_id] = b""
            file.update(received=0, message="哈希不符，请重新上传")
            return
        file.update(state="stored", message="")
        self._work()

    def _said(self, file_id: str) -> dict[str, Any]:
        file = self.files[file_id]
        return {k: file[k] for k in ("id", "state", "received", "size", "sha256", "message")}

    def api(self, method: str, path: str, query: dict, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer one request to /field/api/."""
        if self.member is None:
            return 401, {}
        if path == "me":
            who = {"member": self.member, "name": "张三", "org": "机构", "role": "inspector"}
            return 200, {**who, "csrf": self.csrf, "now": self.now}
        if path == "operations":
            return self.take(json.loads(body)["operations"])
        if found := re.fullmatch(r"files/([\w-]+)", path):
            return self.put(found[1], int(query["offset"][0]), body)
        if path == "files":
            visit = query["visit"][0]
            rows = [self._said(f["id"]) for f in self.files.values() if f["visit"] == visit]
            return 200, {"files": rows}
        if path == "bundle" and self.bundle:
            return 200, self.bundle
        return 404, {"message": "没有"}


def _static(path: str) -> Path:
    """The file that `{% static path %}` names; of npm only what the application serves."""
    package = path.removeprefix("npm/")
    if package == path:
        return ROOT / "inspections/static" / path
    allowed = (f"{name}/{part}" for name, parts in SERVED.items() for part in parts)
    assert any(package.startswith(one) for one in allowed), f"{path} is not served"
    return ROOT / "node_modules" / package


def _assets() -> list[str]:
    """What the data layer needs: its modules and their packages."""
    own = (ROOT / "inspections/static/field").glob("*.js")
    uuid = (ROOT / "node_modules/uuid/dist").glob("*.js")
    npm = ["idb/build/index.js", "client-zip/index.js", *(f"uuid/dist/{one.name}" for one in uuid)]
    return [f"/static/field/{one.name}" for one in own] + [f"/static/npm/{one}" for one in npm]


def _receipt(id: str, state: str, at: str, message: str = "") -> dict[str, Any]:
    return {"id": id, "state": state, "message": message, "outcome": {}, "arrived_at": at}


class _Handler(BaseHTTPRequestHandler):
    field: FieldServer
    lock = threading.Lock()
    wbufsize = -1  # an answer in one packet

    def do_GET(self) -> None:
        if self.field.is_down:
            return self._cut()
        path = urlsplit(self.path).path
        if path.startswith("/field/api/"):
            self._api()
        elif path.startswith("/static/"):
            self._file(_static(path.removeprefix("/static/")))
        elif path.startswith("/test/"):
            self._file(HERE / path.removeprefix("/test/"))
        elif path == "/field/sw.js":
            self._send(200, self._worker(), "text/javascript")
        elif path == "/field/":
            self._shell()
        else:
            self._send(404, b"")
        return None

    def do_POST(self) -> None:
        if self.path == "/test/note":
            self.field.noted.append(self._body().decode())
            self._send(204, b"")
        else:
            self._api()

    do_PUT = do_POST

    def _shell(self) -> None:
        if self.field.member is None:
            self.send_response(302)
            self.send_header("Location", "/test/login.html")
            self.end_headers()
        else:
            self._send(200, PAGE % self.field.version.encode(), "text/html")

    def _worker(self) -> bytes:
        text = _static("field/sw.js").read_text("utf-8")
        text = text.replace("__VERSION__", self.field.version)
        return text.replace("__ASSETS__", json.dumps(_assets())).encode()

    def _file(self, path: Path) -> None:
        if path.is_file():
            kept = {"Cache-Control": "max-age=600"}
            self._send(200, path.read_bytes(), TYPES[path.suffix], kept)
        else:
            self._send(404, b"")

    def _api(self) -> None:
        url = urlsplit(self.path)
        with self.lock:
            self.field.requests.append((self.command, url.path))
            fault = self.field.fault(len(self.field.requests), self.command, url.path)
            if fault in ("drop", "half"):
                return self._cut(half=fault == "half")
            if isinstance(fault, int):
                self._body()
                return self._send(fault, b'{"message": ""}', "application/json")
            if fault == "step":
                self._body()
                said = {"message": "请先设置两步验证", "code": "second_factor"}
                return self._send(403, json.dumps(said).encode(), "application/json")
            if fault == "html":
                self._body()
                return self._send(200, b"<html>hotspot", "text/html")
            if self.command != "GET" and self.headers.get("X-CSRFToken") != self.field.csrf:
                self._body()
                return self._send(403, b"<html>csrf", "text/html")
            self._answer(url, fault)
        return None

    def _answer(self, url: Any, fault: Any) -> None:
        path = url.path.removeprefix("/field/api/")
        etag = f'"{self.field.version}"'
        if path == "bundle" and self.headers.get("If-None-Match") == etag:
            return self._send(304, b"")
        body = self._body()
        for _ in range(2 if fault == "twice" else 1):
            status, words = self.field.api(self.command, path, parse_qs(url.query), body)
        if fault == "lost":
            return self._cut()
        text = json.dumps(words).encode()
        return self._send(status, text, "application/json", {"ETag": etag})

    def _cut(self, half: bool = False) -> None:
        if half:
            self.rfile.read(int(self.headers.get("Content-Length", 0)) // 2)
        self.close_connection = True
        self.connection.close()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status: int, body: bytes, kind: str = "", headers: Any = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut connection is what is asked for."""


def serve(field: FieldServer) -> _Quiet:
    """Serve it from a free port, in threads of its own."""
    handler = type("Handler", (_Handler,), {"field": field})
    site = _Quiet(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
    return site
