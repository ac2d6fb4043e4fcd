import type { Viewer } from "../access/viewer.ts";
import type { SessionCookie } from "../http/session-cookie.ts";

/**
 * The loaders of one request. A resolver keeps its factory as a field and asks here with it, so that all objects of a
 * request share one loader and its batch.
 */
export class LoaderScope {
  readonly #loaders = new Map<unknown, unknown>();
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  get<Loader>(factory: (viewer: Viewer) => Loader): Loader {
    if (!this.#loaders.has(factory)) this.#loaders.set(factory, factory(this.#viewer));
    return this.#loaders.get(factory) as Loader;
  }
}

/** The resolvers that are ready to answer, each by its class. */
export type ResolverInstances = ReadonlyMap<unknown, object>;

/** What every resolver gets: who calls, the request's loaders, and a signal that ends with the request's deadline. */
export type GraphqlContext = {
  readonly viewer: Viewer;
  readonly loaders: LoaderScope;
  readonly signal: AbortSignal;
  /** For a browser that wants its refresh token in a cookie. */
  readonly cookie?: SessionCookie | undefined;
  /** What answers, by its class; a subscription's `subscribe` asks for its own, since type-graphql calls it without. */
  readonly resolvers: ResolverInstances;
};

/** The ready resolver of a class: `resolverOf(context, SyncRunResolver).watch(...)`. */
export function resolverOf<Resolver extends object>(
  { resolvers }: Pick<GraphqlContext, "resolvers">,
  resolverClass: abstract new (...services: never[]) => Resolver,
): Resolver {
  const resolver = resolvers.get(resolverClass);
  if (resolver === undefined) throw new Error(`Nobody made the resolver ${resolverClass.name}.`);
  return resolver as Resolver;
}
