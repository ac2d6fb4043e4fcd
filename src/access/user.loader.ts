import DataLoader from "dataloader";
import type { UserRecord } from "./user.repository.ts";
import type { UserService } from "./user.service.ts";
import type { Viewer } from "./viewer.ts";

export type UserLoader = DataLoader<string, UserRecord | null>;

/** For `context.loaders.get`: users by id in one query, null for those the viewer may not see. */
export function createUserLoader(users: UserService): (viewer: Viewer) => UserLoader {
  return (viewer) =>
    new DataLoader(async (ids) => {
      const found = new Map((await users.findVisible(viewer, ids)).map((user) => [user.id, user]));
      return ids.map((id) => found.get(id) ?? null);
    });
}
