"""What can go wrong, one class for each thing that a caller does about it. No text of these carries a secret."""

from __future__ import annotations

from typing import Dict, Optional, Type


class PosternError(Exception):
    """Base of every error of this package. ``code`` is stable; ``status`` is that of the HTTP answer, if there was one."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: Optional[int] = None,
        retry_after: Optional[float] = None,
        correlation_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        #: Seconds after which to come back, where Postern says so.
        self.retry_after = retry_after
        #: Finds the cause in Postern's log.
        self.correlation_id = correlation_id


class AuthenticationError(PosternError):
    """The token is missing, wrong, expired or revoked."""


class PermissionDeniedError(PosternError):
    """The token is good and may not do this."""


class NotFoundError(PosternError):
    """There is no such credential, or it is outside the token's limits: the two look alike."""


class BadRequestError(PosternError):
    """The question itself is wrong: an unknown application, a service token without a user name."""


class RateLimitedError(PosternError):
    """Too many requests; ``retry_after`` says when to come back."""


class ServerError(PosternError):
    """Postern failed, or its store is away. ``correlation_id`` finds the cause in its log."""


class UpstreamError(PosternError):
    """The upstream gave no access token. ``code`` says why: ``CREDENTIAL_REJECTED``, ``UNREACHABLE``, ``TIMEOUT`` and others."""


class NetworkError(PosternError):
    """Postern could not be reached, or did not answer in time."""


class UnexpectedAnswerError(PosternError):
    """What answered does not speak like Postern, or redirects elsewhere: look at the URL."""


_BY_CODE: Dict[str, Type[PosternError]] = {
    "UNAUTHENTICATED": AuthenticationError,
    "FORBIDDEN": PermissionDeniedError,
    "NOT_FOUND": NotFoundError,
    "BAD_USER_INPUT": BadRequestError,
    "CONFLICT": BadRequestError,
    "RATE_LIMITED": RateLimitedError,
}

_CODE_BY_STATUS = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 429: "RATE_LIMITED"}


def code_of_status(status: int) -> str:
    """The code that an HTTP status of 400 or more stands for."""
    return _CODE_BY_STATUS.get(status, "BAD_USER_INPUT" if status < 500 else "INTERNAL")


def error_class_of(code: str) -> Type[PosternError]:
    """The class of a code of Postern's; ``ServerError`` for each that blames Postern itself."""
    return _BY_CODE.get(code, ServerError)
