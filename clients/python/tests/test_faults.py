"""Against servers that fail in every way a network offers."""

from __future__ import annotations

import ast
import json
import os
import pathlib
import pickle
import socket
import ssl
import threading
import time
import traceback
import unittest
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Iterator, List, Optional, Tuple
from unittest import mock

import postern_client
from postern_client import (
    AuthenticationError,
    Client,
    NetworkError,
    NotFoundError,
    PosternError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)

TOKEN = "pst_token-that-must-not-show"
LOGIN = {"dev_cigar_email": "ada@example.com", "dev_cigar_password": "s3cret"}

Reply = Callable[[BaseHTTPRequestHandler], None]


def say(status: int, body: Any = None, **headers: str) -> Reply:
    """A whole answer; header names with underscores for hyphens."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_type": "application/json", "content_length": str(len(text)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(text)

    return reply


def break_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"dev_cigar_password":"s3cret"')


def garble(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"s3cret is no status line\r\n\r\n")


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
    for _ in range(15):
        handler.wfile.write(b" ")
        time.sleep(0.1)


@contextmanager
def serving(*replies: Reply) -> Iterator[Tuple[str, List[str]]]:
    """A server that gives one reply after the other, the last for ever; its URL and the paths it was asked for."""
    asked: List[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.close_connection = True
            try:
                replies[min(len(asked), len(replies)) - 1](self)
            except OSError:
                pass  # the client has gone, as it should

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class FaultsTest(unittest.TestCase):
    def failure_of(self, *replies: Reply, retries: int = 0, timeout: float = 5.0, method: str = "rest") -> PosternError:
        """The error that the replies lead to, after it has been searched for secrets."""
        with serving(*replies) as (url, _):
            client = Client(url, TOKEN, timeout=timeout, retries=retries)
            with self.assertRaises(PosternError) as raised:
                client.get_user_credentials("ada", "cigar") if method == "rest" else client.get_credential("ada", "app-login")
        error = raised.exception
        context: Optional[BaseException] = error
        while context is not None:
            text = "".join(traceback.format_exception_only(type(context), context)) + repr(vars(context))
            self.assertNotIn(TOKEN, text)
            self.assertNotIn("s3cret", text)
            context = context.__context__
        return error

    def test_a_network_fault_a_5xx_and_a_429_are_tried_again(self) -> None:
        limited = say(429, {"detail": "Too many requests"}, retry_after="0")
        with serving(break_off, garble, say(503), limited, say(200, LOGIN)) as (url, asked):
            self.assertEqual(Client(url, TOKEN, retries=4).get_user_credentials("ada", "cigar"), ("ada@example.com", "s3cret"))
            self.assertEqual(asked, ["/api/v1/credentials/ada/cigar"] * 5)

    def test_retry_after_is_kept(self) -> None:
        with serving(say(429, retry_after="1"), say(200, LOGIN)) as (url, _):
            began = time.monotonic()
            Client(url, TOKEN).get_user_credentials("ada", "cigar")
            self.assertGreaterEqual(time.monotonic() - began, 1.0)

    def test_nobody_is_kept_waiting_for_an_hour(self) -> None:
        error = self.failure_of(say(429, retry_after="3600"), retries=3)
        self.assertIsInstance(error, RateLimitedError)
        self.assertEqual(error.retry_after, 3600)

    def test_no_other_4xx_is_tried_again(self) -> None:
        for status, kind in ((400, PosternError), (401, AuthenticationError), (404, NotFoundError)):
            with self.subTest(status), serving(say(status, {"detail": "No"})) as (url, asked):
                with self.assertRaises(kind):
                    Client(url, TOKEN).get_user_credentials("ada", "cigar")
                self.assertEqual(len(asked), 1)

    def test_the_last_failure_is_told_when_the_tries_are_used_up(self) -> None:
        error = self.failure_of(say(503), say(500, {"detail": "Failed to fetch credentials: x"}), retries=1)
        self.assertEqual((type(error), error.status, str(error)), (ServerError, 500, "Failed to fetch credentials: x"))

    def test_a_graphql_error_under_status_200_is_an_error(self) -> None:
        limited = {"errors": [{"message": "Slow", "extensions": {"code": "RATE_LIMITED", "retryAfterSeconds": 9}}], "data": None}
        error = self.failure_of(say(200, limited), method="graphql")
        self.assertEqual((type(error), error.retry_after, str(error)), (RateLimitedError, 9, "Slow"))

    def test_a_server_that_says_nothing_or_too_little_at_a_time_is_left(self) -> None:
        for reply in (hang, trickle):
            with self.subTest(reply.__name__):
                began = time.monotonic()
                error = self.failure_of(reply, timeout=0.4)
                self.assertEqual((type(error), error.code), (NetworkError, "TIMEOUT"))
                self.assertLess(time.monotonic() - began, 5)

    def test_nobody_there_is_a_network_error(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            with self.assertRaises(NetworkError):
                Client(f"http://127.0.0.1:{free.getsockname()[1]}", TOKEN, retries=1).access_token()

    def test_broken_and_foreign_answers_show_nothing_of_themselves(self) -> None:
        cases = {
            "broken off": (break_off, NetworkError),
            "garbled": (garble, NetworkError),
            "no JSON": (say(200, b"<html>s3cret</html>", content_type="text/html"), UnexpectedAnswerError),
            "other JSON": (say(200, ["s3cret"]), UnexpectedAnswerError),
            "echo": (say(400, {"detail": f"Bad header: Bearer {TOKEN}"}), PosternError),
        }
        for title, (reply, kind) in cases.items():
            for method in ("rest", "graphql"):
                with self.subTest(title, method=method):
                    self.assertIsInstance(self.failure_of(reply, method=method), kind)

    def test_a_redirect_is_not_followed(self) -> None:
        with serving(say(200, LOGIN)) as (elsewhere, asked):
            error = self.failure_of(say(307, location=elsewhere))
            self.assertEqual((type(error), error.code, asked), (UnexpectedAnswerError, "REDIRECTED", []))

    def test_proxies_of_the_environment_are_not_used(self) -> None:
        with serving(say(200, LOGIN)) as (url, asked), serving(say(200, LOGIN)) as (proxy, proxied):
            with mock.patch.dict(os.environ, {"http_proxy": proxy, "HTTP_PROXY": proxy, "ALL_PROXY": proxy}):
                Client(url, TOKEN).get_user_credentials("ada", "cigar")
            self.assertEqual((len(asked), proxied), (1, []))

    def test_a_base_url_may_have_a_path(self) -> None:
        with serving(say(200, LOGIN)) as (url, asked):
            Client(f"{url}/postern/", TOKEN).get_user_credentials("ada", "cigar")
            self.assertEqual(asked, ["/postern/api/v1/credentials/ada/cigar"])


class CertificateTest(unittest.TestCase):
    """Against an https server that answers ``LOGIN``, with a certificate that it signed itself."""

    def test_a_certificate_that_nobody_vouches_for_is_refused(self) -> None:
        with self.assertRaises(NetworkError) as raised:
            Client(os.environ["POSTERN_TEST_TLS_URL"], TOKEN).get_user_credentials("ada", "cigar")
        self.assertEqual(raised.exception.code, "CERTIFICATE_REFUSED")

    def test_an_authority_of_ones_own_can_be_trusted(self) -> None:
        context = ssl.create_default_context(cadata=os.environ["POSTERN_TEST_TLS_CERTIFICATE"])
        client = Client(os.environ["POSTERN_TEST_TLS_URL"], TOKEN, ssl_context=context)
        self.assertEqual(client.get_user_credentials("ada", "cigar"), ("ada@example.com", "s3cret"))


class ClientTest(unittest.TestCase):
    def test_the_token_is_not_in_repr_and_not_to_be_pickled(self) -> None:
        client = Client("https://postern.example", TOKEN)
        self.assertEqual(repr(client), "Client('https://postern.example', token=***)")
        with self.assertRaises(TypeError):
            pickle.dumps(client)

    def test_a_token_or_url_that_cannot_be_one_is_refused_unseen(self) -> None:
        urls = (f"https://u:{TOKEN}@x", f"ftp://{TOKEN}", f"https://x:{TOKEN}", "")
        for url, token in [("https://x", f"{TOKEN}\n"), ("https://x", ""), *((url, "t") for url in urls)]:
            with self.assertRaises(ValueError) as raised:
                Client(url, token)
            self.assertNotIn(TOKEN, "".join(traceback.format_exception_only(ValueError, raised.exception)))

    def test_the_sources_are_python_3_9(self) -> None:
        package = pathlib.Path(postern_client.__file__).parent
        names = [str(ast.parse(file.read_text("utf-8"), feature_version=(3, 9)) and file.name) for file in package.glob("*.py")]
        self.assertEqual(sorted(names), ["__init__.py", "_retry.py", "_transport.py", "client.py", "errors.py"])


if __name__ == "__main__":
    unittest.main()
