import { existsSync } from "node:fs";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** `/assets/*`: what the browser's pages are built of. Names carry a digest of the content, so they are kept for good. */
export async function registerAssets(app: FastifyInstance, publicDir: string): Promise<void> {
  const root = path.join(publicDir, "assets");
  if (!existsSync(root)) return;
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
