import { regularExpression } from "../../../../api/cel/regular.ts";
import { type HttpHeader, headerOf } from "../../../../network/http/http_message.ts";
import type { Ingress } from "../../../../network/ingress/objects.ts";
import { isOfPath, type Route, routeFor } from "../../../../network/ingress/routes.ts";
import { print } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { errorPage } from "../nginx/answer.ts";
import { requestStamp } from "../nginx/log.ts";
import { askHttp } from "../programs/_ask_http.ts";
import type { Handler, Request, Response } from "../programs/_serve_http.ts";
import { annotationOf, type Controller } from "./controller.ts";
import { routesOfServer } from "./routes_of_server.ts";

const proxyMsMax = 60_000;
const ofConnection = /^(host|connection|keep-alive|content-length|transfer-encoding|upgrade|te|trailer)$/i;

/** Answers what comes to a port, or has the Service answer that a route leads to. */
export function serveAt(controller: Controller, scheme: "http" | "https"): Handler {
  return function* handle(self, request) {
    const host = (headerOf(request.headers, "host") ?? "").replace(/:\d+$/, "");
    const { pathname } = request.url;
    const route = routeFor(routesOfServer(controller.routes, host), { host, path: pathname }, isRoutePath);
    const requestId = Array.from({ length: 32 }, () => self.kernel.host.random.int(16).toString(16)).join("");
    const asked = { request, host, scheme, requestId };
    const answered = route ? yield* along(self, route, asked) : nobody(pathname);
    yield* log(self, asked, { answered, route });
    const date: HttpHeader = ["Date", new Date(self.kernel.host.wallMs()).toUTCString()];
    return { ...answered, headers: [date, ...answered.headers] };
  };
}

interface Asked {
  readonly request: Request;
  readonly host: string;
  readonly scheme: "http" | "https";
  readonly requestId: string;
}

/** What no Ingress is for: load balancers ask a server of no name for its health. */
function nobody(path: string): Response {
  return path === "/healthz" ? { status: 200, headers: [["Content-Type", "text/html"]], body: "" } : page(404);
}

function page(status: number, headers: readonly HttpHeader[] = []): Response {
  return { status, headers: [["Content-Type", "text/html"], ...headers], body: errorPage(status, "nginx") };
}

/** Whether the paths of an Ingress are patterns. */
function hasPatterns(ingress: Ingress): boolean {
  return annotationOf(ingress, "use-regex") === "true" || annotationOf(ingress, "rewrite-target") !== undefined;
}

function isRoutePath(route: Route, path: string): boolean {
  if (route.isExact || route.path === "" || !hasPatterns(route.ingress)) return isOfPath(route, path);
  return regularExpression(`(?i)^${route.path}`)?.matcher(path).find() ?? false;
}

function* along(self: Process, route: Route, asked: Asked): Running<Response> {
  const moved = redirection(route, asked);
  if (moved) return moved;
  if (route.target === undefined) return page(503);
  const { request, host, scheme, requestId } = asked;
  const { method, headers, body, url, connection } = request;
  const to = new URL(route.target);
  const { ip } = connection.remote;
  const port = scheme === "https" ? "443" : "80";
  const outcome = yield* askHttp(self, {
    ...{ host: to.hostname, port: Number(to.port || 80), method },
    target: `${rewritten(route, url.pathname)}${url.search}`,
    headers: [
      ["Host", headerOf(headers, "host") ?? host],
      ["X-Request-ID", requestId],
      ["X-Real-IP", ip],
      ["X-Forwarded-For", ip],
      ["X-Forwarded-Host", host],
      ["X-Forwarded-Port", port],
      ["X-Forwarded-Proto", scheme],
      ["X-Forwarded-Scheme", scheme],
      ["X-Scheme", scheme],
      ...headers.filter(
        ([name]) => !ofConnection.test(name) && !/^x-(forwarded-|real-ip|request-id|scheme)/i.test(name),
      ),
    ],
    ...(body === "" ? {} : { body }),
    untilMs: self.kernel.host.uptimeMs() + proxyMsMax,
  });
  if (outcome.kind === "answer") {
    const kept = outcome.headers.filter(([name]) => !ofConnection.test(name) && !/^(server|date)$/i.test(name));
    return { status: outcome.status, headers: kept, body: outcome.body };
  }
  if (outcome.kind === "late") return page(504);
  // Of a Service with nobody behind it the controller knows; one who does not take connections is another thing.
  return page(outcome.kind === "unconnected" ? 503 : 502);
}

/** Where a request is sent to instead; undefined: nowhere. */
function redirection({ ingress }: Route, { request, host, scheme }: Asked): Response | undefined {
  const { pathname, search } = request.url;
  const to = (status: number, location: string) => page(status, [["Location", location]]);
  const permanent = annotationOf(ingress, "permanent-redirect");
  if (permanent !== undefined) return to(301, permanent);
  const temporal = annotationOf(ingress, "temporal-redirect");
  if (temporal !== undefined) return to(302, temporal);
  const isSecured = (ingress.spec?.tls ?? []).some(({ hosts = [] }) => hosts.includes(host));
  const wants = annotationOf(ingress, "force-ssl-redirect") === "true";
  const redirects = wants || (isSecured && annotationOf(ingress, "ssl-redirect") !== "false");
  if (scheme === "http" && redirects) return to(308, `https://${host}${pathname}${search}`);
  const root = annotationOf(ingress, "app-root");
  return root !== undefined && pathname === "/" ? to(302, `${scheme}://${host}${root}`) : undefined;
}

/** What a Service is asked for: the groups of the pattern stand for `$1` and so on. */
function rewritten(route: Route, path: string): string {
  const target = annotationOf(route.ingress, "rewrite-target");
  if (target === undefined || target === "") return path;
  const matcher = regularExpression(`(?i)^${route.path}`)?.matcher(path);
  if (!matcher?.find()) return target;
  const made = target.replace(/\$(\d)/g, (_, digit: string) =>
    Number(digit) <= matcher.groupCount() ? (matcher.group(Number(digit)) ?? "") : "",
  );
  return made.startsWith("/") ? made : `/${made}`;
}

interface Told {
  readonly answered: Response;
  readonly route: Route | undefined;
}

/** A line as the controller's own format has it. */
function* log(self: Process, { request, requestId }: Asked, { answered, route }: Told): Running<void> {
  const { method, target, headers, connection, body } = request;
  const header = (name: string) => headerOf(headers, name) ?? "-";
  const { status } = answered;
  const size = answered.body?.length ?? 0;
  const { namespace } = route?.ingress.metadata ?? {};
  const upstream =
    route?.target === undefined
      ? ""
      : `${namespace}-${new URL(route.target).hostname.split(".")[0]}-${new URL(route.target).port || 80}`;
  const line = `${connection.remote.ip} - - [${requestStamp(self)}] "${method} ${target} HTTP/1.1" ${status} ${size} "${header("referer")}" "${header("user-agent")}" ${body.length} 0.000 [${upstream}] [] - ${size} 0.000 ${status} ${requestId}`;
  yield* print(self, `${line}\n`);
}
