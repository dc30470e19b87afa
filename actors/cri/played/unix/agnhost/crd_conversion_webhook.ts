import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, fatal, listenAndServe, log, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

type Fields = Record<string, unknown>;

interface ConversionReview extends Fields {
  readonly request?: {
    readonly uid?: string;
    readonly desiredAPIVersion?: string;
    readonly objects?: readonly Fields[];
  };
}

const versions: ReadonlySet<unknown> = new Set(["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"]);

/** A webhook that converts between two versions of a custom resource: `hostPort` in the one is `host` and `port` in the other. */
export const crdConversionWebhook: Subcommand = {
  name: "crd-conversion-webhook",
  flags: { "tls-cert-file": "", "tls-private-key-file": "", port: 443 },
  *run(self, given) {
    const [certFile, keyFile] = [given.text("tls-cert-file"), given.text("tls-private-key-file")];
    // It serves nothing without a certificate.
    if (certFile === "" || keyFile === "") return yield* fatal(self, "open : no such file or directory");
    yield* listenAndServe(self, { port: given.number("port"), certFile, keyFile }, serve);
    return yield* waitForEver();
  },
};

function* serve(self: Process, request: Request): Running<Response> {
  const { pathname } = request.url;
  if (pathname === "/readyz") return answer(self, "ok");
  if (pathname !== "/crdconvert") return problem(self, "404 page not found", 404);
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (type !== "application/json") {
    const text = `invalid Content-Type header \`${type}\``;
    yield* log(self, text);
    return problem(self, text, 400);
  }
  const review = parsed(request.body);
  if (typeof review === "string") return problem(self, review, 400);
  const { uid, desiredAPIVersion = "", objects = [] } = review.request ?? {};
  const converted = objects.map((object) => convert(object, desiredAPIVersion));
  const failure = converted.find((each) => typeof each === "string");
  const result =
    failure === undefined ? { metadata: {}, status: "Success" } : { metadata: {}, status: "Failure", message: failure };
  const response = { uid, convertedObjects: failure === undefined ? converted : [], result };
  const { apiVersion, kind } = review;
  const headers = [["Content-Type", "application/json"]] as const;
  return answer(self, JSON.stringify({ kind, apiVersion, response }), { headers });
}

/** The review in a body, or what is wrong with it. */
function parsed(body: string): ConversionReview | string {
  try {
    const review = JSON.parse(body) as ConversionReview;
    if (review.kind === "ConversionReview" && versions.has(review.apiVersion)) return review;
    return `Unsupported group version kind: ${String(review.apiVersion)}, Kind=${String(review.kind)}`;
  } catch (error) {
    return `failed to deserialize body (${body}) with error ${(error as Error).message}`;
  }
}

/** The object in the other version, or why there is none. */
function convert(object: Fields, to: string): Fields | string {
  const from = String(object.apiVersion);
  if (from === to) return `conversion from a version to itself should not call the webhook: ${to}`;
  const [group, own] = from.split("/");
  if (own !== "v1" && own !== "v2") return `unexpected conversion version ${JSON.stringify(from)}`;
  if (to !== `${group}/${own === "v1" ? "v2" : "v1"}`) return `unexpected conversion version ${JSON.stringify(to)}`;
  const { hostPort, host, port, ...rest } = object;
  if (own === "v2") {
    if (host === undefined && port === undefined) return { ...object, apiVersion: to };
    return { ...rest, apiVersion: to, hostPort: `${String(host ?? "")}:${String(port ?? "")}` };
  }
  if (hostPort === undefined) return { ...object, apiVersion: to };
  const parts = String(hostPort).split(":");
  if (parts.length !== 2) return `invalid hostPort value \`${String(hostPort)}\``;
  return { ...rest, apiVersion: to, host: parts[0], port: parts[1] };
}
