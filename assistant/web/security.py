"""What every request must be before a page sees it, and what every answer carries.

The pages are for one person at one machine. Still any page open in the same browser can send
requests here, and a name under somebody else's control can be pointed at this address (DNS
rebinding), so: the Host must be one of ours, an Origin must be our own, whatever changes
something must carry the token that only our own pages show, and bodies are bounded.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_UPLOAD = 20_000_000
"""Bytes of the largest body taken, a picture."""
TOKEN_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; img-src 'self' blob: data:; font-src data:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer", which makes a browser send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Middleware that turns away requests that are not from our own pages.

    Args:
        hosts: the values of the Host header that are ours, with their port.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on with bounded bodies and our headers."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, answer.send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken <= MAX_UPLOAD:
                return message
            if not answer.ended:
                await _too_large()(scope, receive, answer.send)
                answer.ended = True
            return {"type": "http.disconnect"}

        await self._app(scope, bounded, answer.send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value.decode("latin-1"))
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("This address is not served here.", 400)
        origins = headers.get(b"origin", [])
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
            return PlainTextResponse("Requests of other sites are refused.", 403)
        site = headers.get(b"sec-fetch-site", ["same-origin"])[0]
        if scope["method"] not in SAFE_METHODS and site != "same-origin":
            return PlainTextResponse("Requests of other sites are refused.", 403)
        length = headers.get(b"content-length", ["0"])[0]
        if not length.isdigit() or int(length) > MAX_UPLOAD:
            return _too_large()
        return None


class _Answer:
    """Sends an answer with our headers; once it is ended, whatever else comes is dropped."""

    def __init__(self, send: Send) -> None:
        self._send, self.ended = send, False

    async def send(self, message: Message) -> None:
        if self.ended:
            return
        if message["type"] == "http.response.start":
            own = {name.lower() for name, _ in message["headers"]}
            ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            added = [(name, value) for name, value in ours if name not in own]
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)


def _too_large() -> PlainTextResponse:
    return PlainTextResponse(f"More than {MAX_UPLOAD // 1_000_000} MB are not taken.", 413)


def same_token(given: str, own: str) -> bool:
    """Whether a token is ours, in a time that says nothing about it."""
    return secrets.compare_digest(given.encode(), own.encode())


def local_path(path: str) -> str:
    """`path` if it leads to one of our own pages, else the first page."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if ours and path.isprintable() else "/"
