import { defineActor } from "../../runtime/mod.ts";
import { dnsMachine } from "./machine.ts";
import type { DnsInput } from "./messages.ts";
import type { DnsData } from "./server.ts";

/** The cluster's DNS: names for Services, their endpoints and pods, for other actors and on a real port. */
export const dns = defineActor<DnsInput>({
  kind: "dns",
  module: import.meta.url,
  machine: dnsMachine,
  permissions: { net: ["*"] },
  mailboxMax: 50_000,
  digest: ({ zone, answered, forwards }: DnsData) => `${zone.changes()} ${answered} ${forwards.size}`,
});
