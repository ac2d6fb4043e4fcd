import { startOdooServer } from "../../support/odoo-server.ts";

/** The rows were written a day ago, and one an hour later: every sync reads once more what changed within minutes of the newest. */
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

// The stand-in for Odoo in a process of its own.
const count = Number(process.env.PARTNERS ?? "10000");
let time = Date.now() - DAY_MS;
const odoo = await startOdooServer({ partners: count, clock: () => time });
time += HOUR_MS;
odoo.partners.write([count], { phone: "+34 600 000 000" });
process.stdout.write(`${new URL(odoo.url).port}\n`);
