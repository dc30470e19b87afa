import type { ImageEnv, ImageModule } from "../../../actors/cri/modules/image_module.ts";
import type { Address, Ingress, IngressClass, Service } from "../../../actors/network/ingress/objects.ts";
import { type Route, routeFor, routesOf } from "../../../actors/network/ingress/routes.ts";
import { awaitChange, list, writeStatus } from "./_cluster.ts";

const controllerName = "kubetroupe.dev/ingress";
const apis = "/apis/networking.k8s.io/v1";
const retryMs = 1_000;
const drainMs = 2_000;
/** What belongs to a connection, and not to what it carries. */
const ofConnection = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

let routes: readonly Route[] = [];
let isReady = false;
let isClosing = false;

/** Leads requests from outside to Services, as the Ingresses of its class say. */
export default {
  start(env) {
    env.log(`${controllerName} begins`);
    void follow(env);
  },
  async fetch(request, env) {
    const url = new URL(request.url);
    const host = request.headers.get("host") ?? url.host;
    if (url.pathname === "/healthz" && host.startsWith("ingress-health")) return health();
    const route = routeFor(routes, { host, path: url.pathname });
    if (!route) return new Response("default backend - 404\n", { status: 404 });
    if (route.target === undefined) return new Response("503 Service Temporarily Unavailable\n", { status: 503 });
    return forward(env, request, { target: route.target, host, url });
  },
  async signal() {
    isClosing = true;
    await pause(drainMs);
    return 0;
  },
  exec: ([command]) =>
    command === "routes"
      ? routes
          .map(
            ({ host = "*", path, isExact, target = "-" }) => `${host}${path}${isExact ? " exactly" : ""} ${target}\n`,
          )
          .join("")
      : { exitCode: 127, stderr: `${command}: there is no such command, use routes\n` },
} satisfies ImageModule;

function health(): Response {
  return new Response(isReady && !isClosing ? "ok\n" : "not ready\n", { status: isReady && !isClosing ? 200 : 503 });
}

interface Way {
  readonly target: string;
  readonly host: string;
  readonly url: URL;
}

async function forward(env: ImageEnv, request: Request, { target, host, url }: Way): Promise<Response> {
  const headers = new Headers(request.headers);
  for (const name of ofConnection) headers.delete(name);
  headers.set("x-forwarded-host", host);
  headers.set("x-forwarded-proto", "http");
  const { method } = request;
  const body = method === "GET" || method === "HEAD" ? {} : { body: await request.arrayBuffer() };
  try {
    const answer = await env.fetch(`${target}${url.pathname}${url.search}`, {
      method,
      headers,
      redirect: "manual",
      ...body,
    });
    const passed = new Headers(answer.headers);
    for (const name of ofConnection) passed.delete(name);
    return new Response(answer.body, { status: answer.status, headers: passed });
  } catch (error) {
    const { message, cause } = error as Error;
    env.log(`Cannot reach ${target}: ${cause instanceof Error ? cause.message : message}`);
    return new Response("502 Bad Gateway\n", { status: 502 });
  }
}

/** Keeps the routes as the API says, for ever. */
async function follow(env: ImageEnv): Promise<void> {
  while (!isClosing) {
    try {
      const versions = await look(env);
      isReady = true;
      const watching = new AbortController();
      const watched = versions.map(([path, resourceVersion]) =>
        awaitChange(env, { path, resourceVersion, signal: watching.signal }),
      );
      await Promise.race(watched);
      watching.abort();
      await Promise.allSettled(watched);
    } catch (error) {
      const { message, cause } = error as Error;
      env.log(`Cannot follow the API: ${cause instanceof Error ? cause.message : message}, tries again`);
      await pause(retryMs);
    }
  }
}

/** Looks at all that routes are made of, writes what Ingresses are to know, and gives back as of when it is. */
async function look(env: ImageEnv): Promise<readonly (readonly [path: string, version: string])[]> {
  const classes = await list<IngressClass>(env, `${apis}/ingressclasses`);
  const ingresses = await list<Ingress>(env, `${apis}/ingresses`);
  const services = await list<Service>(env, "/api/v1/services");
  const own = new Set(
    classes.items.filter(({ spec }) => spec?.controller === controllerName).map((each) => each.metadata.name),
  );
  const ours = ingresses.items.filter(({ spec, metadata }) =>
    own.has(spec?.ingressClassName ?? metadata.annotations?.["kubernetes.io/ingress.class"] ?? ""),
  );
  routes = routesOf(ours, services.items);
  const addresses = addressesOf(env, services.items);
  for (const { metadata, status } of ours) {
    if (JSON.stringify(status?.loadBalancer?.ingress ?? []) === JSON.stringify(addresses)) continue;
    await writeStatus(env, `${apis}/namespaces/${metadata.namespace}/ingresses/${metadata.name}`, addresses);
  }
  return [
    [`${apis}/ingressclasses`, classes.metadata.resourceVersion],
    [`${apis}/ingresses`, ingresses.metadata.resourceVersion],
    ["/api/v1/services", services.metadata.resourceVersion],
  ];
}

/** Where the controller itself is reached: at its Service's load balancer, or where its pod says. */
function addressesOf({ vars }: ImageEnv, services: readonly Service[]): readonly Address[] {
  const { POD_NAMESPACE, SERVICE = "ingress", PUBLISH_ADDRESS = "" } = vars;
  const own = services.find(({ metadata }) => metadata.namespace === POD_NAMESPACE && metadata.name === SERVICE);
  const balanced = (own?.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ({
    ...(ip === undefined ? {} : { ip }),
    ...(hostname === undefined ? {} : { hostname }),
  }));
  return balanced.length > 0 || PUBLISH_ADDRESS === "" ? balanced : [{ ip: PUBLISH_ADDRESS }];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
