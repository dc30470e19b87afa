import type { EndpointSlice, Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

const shownMax = 3;

/** NAME ADDRESSTYPE PORTS ENDPOINTS AGE. */
export const endpointSlice = defineTable<EndpointSlice>({
  group: "discovery.k8s.io",
  kind: "EndpointSlice",
  columns: [
    nameColumn,
    { name: "AddressType", description: "What kind of addresses they are", of: ({ addressType }) => addressType },
    { name: "Ports", description: "The ports of all endpoints", of: portsOf },
    { name: "Endpoints", description: "The addresses", of: endpointsOf },
    ageColumn,
  ],
});

function portsOf({ ports = [] }: Frozen<EndpointSlice>): string {
  return shortened(
    (ports ?? []).map(({ port, name }) => (port === undefined ? name || "<unset>" : String(port))),
    "<unset>",
  );
}

function endpointsOf({ endpoints }: Frozen<EndpointSlice>): string {
  return shortened(
    (endpoints ?? []).map(({ addresses }) => addresses.join(",")),
    "<unset>",
  );
}

function shortened(texts: readonly string[], empty: string): string {
  if (texts.length === 0) return empty;
  const more = texts.length - shownMax;
  return more > 0 ? `${texts.slice(0, shownMax).join(",")} + ${more} more...` : texts.join(",");
}
