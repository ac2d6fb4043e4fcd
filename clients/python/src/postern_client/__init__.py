"""Client of the Postern credential gateway: logins, credentials and access tokens for programs. Standard library alone."""

from .client import Client
from .errors import (
    AuthenticationError,
    BadRequestError,
    NetworkError,
    NotFoundError,
    PermissionDeniedError,
    PosternError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
    UpstreamError,
)

__all__ = [
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "NetworkError",
    "NotFoundError",
    "PermissionDeniedError",
    "PosternError",
    "RateLimitedError",
    "ServerError",
    "UnexpectedAnswerError",
    "UpstreamError",
]
