"""A web server on the loopback that answers range requests, as any real one does, and counts what it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass
class Served:
    """Where a folder is served, and what was sent of each path."""

    url: str
    sent: dict[str, int] = field(default_factory=dict)

    def bytes_of(self, ending: str = "") -> int:
        """Count the bytes sent of files whose name ends so."""
        return sum(size for path, size in self.sent.items() if path.endswith(ending))


class Handler(SimpleHTTPRequestHandler):
    """Files, whole or in part."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, served: Served, directory: str) -> None:
        self.served = served
        super().__init__(*arguments, directory=directory)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            return self.send_error(404)
        content, status, headers = file.read_bytes(), 200, {}
        if asked := re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "")):
            size = len(content)
            start = int(asked[1]) if asked[1] else size - int(asked[2])
            end = min(int(asked[2]) if asked[1] and asked[2] else size - 1, size - 1)
            content, status = content[start : end + 1], 206
            headers = {"Content-Range": f"bytes {start}-{end}/{size}"}
        self.served.sent[self.path] = self.served.sent.get(self.path, 0) + len(content)
        self.send_response(status)
        sent = {
            "Content-Type": self.guess_type(str(file)),
            "Content-Length": str(len(content)),
            "Accept-Ranges": "bytes",
        }
        for name, value in {**sent, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return None


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve a folder while the block runs."""
    served = Served("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, served=served, directory=str(folder)))
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
