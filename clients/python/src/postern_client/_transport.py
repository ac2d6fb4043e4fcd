"""One HTTP exchange with Postern, by ``http.client``: it follows no redirect and knows no proxy of the environment."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from typing import Any, Mapping, NamedTuple, Optional
from urllib.parse import SplitResult, urlsplit

from .errors import NetworkError, PosternError, UnexpectedAnswerError

_MAX_ANSWER_BYTES = 10 * 1024 * 1024
_PIECE_BYTES = 64 * 1024


class Request(NamedTuple):
    """What is asked; ``path`` is already encoded and comes after the path of the base URL."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Optional[bytes]


class Answer(NamedTuple):
    """Status, ``Retry-After`` as it came, and the body as JSON; ``None`` for a body that is none."""

    status: int
    retry_after: Optional[str]
    body: Any


class Transport:
    """Speaks to one base URL; every exchange has a connection of its own, so threads may share it."""

    def __init__(self, base_url: str, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        parts = _split(base_url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._prefix = parts.path.rstrip("/")
        is_secure = parts.scheme == "https"
        # The default context checks the certificate and its name; SSL_CERT_FILE adds an authority of one's own.
        self._ssl_context = (ssl_context or ssl.create_default_context()) if is_secure else None
        self.url = f"{parts.scheme}://{parts.netloc}{self._prefix}"

    def exchange(self, request: Request, timeout: float) -> Answer:
        """Sends one request and reads the answer, within ``timeout`` seconds.

        Raises ``NetworkError``, or ``UnexpectedAnswerError`` for a redirect and for an answer without end.
        """
        connection = self._connect(timeout)
        failure: PosternError
        try:
            return self._exchange(connection, request, time.monotonic() + timeout)
        except ssl.SSLCertVerificationError as error:
            failure = self._failed("CERTIFICATE_REFUSED", f"its certificate is refused: {error.verify_message}")
        except (TimeoutError, socket.timeout):  # two classes before Python 3.10
            failure = self._failed("TIMEOUT", f"no answer within {timeout:g} s")
        except OSError as error:
            failure = self._failed("UNREACHABLE", str(error))
        except http.client.HTTPException as error:
            # Its text may quote the answer, and that may hold a secret.
            failure = self._failed("UNREACHABLE", f"broken answer ({type(error).__name__})")
        finally:
            connection.close()
        # Raised out here, so that it drags no context along with parts of the answer.
        raise failure

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        if self._ssl_context is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._ssl_context)

    def _exchange(self, connection: http.client.HTTPConnection, request: Request, deadline: float) -> Answer:
        method, path, headers, body = request
        connection.request(method, self._prefix + path, body=body, headers=dict(headers))
        # Kept here: the connection forgets its socket when the answer says that it is the last.
        sock = connection.sock
        sock.settimeout(_remaining(deadline))
        response = connection.getresponse()
        if 300 <= response.status < 400:
            message = f"{self.url} redirects elsewhere, and the token goes nowhere else."
            raise UnexpectedAnswerError(message, code="REDIRECTED", status=response.status)
        received = bytearray()
        while len(received) <= _MAX_ANSWER_BYTES:
            sock.settimeout(_remaining(deadline))
            piece = response.read1(_PIECE_BYTES)
            if not piece:
                break
            received += piece
        else:
            raise UnexpectedAnswerError(f"{self.url} answers without end.", code="TOO_LARGE", status=response.status)
        if response.length:  # promised, and never came
            raise http.client.IncompleteRead(b"")
        return Answer(response.status, response.getheader("retry-after"), _parse(bytes(received)))

    def _failed(self, code: str, reason: str) -> NetworkError:
        return NetworkError(f"{self.url}: {reason}", code=code)


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        is_base = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if is_base and not (parts.username or parts.password or parts.query or parts.fragment):
            return parts
    except ValueError:
        pass
    # Not repeated: somebody may have put a password into it.
    raise ValueError("The URL of Postern must be https://host or http://host, without user, query and fragment.")


def _remaining(deadline: float) -> float:
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
