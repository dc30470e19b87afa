import type { KubeObject } from "../../api/types.ts";
import { defineTable, nameColumn } from "./printing/columns.ts";

interface ComponentStatus extends KubeObject {
  readonly conditions?: { type: string; status: string; message?: string; error?: string }[];
}

const statusTexts: Readonly<Record<string, string>> = { True: "Healthy", False: "Unhealthy" };

/** NAME STATUS MESSAGE ERROR. */
export const componentStatus = defineTable<ComponentStatus>({
  group: "",
  kind: "ComponentStatus",
  columns: [
    nameColumn,
    {
      name: "Status",
      description: "Whether it is well",
      of: ({ conditions }) => statusTexts[conditions?.[0]?.status ?? ""] ?? "Unknown",
    },
    { name: "Message", description: "What it says", of: ({ conditions }) => conditions?.[0]?.message ?? "" },
    { name: "Error", description: "What went wrong", of: ({ conditions }) => conditions?.[0]?.error ?? "" },
  ],
});
