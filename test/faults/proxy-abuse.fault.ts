import { startGateway } from "../support/gateway.ts";
import { runProxyAbuse } from "../support/proxy-abuse.ts";
import { defineFault } from "./support/define-fault.ts";

defineFault({
  name: "proxy-abuse",
  about:
    "Calls with hostile headers, paths, methods and framings, and answers that echo the secret, against a recording upstream.",
  run: async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("ada");
    const { cases, failures, tokensSeen } = await runProxyAbuse({ url: gateway.url, token });
    for (const failure of failures) console.error(failure);
    return {
      cases,
      figures: [
        { what: "abuses that went through", value: failures.length, target: { exactly: 0 } },
        { what: "requests at the upstream with the caller's token", value: tokensSeen, target: { exactly: 0 } },
      ],
    };
  },
});
