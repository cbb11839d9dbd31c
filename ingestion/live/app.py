"""The web door of a site, read-only: the live page, its data, and the published pages."""

from __future__ import annotations

import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion.live.metrics import metrics
from ingestion.live.notifier import Notifier
from ingestion.live.pages import LivePages
from ingestion.live.sentinel import Sentinel
from ingestion.live.state import LiveState

_POLICY = "content-security-policy"
HEADERS = {
    _POLICY: "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
#: dbt writes its documentation as one file, script and style inside: that page alone may run what stands in it.
_DOCS = "/datamodell.html"
_DOCS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FRESH = {"cache-control": "no-store"}
STUCK_S = 60.0  # reading on in a spool takes seconds, never a minute
_STATIC = Path(__file__).parent / "static"


def make_app(state: LiveState, sentinel: Sentinel | None = None) -> Starlette:
    """The application over a state; while it runs, threads follow the spools, send alerts, and try the broker."""
    pages = LivePages(state.site.file)
    current = state.site.paths.pages / "current"

    def live(lang: str) -> Callable[[Request], Response]:
        return lambda request: HTMLResponse(pages.live(state.report(), lang), headers=_FRESH)

    def api(request: Request) -> Response:
        content = orjson.dumps(state.report(), option=orjson.OPT_UTC_Z)
        return Response(content, media_type="application/json", headers=_FRESH)

    def prometheus(request: Request) -> Response:
        return Response(metrics(state.report()), headers={"content-type": CONTENT_TYPE_LATEST, **_FRESH})

    def ready(request: Request) -> Response:
        report = state.report()
        lines = [f"{item.id}: {'ok' if item.ok else item.text.en}" for item in report.services if item.needed]
        if not report.way.proven:
            lines.append(f"canary: {report.way.stage}")
        return PlainTextResponse("\n".join(lines) + "\n", 200 if report.ready else 503, headers=_FRESH)

    def alive(request: Request) -> Response:
        age = state.loop_age_s()
        return PlainTextResponse(f"{age:.1f} s since the last loop\n", 200 if age < STUCK_S else 503, headers=_FRESH)

    def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status != 404:
            return PlainTextResponse(getattr(error, "detail", ""), status, headers=getattr(error, "headers", None))
        lang = "en" if request.url.path.startswith(("/en/", "/live/en")) else "sv"
        if current.exists():
            return HTMLResponse(pages.message("missing_page", "missing_text", lang), 404)
        first = pages.message("first_edition", "first_text", lang)
        return HTMLResponse(first, 503, headers={"retry-after": "10", **_FRESH})

    routes = [
        Route("/live/", live("sv")),
        Route("/live/en/", live("en")),
        Route("/api/status", api),
        Route("/metrics", prometheus),
        Route("/healthz", alive),
        Route("/readyz", ready),
        Mount("/live/static", StaticFiles(directory=_STATIC)),
        Mount("/moten/{report}", _Frozen(state.site.paths.reports)),
        Mount("/", _Published(current)),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: missing}, lifespan=_running(state, sentinel))
    app.add_middleware(_Headers)
    return app


def run_follower(site: Site, clock: Clock = system_clock) -> None:
    """Serves on the site's host and web port until SIGTERM or SIGINT. For the main thread."""
    file = site.settings.alert_file
    state = LiveState(site, clock, Notifier(site.paths.site / file if file else None))
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again when it has shut down; by default that would end us as killed, not as done.
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        make_app(state, Sentinel(site, clock)), host=site.settings.host, port=site.settings.web_port,
        log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip


def _running(state: LiveState, sentinel: Sentinel | None) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        stop = threading.Event()
        work = {"follower": lambda: state.run(stop), "alerts": lambda: state.notifier.run(stop)}
        if sentinel is not None:
            work["sentinel"] = lambda: sentinel.run(stop, state.canary_is_due)
        threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in work.items()]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(10)

    return lifespan


class _Published(StaticFiles):
    """The pages of the newest edition; the link may not exist yet, and may move between two requests."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._set = folder

    async def check_config(self) -> None:
        """Nothing to check: a link that is not there yet is a page that is not there yet."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope.get("path") != _DOCS:
            _allow_styles(response, self._set)
        response.headers["cache-control"] = "no-cache"  # the address stays when the edition changes
        return response


class _Frozen(StaticFiles):
    """The pages of frozen reports, each below its id; the folders beside them (its edition) are not served."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._reports = folder

    async def check_config(self) -> None:
        """Nothing to check: before the first meeting there is no folder."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        _allow_styles(response, self._reports / str(scope["path_params"]["report"]) / "pages")
        return response

    def get_path(self, scope: Scope) -> str:
        """`<report>/pages/…`, or those of the draft of a day; nothing of what is being made."""
        report, path = str(scope["path_params"]["report"]), super().get_path(scope)
        if report.startswith(".") or ".." in path.split("/"):  # the edition lies beside the pages
            return "-"
        folder = report.replace("utkast-", ".draft-", 1) if report.startswith("utkast-") else report
        return "/".join((folder, "pages", path))


def _allow_styles(response: Response, pages: Path) -> None:
    """A page has its styles inside: those of its own set may stand there, by their hashes, and no others."""
    if not response.headers.get("content-type", "").startswith("text/html"):
        return
    try:
        styles = (pages / "style-src.txt").read_text(encoding="utf-8").strip()
    except OSError:  # a set from before, with its styles beside it
        styles = "'self'"
    response.headers[_POLICY] = f"{HEADERS[_POLICY]}; style-src {styles}"


class _Headers:
    """Adds the same security headers to every answer that does not have its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = {_POLICY: _DOCS_POLICY} if scope.get("path") == _DOCS else {}
                there = {name.lower() for name, _ in message["headers"]}
                added = ((k.encode(), v.encode()) for k, v in (HEADERS | policy).items() if k.encode() not in there)
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, with_headers)
