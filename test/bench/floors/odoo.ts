import { startOdooServer } from "../../support/odoo-server.ts";

/** The rows were written a while ago, as most are: what changed within the last minutes, every sync reads once more. */
const AGE_MS = 3_600_000;

// The stand-in for Odoo in a process of its own.
const odoo = await startOdooServer({ partners: Number(process.env.PARTNERS ?? "10000"), clock: () => Date.now() - AGE_MS });
process.stdout.write(`${new URL(odoo.url).port}\n`);
