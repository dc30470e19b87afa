import { defineActor, mix32 } from "../../runtime/mod.ts";
import { machine } from "./machine.ts";
import type { ApiServerInput } from "./messages.ts";
import type { Server } from "./server.ts";

/** The API server: the one way in to a cluster, over HTTPS and by message, with its own watch caches. */
export const apiserver = defineActor<ApiServerInput>({
  kind: "apiserver",
  module: import.meta.url,
  machine,
  permissions: { net: ["*"] },
  // A thousand kubelets may all speak at once, as when their server has just come back.
  mailboxMax: 50_000,
  digest: ({ feed, watchers, inFlight }: Server) => mix32(mix32(feed.revision, watchers.all.size), inFlight),
});
