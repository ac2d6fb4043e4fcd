import type { Tracing } from "./tracing.ts";

/** The services of rooms with every call of a method as a span, `SessionService.login`: no argument and no result is looked at. */
export function traceServices<Rooms extends object>(rooms: Rooms, tracing: Tracing): Rooms {
  const traced = Object.entries(rooms).map(([name, room]) => [name, isRoom(room) ? traceRoom(room, tracing) : room]);
  return Object.fromEntries(traced) as Rooms;
}

/** An object of services, as rooms are wired; anything else is left as it is. */
function isRoom(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function traceRoom(room: object, tracing: Tracing): object {
  if (isService(room)) return traceService(room, tracing);
  if (Object.getPrototypeOf(room) !== Object.prototype) return room;
  const members = Object.entries(room).map(([name, member]) => [
    name,
    isService(member) ? traceService(member, tracing) : member,
  ]);
  return Object.fromEntries(members) as object;
}

/** Services are classes by that name; what is not one holds no journey of its own. */
function isService(value: unknown): value is object {
  return typeof value === "object" && value !== null && value.constructor.name.endsWith("Service");
}

function traceService(service: object, tracing: Tracing): object {
  const { name } = service.constructor;
  const known = new Map<string | symbol, unknown>();
  return new Proxy(service, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function" || property === "constructor") return member;
      const span = `${name}.${String(property)}`;
      const attributes = { "code.function.name": span };
      // The target itself calls: its private members are nobody else's.
      const call = (...args: unknown[]) => tracing.run(span, "internal", attributes, () => Reflect.apply(member, target, args));
      if (!known.has(property)) known.set(property, call);
      return known.get(property);
    },
  });
}
