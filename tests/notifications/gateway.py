"""A real server on loopback that answers as the three robots and an SMS gateway do."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway(ThreadingHTTPServer):
    """Keeps what it was told; `answer` is (status, body, headers) for all that comes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[int, Any, dict[str, str]] = (200, {"errcode": 0, "errmsg": "ok"}, {})
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, kind: str) -> str:
        paths = {
            "wecom": "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4",
            "dingtalk": "/robot/send?access_token=abc123def456",
            "feishu": "/open-apis/bot/v2/hook/0f1e2d3c-4b5a",
        }
        return f"http://{self.host}{paths[kind]}"

    def texts(self) -> list[str]:
        """What stood in the groups, or on the phones."""
        return [
            body.get("text", {}).get("content")
            or body.get("content", {}).get("text")
            or body.get("message")
            for _, body in self.told
        ]


class Session(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, json.loads(body)))
        status, answer, headers = self.server.answer
        content = json.dumps(answer).encode() if not isinstance(answer, bytes) else answer
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass
