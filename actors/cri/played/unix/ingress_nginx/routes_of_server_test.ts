import { assert, test } from "../../../../../properties/house/test.ts";
import type { Ingress } from "../../../../network/ingress/objects.ts";
import { routeFor, routesOf } from "../../../../network/ingress/routes.ts";
import { routesOfServer } from "./routes_of_server.ts";

const services = ["a", "b", "c", "all", "own"].map((name) => ({
  metadata: { name, namespace: "default" },
  spec: { ports: [{ port: 80 }] },
}));

const backend = (name: string) => ({ service: { name, port: { number: 80 } } });

function ingress(name: string, host: string | undefined, path: string, more: object = {}): Ingress {
  const paths = [{ path, pathType: "Prefix", backend: backend(name) }];
  const spec = { rules: [{ ...(host === undefined ? {} : { host }), http: { paths } }], ...more };
  return { metadata: { name, namespace: "default" }, spec } as unknown as Ingress;
}

test("routesOfServer() leads a host that is named nowhere but to its own Ingresses, and all others to those without one", () => {
  const ingresses = [
    ingress("a", "a.example", "/api"),
    ingress("b", "b.example", "/api", { defaultBackend: backend("own") }),
    ingress("c", "*.example", "/api"),
    ingress("all", undefined, "/"),
  ];
  const routes = routesOf(ingresses, services as never);
  const led = (host: string, path: string) =>
    routeFor(routesOfServer(routes, host), { host, path })?.target?.replace(/^http:\/\/|\.default\..*/g, "");
  const asked = ["a.example", "A.Example", "b.example", "x.example", "other"] as const;
  assert.deepEqual(
    asked.map((host) => [led(host, "/api"), led(host, "/x")]),
    [
      ["a", undefined],
      ["a", undefined],
      ["b", "own"],
      ["c", undefined],
      ["all", "all"],
    ],
  );
});
