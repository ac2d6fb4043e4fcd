import { texts } from "../../texts/texts.ts";
import { AdminPage } from "./admin-page.tsx";
import { Charts } from "./charts.tsx";
import { Health } from "./health.tsx";
import { UsageCharts } from "./usage-charts.tsx";

const words = texts.admin.overview;

/** Where administrators look first: whether every part works, and what goes on. */
export function OverviewPage() {
  return (
    <AdminPage title={words.title} description={words.description}>
      <Health />
      <Charts />
      <UsageCharts />
    </AdminPage>
  );
}
