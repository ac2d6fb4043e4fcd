import { existsSync } from "node:fs";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { PublicDir } from "./built-page.ts";

/** `/assets/*`: what the browser's pages are built of. Names carry a digest of the content, so they are kept for good. */
export async function registerAssets(app: FastifyInstance, publicDir: PublicDir): Promise<void> {
  const root = publicDir === null ? null : path.join(publicDir, "assets");
  if (root === null || !existsSync(root)) return;
  await app.register(fastifyStatic, {
    root,
    prefix: "/assets/",
    index: false,
    dotfiles: "deny",
    decorateReply: false,
    maxAge: "365d",
    immutable: true,
    preCompressed: true,
  });
}
