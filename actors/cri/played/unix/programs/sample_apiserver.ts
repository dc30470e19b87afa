import { answer, fatal, listenAndServe, problem, waitForEver } from "../agnhost/_go.ts";
import { parseFlags } from "../agnhost/_subcommand.ts";
import { bytesOf, textOf } from "../byte_text.ts";
import { closeFile, connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import {
  type Asked,
  answerShelf,
  apiVersion,
  changesSince,
  createShelf,
  type Place,
  type Shelf,
  type ShelfKind,
} from "../wardle/shelf.ts";
import type { Request, Response } from "./_serve_http.ts";

const [group = "", version = ""] = apiVersion.split("/");
const kinds: readonly (ShelfKind & { readonly singularName: string })[] = [
  { kind: "Fischer", plural: "fischers", singularName: "fischer", namespaced: false },
  { kind: "Flunder", plural: "flunders", singularName: "flunder", namespaced: true },
];
const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

const flags = {
  ...{ "etcd-servers": "", "tls-cert-file": "", "tls-private-key-file": "", "secure-port": 443 },
  ...{ "audit-log-path": "", "audit-log-maxage": 0, "audit-log-maxbackup": 0, "feature-gates": "" },
  ...{ "authentication-kubeconfig": "", "authorization-kubeconfig": "", kubeconfig: "" },
};
const connectMs = 5_000;
/** Who watches hears of a change so soon. */
const watchEachMs = 100;
const watchMsUsual = 30 * 60_000;

/**
 * The server of Kubernetes' own example of further APIs, Flunders and Fischers, as far as an aggregator needs one. It
 * does not start before its etcd listens, and keeps its objects in memory.
 */
export const sampleApiserver: Program = {
  names: ["sample-apiserver"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    const given = parseFlags({ name: "sample-apiserver", flags, run: () => 0 }, self.argv.slice(1));
    if (typeof given === "string") {
      yield* writeTo(self, self.files.get(2), `Error: ${given}\n`);
      return 1;
    }
    const [certFile, keyFile] = [given.text("tls-cert-file"), given.text("tls-private-key-file")];
    if (certFile === "" || keyFile === "") {
      return yield* fatal(self, "kubetroupe plays this server with --tls-cert-file and --tls-private-key-file only");
    }
    const etcd = given.text("etcd-servers");
    if (!URL.canParse(etcd)) return yield* fatal(self, "--etcd-servers must be specified");
    while (!(yield* isListening(self, new URL(etcd)))) {
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + 1_000);
    }
    const shelf = createShelf();
    const where = { port: given.number("secure-port"), certFile, keyFile };
    yield* listenAndServe(self, where, (thread, request) => serve(thread, request, shelf));
    return yield* waitForEver();
  },
};

function* isListening(self: Process, { hostname, port }: URL): Running<boolean> {
  const outcome = yield* connectTo(self, { ip: hostname, port: Number(port) }, connectMs);
  if (hasNotConnected(outcome)) return false;
  closeFile(self, keepFile(self, outcome));
  return true;
}

const health: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

function serve(self: Process, request: Request, shelf: Shelf): Response {
  const { pathname, searchParams: query } = request.url;
  if (health.has(pathname)) return answer(self, "ok");
  const document = documents[pathname.replace(/\/$/, "")];
  if (document && request.method === "GET") return json(self, { code: 200, body: document });
  const place = placeOf(pathname);
  if (!place) return problem(self, "404 page not found", 404);
  // The aggregator says who asks; whoever comes by himself shows nobody that he may.
  const names = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  if (!names.has("x-remote-user")) return problem(self, "Forbidden", 403);
  const { random, wallMs } = self.kernel.host;
  const digits = (length: number, base: number) =>
    Array.from({ length }, () => random.int(base).toString(base)).join("");
  const uid = `${digits(8, 16)}-${digits(4, 16)}-4${digits(3, 16)}-a${digits(3, 16)}-${digits(12, 16)}`;
  const now = new Date(wallMs()).toISOString().replace(/\.\d+/, "");
  const [type = ""] = (names.get("content-type") ?? "").split(";");
  const asked = { ...place, method: request.method, query, body: textOf(request.body), type };
  if (isTrue(query.get("watch"))) return watch(self, request, { shelf, asked });
  const done = answerShelf(shelf, asked, { uid, suffix: digits(5, 36), now });
  return json(self, done.ok ? done.value : { code: done.failure.code, body: done.failure });
}

function isTrue(text: string | null): boolean {
  return text === "true" || text === "1";
}

interface Watching {
  readonly shelf: Shelf;
  readonly asked: Asked;
}

/** Tells of changes, a line of JSON for each, until the client goes or its time is over. */
function watch(self: Process, { connection }: Request, { shelf, asked }: Watching): Response {
  const from = asked.query.get("resourceVersion") ?? "";
  const begun = changesSince(shelf, asked, from === "" || from === "0" ? undefined : Number(from));
  if (!begun.ok) return json(self, { code: begun.failure.code, body: begun.failure });
  const { uptimeMs } = self.kernel.host;
  const seconds = Number(asked.query.get("timeoutSeconds") ?? 0);
  const untilMs = uptimeMs() + (seconds > 0 ? seconds * 1_000 : watchMsUsual);
  let changes = begun.value;
  let { revision } = shelf;
  const headers = [["Content-Type", "application/json"]] as const;
  return {
    ...answer(self, "", { headers }),
    *more(write) {
      while (!connection.isBroken()) {
        for (const { type, object } of changes) yield* write(bytesOf(`${JSON.stringify({ type, object })}\n`));
        if (uptimeMs() >= untilMs) return;
        yield* sleepUntil(self, Math.min(untilMs, uptimeMs() + watchEachMs));
        const more = changesSince(shelf, asked, revision);
        revision = shelf.revision;
        changes = more.ok ? more.value : [];
        if (more.ok) continue;
        return yield* write(bytesOf(`${JSON.stringify({ type: "ERROR", object: more.failure })}\n`));
      }
    },
  };
}

function json(self: Process, { code, body }: { readonly code: number; readonly body: object }): Response {
  return answer(self, bytesOf(JSON.stringify(body)), { status: code, headers: [["Content-Type", "application/json"]] });
}

function placeOf(pathname: string): Place | undefined {
  const [api, inGroup, inVersion, ...rest] = pathname.split("/").filter((part) => part !== "");
  if (api !== "apis" || inGroup !== group || inVersion !== version) return undefined;
  const isIn = rest[0] === "namespaces" && rest.length > 2;
  const [plural, name, more] = isIn ? rest.slice(2) : rest;
  const of = kinds.find((each) => each.plural === plural);
  if (!of || more !== undefined || (isIn && !of.namespaced) || (name !== undefined && isIn !== of.namespaced))
    return undefined;
  return { of, ...(isIn ? { namespace: rest[1] ?? "" } : {}), ...(name === undefined ? {} : { name }) };
}

const ofVersion = { groupVersion: apiVersion, version };
const ofGroup = { name: group, versions: [ofVersion], preferredVersion: ofVersion };
const resources = kinds.map(({ plural: name, ...each }) => ({ name, ...each, verbs }));
const documents: Readonly<Record<string, object>> = {
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [ofGroup] },
  [`/apis/${group}`]: { kind: "APIGroup", apiVersion: "v1", ...ofGroup },
  [`/apis/${apiVersion}`]: { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersion, resources },
};
