"""The review page's routes: each for a known reviewer, none with a person in its address.

Whoever serves the page says who the reviewer is, by a dependency that fails where nobody may
review; this module knows no login. Everything that shows a person or changes something is a POST
with its arguments in the body, guarded against other sites. Faults are logged by the place in the
code, without the message, which may hold a value of a person.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import jinja2
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from jobs.review.desk import (
    LONGEST_REASON,
    Desk,
    Hanging,
    OpenPair,
    Progress,
    Taken,
)
from jobs.review.page.guard import Guard
from jobs.review.second_look import Awaited, OpenAwaited, SecondLook
from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse import Contradiction, Reviewer

log = logging.getLogger(__name__)

FILES: Final = Path(__file__).with_name("templates")
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WORDS: Final = {"same": "must_link", "not_the_same": "must_not_link", "cannot_tell": "cannot_tell"}
"""What the buttons say, in the words of the ledger."""


class Body(BaseModel):
    """What a request says; nothing beyond it is taken."""

    model_config = ConfigDict(extra="forbid")


class Chosen(Body):
    """A pair of the queue, by its reference."""

    pair: int = Field(gt=0, lt=2**63)


class Word(Chosen):
    """A reviewer's word on the pair that he has."""

    judgement: Literal["same", "not_the_same", "cannot_tell"]
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class Second(Body):
    """A decision that waits for a second person, by its number."""

    decision: int = Field(gt=0, lt=2**63)


class SecondWord(Second):
    """A second person's word on it."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class PairAnswer(BaseModel):
    """What a reviewer sees next: a pair, where one is free, and how far the queue is."""

    pair: OpenPair | None
    progress: Progress
    decision: int | None = None
    second: str | None = None
    """Why the decision waits for a second person; None where it does not."""


class Waiting(BaseModel):
    """A page of the queue."""

    as_of: date
    pairs: list[Hanging]


def build_page(
    *, desk: Callable[[], Desk], reviewer: Callable[..., Reviewer], guard: Guard
) -> FastAPI:
    """Build the page.

    Args:
        desk: gives the desk of this installation; called for each request.
        reviewer: a dependency that gives who is logged in and may review, or refuses the request.
        guard: tells our own page's requests from others.
    """
    page = FastAPI(
        title="Clerical review",
        dependencies=[Depends(reviewer)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    page.state.desk = desk
    known = Annotated[Reviewer, Depends(reviewer)]

    def guarded(request: Request, by: known) -> Reviewer:
        guard.refuse_foreign(request, by)
        return by

    page.include_router(_shell(known, guard))
    page.include_router(_queue(known, desk))
    page.include_router(_work(Annotated[Reviewer, Depends(guarded)], desk))
    page.include_router(_second(Annotated[Reviewer, Depends(guarded)], desk))
    page.middleware("http")(_sealed)
    for error, handler in _HANDLERS.items():
        page.add_exception_handler(error, handler)
    return page


def _shell(known: Any, guard: Guard) -> APIRouter:
    """The page without a person in it, and its files."""
    router = APIRouter()
    loader = jinja2.FileSystemLoader(FILES)
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("review.html.j2")

    @router.get("/")
    def shell(by: known) -> HTMLResponse:
        return HTMLResponse(template.render(reviewer=by.name, token=guard.token_for(by)))

    @router.get("/review.js")
    def script() -> FileResponse:
        return FileResponse(FILES / "review.js", media_type="text/javascript")

    @router.get("/second.js")
    def second_script() -> FileResponse:
        return FileResponse(FILES / "second.js", media_type="text/javascript")

    @router.get("/review.css")
    def style() -> FileResponse:
        return FileResponse(FILES / "review.css", media_type="text/css")

    return router


def _queue(known: Any, desk: Callable[[], Desk]) -> APIRouter:
    """What may be read: how far the queue is and what hangs on it, without a person."""
    router = APIRouter()

    @router.get("/progress")
    def progress(by: known) -> Progress:
        return desk().progress(by)

    @router.get("/queue")
    def queue(
        by: known,
        tier: Annotated[int | None, Query(ge=1, le=9)] = None,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Waiting:
        opened = desk()
        return Waiting(as_of=opened.progress(by).as_of, pairs=opened.waiting(tier=tier, page=page))

    return router


def _work(guarded: Any, desk: Callable[[], Desk]) -> APIRouter:
    """What shows a person or changes something."""
    router = APIRouter()

    @router.post("/next")
    def next_pair(by: guarded) -> PairAnswer:
        opened = desk()
        return PairAnswer(pair=opened.next_pair(by), progress=opened.progress(by))

    @router.post("/open")
    def open_pair(chosen: Chosen, by: guarded) -> PairAnswer:
        opened = desk()
        return PairAnswer(pair=opened.open_pair(chosen.pair, by), progress=opened.progress(by))

    @router.post("/decide")
    def decide(word: Word, by: guarded) -> PairAnswer:
        opened = desk()
        number = opened.decide(
            word.pair, judgement=WORDS[word.judgement], reason=word.reason, by=by
        )
        return PairAnswer(
            pair=opened.next_pair(by),
            progress=opened.progress(by),
            decision=number,
            second=SecondLook(desk=opened).seconds([number]).get(number),
        )

    @router.post("/undo")
    def undo(by: guarded) -> PairAnswer:
        opened = desk()
        pair = opened.undo(by) or opened.next_pair(by)
        return PairAnswer(pair=pair, progress=opened.progress(by))

    @router.post("/put-back")
    def put_back(by: guarded) -> Progress:
        opened = desk()
        opened.put_back(by)
        return opened.progress(by)

    return router


def _second(guarded: Any, desk: Callable[[], Desk]) -> APIRouter:
    """What a second person sees and says; each answer is what waits for him then."""
    router = APIRouter()

    @router.post("/awaited")
    def awaited(by: guarded) -> list[Awaited]:
        return SecondLook(desk=desk()).awaited(by)

    @router.post("/awaited/open")
    def open_awaited(chosen: Second, by: guarded) -> OpenAwaited:
        return SecondLook(desk=desk()).open(chosen.decision, by)

    @router.post("/awaited/confirm")
    def confirm(word: SecondWord, by: guarded) -> list[Awaited]:
        look = SecondLook(desk=desk())
        look.confirm(word.decision, reason=word.reason, by=by)
        return look.awaited(by)

    @router.post("/awaited/refuse")
    def refuse(word: SecondWord, by: guarded) -> list[Awaited]:
        look = SecondLook(desk=desk())
        look.refuse(word.decision, reason=word.reason, by=by)
        return look.awaited(by)

    return router


async def _sealed(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Put the headers on every answer, and keep a fault's message out of the log."""
    try:
        response = await call_next(request)
    except Exception as error:  # noqa: BLE001 - told below, by its place in the code
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error(  # noqa: TRY400 - an exception's message may hold a value
            "the review page failed with %s at\n%s", type(error).__name__, frames
        )
        response = _said(500, "a fault of this software; the server's log says where")
    response.headers.update(HEADERS)
    return response


def _said(code: int, detail: str, **more: Any) -> JSONResponse:
    return JSONResponse({"detail": detail, **more}, status_code=code)


async def _taken(_request: Request, error: Exception) -> Response:
    return _said(409, str(error))


async def _contradicts(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Contradiction)  # noqa: S101 - registered for it
    return _said(409, str(error), chain=error.chain_lines)


async def _unreachable(_request: Request, error: Exception) -> Response:
    return _said(503, str(error))


async def _bad_input(_request: Request, error: Exception) -> Response:
    return _said(422, str(error))


async def _malformed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first = error.errors()[0]
    return _said(422, f"[{first['loc'][-1]}]: {first['msg']}")


_HANDLERS: Final[dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]] = {
    Taken: _taken,
    Contradiction: _contradicts,
    Unreachable: _unreachable,
    BadInput: _bad_input,
    RequestValidationError: _malformed,
}
