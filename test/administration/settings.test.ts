import { expect, test } from "vitest";
import { startGateway } from "../support/gateway.ts";

const READ = "{ settings { isFallbackAllowed isRegistrationOpen trustedIssuers { name issuer proof role createsUsers } } }";

test("administrators see the fallback policy and who is trusted by name, never what proves it", async () => {
  const secret = "the secret of the chat front end, long enough";
  const gateway = await startGateway({
    FALLBACK_POLICY: "deny",
    TRUSTED_ISSUERS: JSON.stringify([{ name: "chat", secret, createUsers: false }]),
  });
  const answer = await gateway.query(READ, {}, await gateway.signInAdministrator());
  expect(answer.data).toEqual({
    settings: {
      isFallbackAllowed: false,
      isRegistrationOpen: expect.any(Boolean),
      trustedIssuers: [{ name: "chat", issuer: null, proof: "SECRET", role: "USER", createsUsers: false }],
    },
  });
});
