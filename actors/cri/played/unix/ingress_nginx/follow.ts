import type { Ingress } from "../../../../network/ingress/objects.ts";
import { routesOf } from "../../../../network/ingress/routes.ts";
import { klog } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { followList } from "../programs/_follow_list.ts";
import { addressesOf } from "./addresses.ts";
import { type Controller, ownOf, tellUnplayed } from "./controller.ts";

const networking = "/apis/networking.k8s.io/v1";
/** What is followed, where, and what of it is kept. */
export const followed = [
  { kept: "classes", api: networking, plural: "ingressclasses", isNamespaced: false },
  { kept: "ingresses", api: networking, plural: "ingresses", isNamespaced: true },
  { kept: "services", api: "/api/v1", plural: "services", isNamespaced: true },
] as const;

/** Keeps objects of one kind as the API has them, for ever. */
export function* follow(
  self: Process,
  controller: Controller,
  { kept, api, plural, isNamespaced }: (typeof followed)[number],
): Running<never> {
  const { namespace } = controller.settings;
  const path = isNamespaced && namespace !== "" ? `${api}/namespaces/${namespace}/${plural}` : `${api}/${plural}`;
  const take = (items: readonly never[]) => {
    controller[kept] = items;
    return sync(self, controller);
  };
  return yield* followList<never>(self, { path, plural, take });
}

/** Makes routes of what is known, and writes what Ingresses are to know; one thread at a time does so. */
function* sync(self: Process, controller: Controller): Running<void> {
  const { classes, ingresses, services } = controller;
  if (!classes || !ingresses || !services) return;
  controller.isStale = true;
  if (controller.isSyncing) return;
  controller.isSyncing = true;
  while (controller.isStale) {
    controller.isStale = false;
    controller.own = ownOf(controller);
    controller.routes = routesOf(controller.own, controller.services ?? []);
    for (const ingress of controller.own) yield* tell(self, controller, ingress);
  }
  controller.isSyncing = false;
}

function* tell(self: Process, controller: Controller, ingress: Ingress): Running<void> {
  const { uid = "", generation, annotations } = ingress.metadata;
  const now = JSON.stringify([generation, annotations]);
  if (controller.told.get(uid) !== now) {
    controller.told.set(uid, now);
    yield* tellUnplayed(self, ingress);
    yield* emit(self, ingress);
  }
  const addresses = addressesOf(controller);
  const { loadBalancer } = ingress.status ?? {};
  if (JSON.stringify(loadBalancer?.ingress ?? []) === JSON.stringify(addresses)) return;
  const path = `${networking}/namespaces/${ingress.metadata.namespace}/ingresses/${ingress.metadata.name}/status`;
  const object = { ...typed(ingress), status: { loadBalancer: { ingress: addresses } } };
  const written = yield* askApi(self, { path, method: "PUT", object });
  if (!written.ok && written.reason !== "Conflict")
    yield* klog(self, "W", `error updating ingress rule: ${written.text}`);
}

/** Items of lists do not say what they are. */
function typed(ingress: Ingress): object {
  return { apiVersion: "networking.k8s.io/v1", kind: "Ingress", ...ingress };
}

function* emit(self: Process, { metadata }: Ingress): Running<void> {
  const { name, namespace = "", uid, resourceVersion } = metadata;
  const { wallMs, random, hostname } = self.kernel.host;
  const time = new Date(wallMs()).toISOString().replace(/\.\d+/, "");
  const suffix = Array.from({ length: 16 }, () => random.int(16).toString(16)).join("");
  const involvedObject = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", namespace, name, uid, resourceVersion };
  const object = {
    ...{ apiVersion: "v1", kind: "Event", metadata: { name: `${name}.${suffix}`, namespace }, involvedObject },
    ...{ type: "Normal", reason: "Sync", message: "Scheduled for sync", count: 1 },
    ...{ firstTimestamp: time, lastTimestamp: time },
    source: { component: "nginx-ingress-controller" },
    ...{ reportingComponent: "nginx-ingress-controller", reportingInstance: hostname },
  };
  yield* askApi(self, { path: `/api/v1/namespaces/${namespace}/events`, object });
}
