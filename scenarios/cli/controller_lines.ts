import { kubeconfigClient } from "../cluster/kubeconfig_client.ts";

/** A control loop as the API server shows it. */
interface ShownController {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly state: string;
    readonly queued?: number;
    readonly working?: number;
    readonly reconciles?: number;
    readonly writes?: number;
    readonly restarts: number;
    readonly lastError?: string;
    readonly lastErrorTime?: string;
  };
}

const head = ["NAME", "STATE", "QUEUED", "WORKING", "RECONCILES", "WRITES", "RESTARTS", "LAST ERROR"];

/** The control loops of the cluster that a kubeconfig leads to, as a table. */
export async function controllerLines(kubeconfig: string): Promise<string> {
  const client = await kubeconfigClient(kubeconfig);
  const { items } = await client.get<{ readonly items: readonly ShownController[] }>(
    "/apis/kubetroupe.dev/v1/controllers",
  );
  return tableOf([head, ...items.map(rowOf)]);
}

function rowOf({ metadata, status }: ShownController): string[] {
  const { state, queued, working, reconciles, writes, restarts, lastError, lastErrorTime = "" } = status;
  const numbers = [queued, working, reconciles, writes, restarts].map((each) =>
    each === undefined ? "-" : String(each),
  );
  return [metadata.name, state, ...numbers, lastError === undefined ? "<none>" : `${lastErrorTime} ${lastError}`];
}

/** Columns as wide as what stands in them. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = head.map((_name, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
      .join("")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
