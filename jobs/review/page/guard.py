"""Against requests that another site makes in a reviewer's name.

A browser sends Airflow's cookie with whatever request a page causes. So a request that changes
something or shows a person must carry what only our own page has: the token that was made for this
person, in a header, and the page's own origin. A program that sends its bearer header needs
neither: no browser adds that header by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, status
from itsdangerous import BadData, URLSafeTimedSerializer

from jobs.warehouse import Reviewer

TOKEN_HEADER: Final = "X-Review-Token"  # noqa: S105 - the name of a header
TOKEN_SECONDS: Final = 12 * 60 * 60
"""A working day; then the page is loaded again."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Makes and checks the tokens of one installation.

    ``secret`` is read when it is needed: all processes of the server must give the same.
    ``base_url`` is where people find the server; behind a proxy it is not where requests arrive.
    """

    secret: Callable[[], str]
    base_url: str

    def token_for(self, by: Reviewer) -> str:
        """A token for one person."""
        return self._serializer().dumps(by.name)

    def refuse_foreign(self, request: Request, by: Reviewer) -> None:
        """Refuse a request that our own page did not make.

        Raises:
            HTTPException: 403.
        """
        if request.headers.get("Authorization", "").lower().startswith("bearer "):
            return
        if not self._is_own_origin(request):
            raise HTTPException(status.HTTP_403_FORBIDDEN, "this request came from another site")
        try:
            named = self._serializer().loads(
                request.headers.get(TOKEN_HEADER, ""), max_age=TOKEN_SECONDS
            )
        except BadData:
            named = None
        if named != by.name:
            raise HTTPException(status.HTTP_403_FORBIDDEN, "load the page again")

    def _is_own_origin(self, request: Request) -> bool:
        """Whether the browser says that the page is ours; a request that does not say so is not."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        url = request.url
        own = {f"{url.scheme}://{url.netloc}", _origin(self.base_url)}
        return request.headers.get("Origin", "") in own - {""}

    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret(), salt="clerical review")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
