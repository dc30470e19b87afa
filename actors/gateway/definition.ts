import { defineActor } from "../../runtime/mod.ts";
import type { GatewayData } from "./data.ts";
import { gatewayMachine } from "./machine.ts";
import type { GatewayInput } from "./messages.ts";

/** The edge of the cluster's network: opens every node port to the outside, and carries connections to nodes. */
export const gateway = defineActor<GatewayInput>({
  kind: "gateway",
  module: import.meta.url,
  machine: gatewayMachine,
  permissions: { net: ["127.0.0.1:30000-32767", "::1:30000-32767"] },
  mailboxMax: 50_000,
  digest: ({ ports, carrier, transport }: GatewayData) => `${ports.open().length} ${carrier.size} ${transport.size}`,
});
