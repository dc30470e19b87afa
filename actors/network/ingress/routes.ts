import type { Backend, Ingress, RulePath, Service } from "./objects.ts";

/** Where requests go that a host and a path have. */
export interface Route {
  /** Exact, or `*.example.com`; undefined: any. */
  readonly host: string | undefined;
  readonly path: string;
  readonly isExact: boolean;
  /** `http://web.shop.svc.cluster.local:80`; undefined where the Service has no such port. */
  readonly target: string | undefined;
  /** Who says so. */
  readonly ingress: Ingress;
}

/** What requests are led by, the most particular routes first. */
export function routesOf(ingresses: readonly Ingress[], services: readonly Service[]): Route[] {
  const oldestFirst = [...ingresses].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const routes = oldestFirst.flatMap((ingress) => [...rulesOf(ingress, services), ...defaultOf(ingress, services)]);
  // Where two are alike the older one is first: sorting is stable.
  return routes.sort(
    (a, b) => hostRank(a) - hostRank(b) || b.path.length - a.path.length || Number(b.isExact) - Number(a.isExact),
  );
}

function order({ metadata }: Ingress): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`;
}

function hostRank({ host }: Route): number {
  return host === undefined ? 2 : host.startsWith("*.") ? 1 : 0;
}

function rulesOf(ingress: Ingress, services: readonly Service[]): Route[] {
  const { namespace = "" } = ingress.metadata;
  return (ingress.spec?.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path = "/", pathType, backend }: RulePath) => ({
      host: host === "" ? undefined : host,
      path,
      isExact: pathType === "Exact",
      target: targetOf(backend, { namespace, services }),
      ingress,
    })),
  );
}

/** What no rule is for; its path is shorter than any that is written. */
function defaultOf(ingress: Ingress, services: readonly Service[]): Route[] {
  const { namespace = "" } = ingress.metadata;
  const { defaultBackend } = ingress.spec ?? {};
  if (!defaultBackend) return [];
  return [
    { host: undefined, path: "", isExact: false, target: targetOf(defaultBackend, { namespace, services }), ingress },
  ];
}

function targetOf(
  { service }: Backend,
  { namespace, services }: { readonly namespace: string; readonly services: readonly Service[] },
): string | undefined {
  if (!service) return undefined;
  const found = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === service.name);
  const ports = found?.spec?.ports ?? [];
  const { number, name } = service.port ?? {};
  const port = ports.find((each) => (name === undefined ? each.port === number : each.name === name));
  return port && `http://${service.name}.${namespace}.svc.cluster.local:${port.port}`;
}

/**
 * The route of a request; undefined where no Ingress is for it.
 *
 * @param isPathOf whether a path is one of a route's; default: as its type says
 */
export function routeFor(
  routes: readonly Route[],
  { host, path }: { readonly host: string; readonly path: string },
  isPathOf: (route: Route, path: string) => boolean = isOfPath,
): Route | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return routes.find((route) => isOfHost(route, name) && isPathOf(route, path));
}

/** Whether a route is for a host without its port, in lower case; a star stands for one label. */
export function isOfHost({ host }: Route, name: string): boolean {
  if (host === undefined || host === name) return true;
  return host.startsWith("*.") && name.includes(".") && name.slice(name.indexOf(".")) === host.slice(1);
}

/** A prefix ends where a segment does. */
export function isOfPath({ path, isExact }: Route, wanted: string): boolean {
  if (isExact) return wanted === path;
  const prefix = path.replace(/\/$/, "");
  return wanted === prefix || wanted.startsWith(`${prefix}/`);
}
