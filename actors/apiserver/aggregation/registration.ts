import type { Step } from "../../../runtime/mod.ts";
import { type APIService, apiService } from "../../api/kinds/api_service.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen } from "../../api/types.ts";
import type { ApiRequest } from "../messages.ts";
import { askItself } from "../requests/own_request.ts";
import { servedAlways } from "../served.ts";
import type { Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { available, managedLabel, nameOfService, serviceOfDefinition } from "./local_services.ts";

/**
 * Sees that each version of a group that definitions of custom resources make has an APIService, that those of
 * definitions that are gone have none, and that what this server serves itself is said to be available.
 */
export function registerServices(server: Server, step: Step): void {
  if (!server.bootstrapped) return;
  server.remotes.isUnsettled = false;
  const known = new Map<string, Frozen<APIService>>();
  for (const item of server.caches.get(apiService.storagePrefix)?.items.values() ?? []) {
    const object = objectOf(item) as Frozen<APIService>;
    known.set(object.metadata.name, object);
  }
  const time = formatTime(step.nowMs);
  const wanted = definedServices(server, time);
  const always = new Set(servedAlways(server.input).all.groupVersions.map(nameOfService));
  for (const [name, object] of wanted) {
    if (!known.has(name)) write(server, { verb: "create", body: JSON.stringify(object) }, step);
  }
  for (const [name, { metadata, spec, status }] of known) {
    const isOfDefinition = metadata.labels?.[managedLabel] === "true" && !wanted.has(name);
    // Of a feature that was on: nobody can ask it of this server any more.
    const isOfBefore = metadata.labels?.[managedLabel] === "onstart" && !spec.service && !always.has(name);
    if (isOfDefinition || isOfBefore) {
      const preconditions = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
      const body = JSON.stringify({ kind: "DeleteOptions", apiVersion: "v1", preconditions });
      write(server, { verb: "delete", name, body }, step);
    } else if (spec.service === undefined && !status.conditions?.some(({ reason }) => reason === "Local")) {
      const body = JSON.stringify({ ...known.get(name), status: { conditions: [available(time)] } });
      write(server, { verb: "update", name, subresource: "status", body }, step);
    }
  }
}

function definedServices({ served, input }: Server, time: string): ReadonlyMap<string, APIService> {
  const always = new Set(servedAlways(input).all.groupVersions.map(({ groupVersion }) => groupVersion));
  const defined = served.stored.groupVersions.filter(({ groupVersion }) => !always.has(groupVersion));
  return new Map(defined.map((each) => [nameOfService(each), serviceOfDefinition(each, time)]));
}

type Write = Pick<ApiRequest, "verb" | "body" | "name" | "subresource">;

function write(server: Server, wanted: Write, step: Step): void {
  const { group, version, plural: resource } = apiService;
  const respond = (_later: Step, { code }: { readonly code: number }) => {
    // Somebody else was faster, or cannot be reached: another look tells.
    if (code >= 300) server.remotes.isUnsettled = true;
  };
  askItself(server, { request: { ...wanted, group, version, resource }, respond }, step);
}
