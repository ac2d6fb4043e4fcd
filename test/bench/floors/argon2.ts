import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hash, verify } from "@node-rs/argon2";
import { ARGON2_PARAMETERS } from "../../../src/access/password-hash.ts";
import { PASSWORD } from "../store.ts";

// A sign-in that does nothing but verify the password, as the gateway's hashes are made.
const { memoryKib, passes, lanes } = ARGON2_PARAMETERS;
const stored = await hash(PASSWORD, { memoryCost: memoryKib, timeCost: passes, parallelism: lanes });
const server = createServer((request, response) => {
  request.resume();
  void verify(stored, PASSWORD).then((isMatch) => response.writeHead(isMatch ? 200 : 401, { "content-length": "0" }).end());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
