import { assert, test } from "../../../properties/house/test.ts";
import type { Ingress, RulePath, Service } from "./objects.ts";
import { routeFor, routesOf } from "./routes.ts";

const metadata = { name: "web", namespace: "shop", creationTimestamp: "2026-01-01T00:00:00Z" };
const services: Service[] = ["web", "api", "other"].map((name) => ({
  metadata: { ...metadata, name },
  spec: { ports: [{ name: "http", port: 80 }] },
}));

function path(path: string, pathType: NonNullable<RulePath["pathType"]>, name: string): RulePath {
  return { path, pathType, backend: { service: { name, port: { number: 80 } } } };
}

function ingress(host: string | undefined, paths: readonly RulePath[], more: Partial<Ingress["spec"]> = {}): Ingress {
  return { metadata, spec: { rules: [{ ...(host === undefined ? {} : { host }), http: { paths } }], ...more } };
}

test("routeFor() has hosts before stars and any, longer paths before shorter ones, exact ones before prefixes", () => {
  const routes = routesOf(
    [
      ingress(undefined, [path("/", "Prefix", "other")]),
      ingress("*.example", [path("/", "Prefix", "api")]),
      ingress("shop.example", [
        path("/", "Prefix", "web"),
        path("/api", "Prefix", "api"),
        path("/api", "Exact", "other"),
      ]),
    ],
    services,
  );
  const of = (host: string, wanted: string) =>
    routeFor(routes, { host, path: wanted })?.target?.slice("http://".length).split(".")[0];
  assert.equal(of("shop.example:30088", "/cart"), "web");
  assert.equal(of("shop.example", "/api"), "other");
  assert.equal(of("shop.example", "/api/v1"), "api");
  assert.equal(of("shop.example", "/apis"), "web");
  assert.equal(of("SHOP.example", "/"), "web");
  assert.equal(of("blog.example", "/"), "api");
  assert.equal(of("a.blog.example", "/"), "other");
});

test("routesOf() has a default for what no rule is for, and no target where a Service has no such port", () => {
  const named = { service: { name: "web", port: { name: "http" } } };
  const routes = routesOf([ingress("a.example", [path("/x", "Exact", "none")], { defaultBackend: named })], services);
  assert.equal(routeFor(routes, { host: "b.example", path: "/y" })?.target, "http://web.shop.svc.cluster.local:80");
  const missing = routeFor(routes, { host: "a.example", path: "/x" });
  assert.deepEqual([missing?.path, missing?.target], ["/x", undefined]);
  assert.equal(routeFor(routesOf([], services), { host: "a.example", path: "/" }), undefined);
});
