import type { LeaseRequest } from "../store/messages.ts";
import { answer, askFor, endCall, header } from "./front.ts";
import type { Serve } from "./front_data.ts";
import { refusal } from "./status.ts";

/** etcd's, in seconds: one and a half of its election timeouts, and about 285 years. */
const ttlLeast = 2;
const ttlMost = 9_000_000_000;

/** Grants a lease; one without a number gets one. */
export const serveGrant: Serve<"LeaseGrantRequest"> = (data, { call, message }, step) => {
  if (message.TTL > ttlMost) {
    return endCall(data, call, { step, status: refusal("outOfRange", "too large lease TTL") });
  }
  const id =
    message.ID === "0" ? `${BigInt(step.int(2 ** 31)) * 2n ** 32n + BigInt(1 + step.int(2 ** 32 - 1))}` : message.ID;
  const request: LeaseRequest = {
    ...{ type: "store.lease", action: "grant", id },
    ttlSeconds: Math.max(ttlLeast, message.TTL),
  };
  askFor({ data, step }, { call, request, expect: "store.lease.ok" }, ({ revision, ttlSeconds }, later) => {
    answer({ data, step: later }, call, { header: header(data, revision), ID: id, TTL: ttlSeconds });
  });
};

/** Ends a lease, and its keys with it. */
export const serveRevoke: Serve<"LeaseRevokeRequest"> = (data, { call, message: { ID: id } }, step) => {
  const request = { type: "store.lease", action: "revoke", id } as const;
  askFor({ data, step }, { call, request, expect: "store.lease.ok" }, ({ revision }, later) => {
    answer({ data, step: later }, call, { header: header(data, revision) });
  });
};

/** Has leases begin anew, as long as the client asks. */
export const serveKeepAlive: Serve<"LeaseKeepAliveRequest"> = (data, { call, message: { ID: id } }, step) => {
  const request = { type: "store.lease", action: "renew", id } as const;
  askFor({ data, step }, { call, request, expect: "store.lease.ok" }, ({ revision, ttlSeconds }, later) => {
    answer({ data, step: later }, call, { header: header(data, revision), ID: id, TTL: ttlSeconds });
  });
};

/** Tells of a lease; of one that is not there, that it has -1 seconds to live. */
export const serveTimeToLive: Serve<"LeaseTimeToLiveRequest"> = (data, { call, message }, step) => {
  const { ID: id, keys: withKeys } = message;
  askFor({ data, step }, { call, request: { type: "store.leases", id }, expect: "store.leases.ok" }, (found, later) => {
    const [lease] = found.leases;
    const told = lease
      ? { TTL: lease.ttlSeconds, grantedTTL: lease.grantedSeconds, keys: withKeys ? lease.keys : [] }
      : { TTL: -1 };
    answer({ data, step: later }, call, { header: header(data, found.revision), ID: id, ...told });
  });
};

/** Lists all leases. */
export const serveLeases: Serve<"LeaseLeasesRequest"> = (data, { call }, step) => {
  askFor({ data, step }, { call, request: { type: "store.leases" }, expect: "store.leases.ok" }, (found, later) => {
    const leases = found.leases.map(({ id }) => ({ ID: id }));
    answer({ data, step: later }, call, { header: header(data, found.revision), leases });
  });
};
