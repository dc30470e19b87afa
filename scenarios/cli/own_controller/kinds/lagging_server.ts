import { type FrontKind, gap } from "../front_kind.ts";

const pinned = new WeakMap<object, string>();

/**
 * The client is at an API server whose cache lags: lists that any version is good enough for, and watches, show the
 * cluster as it was right before the client's newest write. Gets, and lists without a version, are answered by the
 * store, as Kubernetes promises.
 */
export const laggingServer: FrontKind = {
  name: "lagging-server",
  summary: "lists from the cache and watches show the time before the client's newest write",
  forMs: 1_500,
  aim(learned, random) {
    const when = gap(learned, random);
    return when && { when };
  },
  begin(fault, control) {
    const version = control.versionBefore();
    if (version !== undefined) pinned.set(fault, version);
    return control.gate.hold({ resource: fault.resource });
  },
  verdict(fault, { verb, url }) {
    const version = pinned.get(fault);
    const isFromCache = verb === "list" && /[?&]resourceVersion=0(&|$)/.test(url);
    if (version === undefined || !isFromCache) return undefined;
    return { query: { resourceVersion: version, resourceVersionMatch: "Exact" } };
  },
};
