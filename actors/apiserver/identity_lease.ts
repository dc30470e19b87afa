import type { Step } from "../../runtime/mod.ts";
import { storageKey, storageRange } from "../api/kind.ts";
import { leaseRules as leaseKind } from "../api/kinds/lease.ts";
import { formatMicroTime } from "../api/time.ts";
import type { Frozen, Lease } from "../api/types.ts";
import { sha256 } from "../kit/sha256.ts";
import { askItself } from "./requests/own_request.ts";
import { uuid } from "./requests/uid.ts";
import { cacheOf, type Server } from "./server.ts";
import { objectOf } from "./storage/item.ts";

const namespace = "kube-system";
const label = "apiserver.kubernetes.io/identity";
const component = "kube-apiserver";
const leaseDurationSeconds = 3_600;
/** How often leases are looked for whose servers have been gone for too long. */
const collectMs = 3_600_000;
const target = { group: leaseKind.group, version: leaseKind.version, resource: leaseKind.plural, namespace } as const;

/**
 * Says by a Lease that this server is there, and takes away those of servers that have not said so for an hour; only where
 * it knows on which machine it is. Whoever calls does so each ten seconds.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/leases/#api-server-identity
 */
export function keepIdentity(server: Server, step: Step): void {
  const { hostname } = server.input;
  if (hostname === undefined) return;
  renew(server, hostname, step);
  if (step.uptimeMs < server.collectLeasesAtMs) return;
  server.collectLeasesAtMs = step.uptimeMs + collectMs;
  collect(server, step);
}

/** What a server on a machine is called. */
export function serverIdentity(hostname: string): string {
  return `apiserver-${base32(sha256(new TextEncoder().encode(hostname)).subarray(0, 16))}`;
}

function renew(server: Server, hostname: string, step: Step): void {
  const name = serverIdentity(hostname);
  const item = cacheOf(server, leaseKind).items.get(storageKey(leaseKind, { namespace, name }));
  const before = item && (objectOf(item) as Frozen<Lease>);
  const labels = { ...before?.metadata.labels, [label]: component, "kubernetes.io/hostname": hostname };
  const holder = before ? {} : { holderIdentity: `${name}_${uuid(step)}`, leaseDurationSeconds };
  const object = {
    ...{ apiVersion: "coordination.k8s.io/v1", kind: leaseKind.kind },
    metadata: { ...(before?.metadata ?? { name, namespace }), labels },
    spec: { ...before?.spec, ...holder, renewTime: formatMicroTime(step.nowMs) },
  };
  const request = {
    verb: before ? ("update" as const) : ("create" as const),
    ...{ ...target, ...(before ? { name } : {}), body: JSON.stringify(object) },
  };
  // What did not succeed is tried again when it is due the next time: there are hundreds of times until it is too late.
  askItself(server, { request, respond() {} }, step);
}

function collect(server: Server, step: Step): void {
  for (const { metadata, spec } of leases(server)) {
    if (metadata.labels?.[label] !== component) continue;
    const { renewTime, leaseDurationSeconds: seconds } = spec;
    const isAlive = renewTime && seconds && Date.parse(renewTime) + seconds * 1_000 >= step.nowMs;
    if (isAlive) continue;
    const request = { verb: "delete" as const, ...target, name: metadata.name };
    askItself(server, { request, respond() {} }, step);
  }
}

function leases(server: Server): readonly Frozen<Lease>[] {
  const prefix = storageRange(leaseKind, namespace);
  // Those of nodes, of which there may be thousands, are not even looked at.
  return [...cacheOf(server, leaseKind).items].flatMap(([key, item]) =>
    key.startsWith(prefix) ? [objectOf(item) as Frozen<Lease>] : [],
  );
}

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** In lower case, and not filled up. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += letters[(value >> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + letters[(value << (5 - bits)) & 31] : text;
}
