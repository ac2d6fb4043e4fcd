import { account } from "./account.ts";
import { activity } from "./activity.ts";
import { admin } from "./admin.ts";
import { common } from "./common.ts";
import { credentials } from "./credentials.ts";
import { portal } from "./portal.ts";
import { projects } from "./projects.ts";
import { rows } from "./rows.ts";
import { signIn } from "./sign-in.ts";
import { sync } from "./sync.ts";

/**
 * Every text that people read, by page. To translate Postern's dashboard, write these objects in another language: the
 * types say what is missing. Texts with a value in them are functions.
 */
export const texts = { ...common, admin, account, credentials, portal, projects, rows, activity, signIn, sync };
