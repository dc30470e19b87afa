import type { Step } from "../../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../../api/kind.ts";
import { notFound, type Status, serviceUnavailable } from "../../api/status.ts";
import type { Endpoints, Frozen, KubeObject, Pod, Service } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { ProxyName } from "./proxy_name.ts";

/** A pod behind a service, and its port. */
export interface Backend {
  readonly pod: Frozen<Pod>;
  readonly port: number;
}

/** An object as this server has heard of it last. */
export function cachedObject<T extends KubeObject>(
  server: Server,
  plural: string,
  name: { namespace: string; name: string },
) {
  const kind = server.served.stored.byPlural({ group: "", version: "v1", plural }) as KindDefinition;
  const item = cacheOf(server, kind).items.get(storageKey(kind, name));
  // What is stored under a kind's prefix is of that kind.
  return item && (objectOf(item) as Frozen<KubeObject> as Frozen<T>);
}

/** Chooses a pod behind a service as Kubernetes' own proxy does: any ready one that has the port. */
export function serviceBackend(
  server: Server,
  { namespace, wanted }: { readonly namespace: string; readonly wanted: ProxyName },
  step: Step,
): Result<Backend, Status> {
  const { name } = wanted;
  const service = cachedObject<Service>(server, "services", { namespace, name });
  if (!service) return failed(notFound({ group: "", resource: "services" }, name));
  const portName = portNameOf(service, wanted);
  if (!portName.ok) return portName;
  const subsets = cachedObject<Endpoints>(server, "endpoints", { namespace, name })?.subsets ?? [];
  if (subsets.length === 0) return failed(serviceUnavailable(`no endpoints available for service "${name}"`));
  const found: Backend[] = [];
  for (const { addresses = [], ports = [] } of subsets) {
    const port = ports.find((each) => (each.name ?? "") === portName.value)?.port;
    if (port === undefined) continue;
    for (const { targetRef } of addresses) {
      if (targetRef?.kind !== "Pod" || targetRef.name === undefined) continue;
      const pod = cachedObject<Pod>(server, "pods", {
        namespace: targetRef.namespace ?? namespace,
        name: targetRef.name,
      });
      if (pod) found.push({ pod, port });
    }
  }
  const chosen = found.length === 0 ? undefined : found[step.int(found.length)];
  const shown = [wanted.scheme, name, wanted.port].filter((each) => each !== "").join(":");
  return chosen ? ok(chosen) : failed(serviceUnavailable(`no endpoints available for service "${shown}"`));
}

/** The name of a port that was asked for by number, or by name. */
function portNameOf({ spec }: Frozen<Service>, { name, port }: ProxyName): Result<string, Status> {
  if (!/^\d+$/.test(port)) return ok(port);
  const found = spec.ports?.find((each) => each.port === Number(port));
  return found
    ? ok(found.name ?? "")
    : failed(serviceUnavailable(`no service port ${port} found for service "${name}"`));
}
