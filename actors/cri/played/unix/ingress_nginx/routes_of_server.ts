import { isOfHost, type Route } from "../../../../network/ingress/routes.ts";

/**
 * The routes of nginx's server for a host. Each host that an Ingress names is a server of its own, the very name before a
 * star: what none of its paths is for goes to what its own Ingresses say for all else, never to those without a host.
 */
export function routesOfServer(routes: readonly Route[], host: string): readonly Route[] {
  const name = host.toLowerCase();
  const [best] = routes.filter((route) => route.host !== undefined && isOfHost(route, name));
  if (!best) return routes.filter((route) => route.host === undefined);
  const own = routes.filter((route) => route.host === best.host);
  const ingresses = new Set(own.map(({ ingress }) => ingress));
  const isForAllElse = (route: Route) => route.host === undefined && route.path === "" && ingresses.has(route.ingress);
  return [...own, ...routes.filter(isForAllElse)];
}
