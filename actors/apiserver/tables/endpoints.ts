import type { Endpoints, Frozen } from "../../api/types.ts";
import { hostPort } from "../../network/ip.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

const shownMax = 3;

/** NAME ENDPOINTS AGE. */
export const endpoints = defineTable<Endpoints>({
  group: "",
  kind: "Endpoints",
  columns: [
    nameColumn,
    { name: "Endpoints", description: "The addresses with their ports", of: endpointsOf },
    ageColumn,
  ],
});

function endpointsOf({ subsets }: Frozen<Endpoints>): string {
  const all = (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort({ ip, port }))),
  );
  if (all.length === 0) return "<none>";
  const more = all.length - shownMax;
  return more > 0 ? `${all.slice(0, shownMax).join(",")} + ${more} more...` : all.join(",");
}
