import type { FastifyInstance } from "fastify";
import type { PublicDir } from "../http/built-page.ts";
import { failureBody, type HttpFailure } from "../http/error-reply.ts";
import { type CallRoutesServices, registerCallRoutes } from "./call.routes.ts";
import { type ChatAssistantServices, createChatAssistant } from "./chat-assistant.routes.ts";
import { type ChatDemoServices, createChatDemo } from "./chat-demo.routes.ts";
import { readVersion, registerDocs } from "./docs.ts";
import { rewordFailure } from "./failure.ts";
import { createOdooProfile, type OdooProfileServices } from "./odoo-profile.routes.ts";
import { describeSystems } from "./openapi.ts";
import { createPortal, type PortalServices } from "./portal.routes.ts";
import { registerSystem, type SystemServices } from "./register-system.ts";
import type { RestSystem } from "./route.ts";
import { createTestFramework, type TestFrameworkServices } from "./test-framework.routes.ts";

export type RestServices = SystemServices &
  CallRoutesServices &
  ChatAssistantServices &
  TestFrameworkServices &
  PortalServices &
  OdooProfileServices &
  ChatDemoServices;

/** The drop-in routes of the replaced systems, and how the edge words what it refuses before any route is known. */
export type Rest = {
  register(app: FastifyInstance, publicDir: PublicDir): Promise<void>;
  /** The body of a refusal of an address: in a system's shape below its prefixes, Postern's own elsewhere. */
  refuse(url: string, failure: HttpFailure, correlationId: string): object;
};

/** The systems over their services. */
export function createRest(services: RestServices): Rest {
  const systems = [
    createChatAssistant(services),
    createTestFramework(services),
    createPortal(services),
    createOdooProfile(services),
    createChatDemo(services),
  ];
  return {
    register: async (app, publicDir) => {
      app.decorateRequest("viewer", null);
      for (const system of systems) await registerSystem(app, system, services);
      await app.register(async (scope) => {
        scope.addHook("onRequest", services.limits.GENERAL);
        registerCallRoutes(scope, services);
      });
      app.addHook("onClose", () => services.limits.idle());
      registerDocs(app, () => describeSystems(systems, readVersion()), publicDir);
    },
    refuse: (url, failure, correlationId) => {
      const shape = systemAt(systems, url)?.failures;
      if (shape === undefined) return failureBody(failure, correlationId);
      return { [shape.key]: rewordFailure(shape, failure).message };
    },
  };
}

function systemAt(systems: readonly RestSystem[], url: string): RestSystem | undefined {
  const [path = ""] = url.split("?");
  return systems.find(({ prefixes }) => prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)));
}
