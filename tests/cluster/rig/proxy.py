"""A proxy in front of the store, which loses answers or forgets conditions."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from stores import Store


@dataclass
class Proxy:
    """An HTTP proxy in front of the gateway.

    Args:
        store: what it stands in front of.
        loses: says of method, path and earlier requests of the kind whether the store's answer is lost on the way.
        forgets_conditions: whether requests reach the store without `If-None-Match`, as if it ignored that.
    """

    store: Store
    loses: Callable[[str, str, int], bool] = lambda method, path, earlier: False
    forgets_conditions: bool = False
    seen: list[tuple[str, str]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> str:
        """Start it and give its address."""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                proxy._forward(self)

            def log_message(self, *told: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *told: object) -> None:
        assert self._server
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in request.headers.items() if name.lower() != "expect"}
        if self.forgets_conditions:
            headers = self._signed_again(request, headers, body)
        upstream = http.client.HTTPConnection(self.store.endpoint.removeprefix("http://"), timeout=60)
        upstream.request(request.command, request.path, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        earlier = self.seen.count((request.command, request.path))
        self.seen.append((request.command, request.path))
        if self.loses(request.command, request.path, earlier):
            request.close_connection = True
            return
        request.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                request.send_header(name, value)
        length = answer.getheader("Content-Length", "0") if request.command == "HEAD" else str(len(content))
        request.send_header("Content-Length", length)
        request.end_headers()
        request.wfile.write(content)

    def _signed_again(self, request: BaseHTTPRequestHandler, headers: dict[str, str], body: bytes) -> dict[str, str]:
        gone = ("if-none-match", "authorization", "x-amz-date", "x-amz-content-sha256")
        kept = {name: value for name, value in headers.items() if name.lower() not in gone}
        signed = AWSRequest(request.command, f"http://{headers['Host']}{request.path}", kept, body)
        keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        S3SigV4Auth(keys, "s3", "default").add_auth(signed)
        return dict(signed.headers.items())
