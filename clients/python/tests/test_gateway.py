"""Against a running gateway, whose URL, tokens and contents the environment tells: see test/clients/python.test.ts."""

from __future__ import annotations

import json
import os
import unittest
from concurrent.futures import ThreadPoolExecutor

from postern_client import (
    AuthenticationError,
    BadRequestError,
    Client,
    NotFoundError,
    PermissionDeniedError,
    UpstreamError,
)

TOKENS = json.loads(os.environ["POSTERN_TEST_TOKENS"])


class GatewayTest(unittest.TestCase):
    def setUp(self) -> None:
        # URL and token come from POSTERN_URL and POSTERN_TOKEN.
        self.client = Client()

    def test_gives_email_and_password_of_a_user_for_an_application(self) -> None:
        self.assertEqual(self.client.get_user_credentials("bpauley", "cigar"), ("bpauley@example.com", "s3cret-cigar"))

    def test_a_name_with_any_characters_stays_one_name(self) -> None:
        with self.assertRaises(NotFoundError) as raised:
            self.client.get_user_credentials("a/../b?c=d#é", "cigar")
        self.assertEqual(str(raised.exception), "No credentials found for user 'a/../b?c=d#é'")

    def test_a_name_that_no_address_can_have_is_not_asked_for(self) -> None:
        for user, app in (("..", "cigar"), (".", "cigar"), ("", "cigar"), ("bpauley", "..")):
            with self.assertRaises(BadRequestError) as raised:
                self.client.get_user_credentials(user, app)
            self.assertIsNone(raised.exception.status)

    def test_tells_an_unknown_user_from_an_unknown_application(self) -> None:
        with self.assertRaises(NotFoundError) as unknown_user:
            self.client.get_user_credentials("unknown_user", "cigar")
        with self.assertRaises(BadRequestError) as unknown_app:
            self.client.get_user_credentials("bpauley", "rum")
        self.assertEqual(
            [(error.status, str(error)) for error in (unknown_user.exception, unknown_app.exception)],
            [
                (404, "No credentials found for user 'unknown_user'"),
                (400, "Invalid app_name. Must be one of: cigar, tobacco, whiskey, qa"),
            ],
        )

    def test_gives_the_fields_of_a_credential(self) -> None:
        fields = self.client.get_credential("bpauley", "app-login", project="cigar", label="default")
        self.assertEqual(fields, {"email": "bpauley@example.com", "password": "s3cret-cigar"})

    def test_what_is_not_there_and_what_is_not_well_asked_are_two_errors(self) -> None:
        with self.assertRaises(NotFoundError):
            self.client.get_credential("bpauley", "app-login", project="whiskey")
        with self.assertRaises(BadRequestError):
            self.client.get_credential(None, "app-login", project="cigar")

    def test_a_user_asks_with_an_access_token_and_no_name(self) -> None:
        client = Client(token=TOKENS["user"])
        self.assertEqual(client.get_credential(None, "app-login", "cigar")["password"], "s3cret-cigar")

    def test_gives_the_upstreams_access_token(self) -> None:
        self.assertEqual(self.client.access_token("bpauley"), "token-of-bpauley@example.com")

    def test_an_upstream_that_refuses_is_an_error_with_its_reason(self) -> None:
        with self.assertRaises(UpstreamError) as raised:
            self.client.access_token("mallory")
        self.assertEqual(raised.exception.code, "CREDENTIAL_REJECTED")

    def test_a_token_that_is_none_or_may_not_is_refused(self) -> None:
        for ask in (
            lambda client: client.get_user_credentials("bpauley", "cigar"),
            lambda client: client.get_credential("bpauley", "app-login", "cigar"),
        ):
            with self.assertRaises(AuthenticationError):
                ask(Client(token="pst_no-such-token"))
            with self.assertRaises(PermissionDeniedError):
                ask(Client(token=TOKENS["weak"]))

    def test_threads_share_a_client(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            logins = set(pool.map(lambda _: self.client.get_user_credentials("bpauley", "cigar"), range(32)))
        self.assertEqual(logins, {("bpauley@example.com", "s3cret-cigar")})


if __name__ == "__main__":
    unittest.main()
