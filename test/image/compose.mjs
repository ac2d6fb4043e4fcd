import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
// Of the tools that Postern is built with; nothing that runs needs it.
import { parse } from "yaml";

/** What every container here is started with. */
const CONFINEMENT = { read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] };

/** Where containers of a service are reached, one after another: `127.0.0.1:4001-4003:4000`. */
function addressesOf(mapping) {
  const [, host, first, last = first] = /^([\d.]+):(\d+)(?:-(\d+))?:\d+$/.exec(mapping);
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => ({ host, port: Number(first) + index }));
}

/** What the file says behind a secret's file about its content. */
function formOf(text, file) {
  return text.split(`file: ${file} # `)[1]?.split("\n")[0] ?? null;
}

/**
 * What the composition says of a service, as far as a container here has it; throws where it says of a gateway that it is
 * confined otherwise than containers here are.
 */
export function readService(file, name) {
  const text = readFileSync(file, "utf8");
  const { services, secrets } = parse(text, { merge: true });
  const service = services[name];
  if (service.build !== undefined) {
    const { read_only, cap_drop, security_opt } = service;
    deepStrictEqual({ read_only, cap_drop, security_opt }, CONFINEMENT);
  }
  return {
    image: service.image,
    environment: service.environment,
    addresses: (service.ports ?? []).flatMap(addressesOf),
    replicas: service.deploy?.replicas ?? 1,
    volumes: service.volumes.map((volume) => volume.split(":")),
    secrets: (service.secrets ?? []).map((secret) => ({ name: secret, form: formOf(text, secrets[secret].file) })),
    graceMs: Number.parseInt(service.stop_grace_period, 10) * 1000,
    core: service.ulimits?.core,
    health: service.healthcheck?.test.slice(1),
  };
}
