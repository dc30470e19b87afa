import type { Ingress, IngressClass, Service } from "../../../../network/ingress/objects.ts";
import type { Route } from "../../../../network/ingress/routes.ts";
import { klog } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";

/** What the controller is started with, by its flags. */
export interface Settings {
  /** Of classes that are its own. */
  readonly controllerClass: string;
  /** What the old annotation names. */
  readonly ingressClass: string;
  readonly takesClassless: boolean;
  /** Default: all namespaces. */
  readonly namespace: string;
  /** `NAMESPACE/NAME` of the Service whose addresses Ingresses are given. Default: none. */
  readonly publishService: string;
  /** What they are given instead. */
  readonly publishAddresses: readonly string[];
}

/** What the controller knows. */
export interface Controller {
  readonly settings: Settings;
  classes: readonly IngressClass[] | undefined;
  ingresses: readonly Ingress[] | undefined;
  services: readonly Service[] | undefined;
  routes: readonly Route[];
  /** Those of its classes. */
  own: readonly Ingress[];
  /** What of each of its Ingresses was told already. */
  readonly told: Map<string, string>;
  /** Something has changed since it was last looked at. */
  isStale: boolean;
  isSyncing: boolean;
}

/** A controller that knows nothing yet. */
export function createController(settings: Settings): Controller {
  return {
    ...{ settings, classes: undefined, ingresses: undefined, services: undefined, routes: [], own: [] },
    ...{ told: new Map(), isStale: false, isSyncing: false },
  };
}

/** The Ingresses that are for this controller, by their class. */
export function ownOf({ settings, classes = [], ingresses = [] }: Controller): readonly Ingress[] {
  const names = new Set(
    classes.filter(({ spec }) => spec?.controller === settings.controllerClass).map(({ metadata }) => metadata.name),
  );
  return ingresses.filter(({ metadata, spec }) => {
    const annotated = metadata.annotations?.["kubernetes.io/ingress.class"];
    if (annotated !== undefined) return annotated === settings.ingressClass;
    return spec?.ingressClassName === undefined ? settings.takesClassless : names.has(spec.ingressClassName);
  });
}

const prefix = "nginx.ingress.kubernetes.io/";
const played = new Set([
  ...["rewrite-target", "use-regex", "ssl-redirect", "force-ssl-redirect", "app-root"],
  ...["permanent-redirect", "temporal-redirect", "backend-protocol"],
]);

/** What an Ingress says of this controller's own; undefined: nothing. */
export function annotationOf({ metadata }: Ingress, name: string): string | undefined {
  return metadata.annotations?.[prefix + name];
}

/** Says which of an Ingress's annotations do nothing here. */
export function* tellUnplayed(self: Process, ingress: Ingress): Running<void> {
  const { namespace, name, annotations = {} } = ingress.metadata;
  for (const each of Object.keys(annotations)) {
    if (!each.startsWith(prefix) || played.has(each.slice(prefix.length))) continue;
    const text = `kubetroupe plays this controller, and the annotation "${each}" does nothing in it, ingress="${namespace}/${name}"`;
    yield* klog(self, "W", text);
  }
}
