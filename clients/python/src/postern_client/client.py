"""The client itself: three questions that a program has, and how Postern's answers become values or errors."""

from __future__ import annotations

import json
import os
import ssl
from typing import Any, Callable, Dict, Mapping, Optional, Tuple
from urllib.parse import quote

from ._retry import parse_retry_after, with_retries
from ._transport import Answer, Request, Transport
from .errors import BadRequestError, PosternError, UnexpectedAnswerError, UpstreamError, code_of_status, error_class_of

_REVEAL = """mutation RevealCredential($input: RevealCredentialInput!) {
  revealCredential(input: $input) { fields { name value } userErrors { message code } }
}"""
_ISSUE = """mutation IssueAccessToken($input: IssueAccessTokenInput!) {
  issueAccessToken(input: $input) { accessToken userErrors { message code } }
}"""


class Client:
    """A caller of one Postern gateway, with a service token or a user's access token. Threads may share it.

    ``base_url`` and ``token`` default to the environment's ``POSTERN_URL`` and ``POSTERN_TOKEN``. ``timeout`` is the seconds
    that one try may take, ``login_timeout`` the same where Postern may have to log in upstream. ``retries`` is how often it is
    tried again after a network fault, a 5xx or a 429. Raises ``ValueError`` for a URL or token that cannot be one.
    """

    def __init__(
        self,
        base_url: Optional[str] = None,
        token: Optional[str] = None,
        *,
        timeout: float = 15.0,
        login_timeout: float = 110.0,
        retries: int = 3,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        token = token if token is not None else os.environ.get("POSTERN_TOKEN", "")
        # Checked here, because http.client would quote a header that it refuses.
        if not token or not all("!" <= character <= "~" for character in token):
            raise ValueError("No token: pass one, or set POSTERN_TOKEN. It has printable ASCII characters and no spaces.")
        self._transport = Transport(base_url if base_url is not None else os.environ.get("POSTERN_URL", ""), ssl_context)
        self._token = token
        self._timeout = timeout
        self._login_timeout = login_timeout
        self._retries = retries

    def __repr__(self) -> str:
        return f"Client({self._transport.url!r}, token=***)"

    def __getstate__(self) -> Any:
        raise TypeError("A Client holds a token and is not to be pickled: make a new one.")

    def get_user_credentials(self, user: str, app: str) -> Tuple[str, str]:
        """E-mail address and password of a user's login for an application.

        Raises ``NotFoundError`` without such a user or login, ``BadRequestError`` for an application that Postern does not know.
        """
        answer = self._ask("GET", f"/api/v1/credentials/{_segment(user)}/{_segment(app)}", None, self._timeout)
        email, password = (_member(answer, f"dev_{app}_{field}") for field in ("email", "password"))
        if not isinstance(email, str) or not isinstance(password, str):
            raise self._unexpected()
        return email, password

    def get_credential(
        self, username: Optional[str], connector: str, project: Optional[str] = None, label: Optional[str] = None
    ) -> Dict[str, str]:
        """The fields of a credential in the clear, by name. ``username`` may be ``None`` for a token that is a user's own.

        Raises ``NotFoundError`` when there is none within the token's limits, ``BadRequestError`` when it is not clear which one.
        """
        selector = _selector(username, connector, project, label)
        payload = self._mutate("revealCredential", _REVEAL, selector, self._timeout, BadRequestError)
        try:
            fields = {field["name"]: field["value"] for field in payload["fields"]}
        except (KeyError, TypeError):
            fields = None
        if fields is None:
            raise self._unexpected()
        return fields

    def access_token(
        self,
        username: Optional[str] = None,
        connector: str = "login-api",
        project: Optional[str] = None,
        label: Optional[str] = None,
    ) -> str:
        """The upstream's own access token for a credential, out of Postern's cache or by a login that Postern makes.

        Raises ``UpstreamError`` when the upstream gives none, and otherwise as ``get_credential``.
        """
        selector = _selector(username, connector, project, label)
        payload = self._mutate("issueAccessToken", _ISSUE, selector, self._login_timeout, UpstreamError)
        access_token = payload.get("accessToken")
        if not isinstance(access_token, str):
            raise self._unexpected()
        return access_token

    def _mutate(
        self, name: str, document: str, selector: Mapping[str, str], timeout: float, refusal: Callable[..., PosternError]
    ) -> Mapping[str, Any]:
        body = json.dumps({"query": document, "variables": {"input": {"credential": selector}}}).encode()
        payload = _member(_member(self._ask("POST", "/graphql", body, timeout), "data"), name)
        if not isinstance(payload, dict):
            raise self._unexpected()
        for error in payload.get("userErrors") or []:
            raise refusal(self._masked(_member(error, "message")), code=str(_member(error, "code")))
        return payload

    def _ask(self, method: str, path: str, body: Optional[bytes], timeout: float) -> Any:
        headers = {"accept": "application/json", "authorization": f"Bearer {self._token}", "user-agent": "postern-client-python"}
        if body is not None:
            headers["content-type"] = "application/json"
        request = Request(method, path, headers, body)

        def attempt() -> Any:
            answer = self._transport.exchange(request, timeout)
            self._raise_for_failure(answer)
            return answer.body

        return with_retries(attempt, self._retries)

    def _raise_for_failure(self, answer: Answer) -> None:
        """Raises what an answer complains of: GraphQL's ``errors``, or the status with REST's ``detail`` or ``error``."""
        errors = _member(answer.body, "errors")
        first = errors[0] if isinstance(errors, list) and errors else None
        if first is None and answer.status < 400:
            return
        extensions = _member(first, "extensions")
        named = _member(extensions, "code")
        code = named if isinstance(named, str) else code_of_status(max(answer.status, 400))
        message = _member(first, "message") or _member(answer.body, "detail") or _member(_member(answer.body, "error"), "message")
        seconds = _member(extensions, "retryAfterSeconds")
        raise error_class_of(code)(
            self._masked(message or f"{self._transport.url} answers with status {answer.status}."),
            code=code,
            status=answer.status,
            retry_after=seconds if isinstance(seconds, (int, float)) else parse_retry_after(answer.retry_after),
            correlation_id=_member(extensions, "correlationId"),
        )

    def _masked(self, text: Any) -> str:
        """A message of whoever answered: a proxy in between may repeat the request's headers in it."""
        return str(text).replace(self._token, "***")

    def _unexpected(self) -> UnexpectedAnswerError:
        return UnexpectedAnswerError(f"{self._transport.url} does not answer like Postern.", code="UNEXPECTED_ANSWER")


def _segment(name: str) -> str:
    """A name as one segment of an address: what is on the way may take ``.`` and ``..``, encoded too, for a step to elsewhere."""
    if name in ("", ".", ".."):
        raise BadRequestError(f'"{name}" cannot stand in an address: ask for it by get_credential.', code="BAD_USER_INPUT")
    return quote(name, safe="")


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _selector(username: Optional[str], connector: str, project: Optional[str], label: Optional[str]) -> Dict[str, str]:
    named = {"username": username, "connector": connector, "project": project, "label": label}
    return {name: value for name, value in named.items() if value is not None}
