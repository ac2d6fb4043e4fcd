import { startOdooServer } from "../../support/odoo-server.ts";

// The stand-in for Odoo in a process of its own.
const odoo = await startOdooServer({ partners: Number(process.env.PARTNERS ?? "10000") });
process.stdout.write(`${new URL(odoo.url).port}\n`);
