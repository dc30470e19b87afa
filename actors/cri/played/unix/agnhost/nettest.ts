import { ownValue } from "../../../../api/types.ts";
import { hostPort } from "../../../../network/ip.ts";
import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askHttp } from "../programs/_ask_http.ts";
import { fileText } from "../programs/_curl_security.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, exit, fatal, go, listenAndServe, log, waitForEver } from "./_go.ts";
import type { Given, Subcommand } from "./_subcommand.ts";

/** What it tells at `/read`, in this order. */
interface State {
  readonly Hostname: string;
  Sent: Record<string, number> | null;
  Received: Record<string, number> | null;
  Errors: string[] | null;
  Log: string[] | null;
  StillContactingPeers: boolean;
}

const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
const linesMax = 500;
const eachMs = 5_000;
const waitMsMax = 300_000;
const rounds = 15;

/** A server that notes who speaks to it, and that speaks to all others of its Service. */
export const nettest: Subcommand = {
  name: "nettest",
  flags: { port: 8080, peers: 8, service: "nettest", namespace: "default", "delay-shutdown": 0 },
  *run(self, given) {
    if (given.text("service") === "") return yield* fatal(self, "Must provide -service flag.");
    const state: State = {
      ...{ Hostname: self.kernel.host.hostname, Sent: null, Received: null },
      ...{ Errors: null, Log: null, StillContactingPeers: true },
    };
    go(self, (thread) => contactOthers(thread, state, given));
    yield* listenAndServe(self, given.number("port"), (thread, request) => route(thread, request, { state, given }));
    const delayMs = given.number("delay-shutdown") * 1_000;
    if (delayMs === 0) return yield* waitForEver();
    self.handlers.set("TERM", "catch");
    while (self.pending.length === 0) yield {};
    yield* log(self, `Sleeping ${delayMs / 1_000} seconds before exit ...`);
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + delayMs);
    return 0;
  },
};

function* route(
  self: Process,
  { url, body }: Request,
  { state, given }: { readonly state: State; readonly given: Given },
): Running<Response> {
  if (url.pathname === "/quit") return yield* exit(self, 0);
  if (url.pathname === "/read") return answer(self, JSON.stringify(state, undefined, "\t"));
  if (url.pathname === "/write") return answer(self, `${JSON.stringify(noted(state, body))}\n`);
  if (url.pathname !== "/status") return answer(self, "404 page not found\n", { status: 404 });
  const peers = given.number("peers");
  const isMet = [state.Sent, state.Received].every((met) => Object.keys(met ?? {}).length >= peers);
  return answer(self, isMet ? "pass" : state.StillContactingPeers ? "running" : "fail");
}

/** Notes who has spoken to it. */
function noted(state: State, body: string): { readonly Hostname: string } {
  const source = sourceOf(body);
  if (source === undefined)
    addTo(state, "Errors", `invalid character ${JSON.stringify(body[0] ?? "")} looking for beginning of value`);
  if (!source) addTo(state, "Errors", `${state.Hostname}: Got request with no source`);
  else count(state, "Received", source);
  return { Hostname: state.Hostname };
}

function sourceOf(body: string): string | undefined {
  try {
    const { Source = "" } = JSON.parse(body) as { readonly Source?: unknown };
    return typeof Source === "string" ? Source : "";
  } catch {
    return undefined;
  }
}

function addTo(state: State, list: "Errors" | "Log", text: string): void {
  state[list] = [...(state[list] ?? []), text].slice(-linesMax);
}

function count(state: State, whom: "Sent" | "Received", name: string): void {
  state[whom] = { ...state[whom], [name]: (ownValue(state[whom] ?? {}, name) ?? 0) + 1 };
}

/** Waits until its Service has as many endpoints as it is to meet, and speaks to each of them, again and again. */
function* contactOthers(self: Process, state: State, given: Given): Running<void> {
  const { uptimeMs } = self.kernel.host;
  const peers = given.number("peers");
  const untilMs = uptimeMs() + waitMsMax;
  while (uptimeMs() < untilMs) {
    const found = yield* endpointsOf(self, given);
    if (found.length >= peers) break;
    const which = `${given.text("namespace")}/${given.text("service")}`;
    addTo(
      state,
      "Log",
      `${which} has ${found.length} endpoints ([${found.join(" ")}]), which is less than ${peers} as expected. Waiting for all endpoints to come up.`,
    );
    yield* sleepUntil(self, uptimeMs() + eachMs);
  }
  for (let round = 0; round < rounds; round++) {
    for (const each of yield* endpointsOf(self, given)) yield* contact(self, state, each);
    yield* sleepUntil(self, uptimeMs() + eachMs);
  }
  state.StillContactingPeers = false;
}

function* contact(self: Process, state: State, place: string): Running<void> {
  addTo(state, "Log", `Attempting to contact http://${place}`);
  const [host = "", port = ""] = place.split(":");
  const outcome = yield* askHttp(self, {
    ...{ host, port: Number(port), method: "POST", target: "/write" },
    headers: [["Content-Type", "application/json"]],
    body: JSON.stringify({ Source: state.Hostname, Dest: `http://${place}` }),
  });
  if (outcome.kind !== "answer")
    return addTo(state, "Log", `Warning: unable to contact the endpoint "http://${place}": ${outcome.kind}`);
  const [, name] = /"Hostname":"([^"]*)"/.exec(outcome.body) ?? [];
  if (name !== undefined) count(state, "Sent", name);
}

/** Where the Service's pods are, as the API says it to the pod's account. */
function* endpointsOf(self: Process, given: Given): Running<readonly string[]> {
  const host = self.env.get("KUBERNETES_SERVICE_HOST") ?? "";
  const outcome = yield* askHttp(self, {
    ...{ host, port: Number(self.env.get("KUBERNETES_SERVICE_PORT") ?? 443) },
    target: `/api/v1/namespaces/${given.text("namespace")}/endpoints/${given.text("service")}`,
    secured: { serverName: host, trusted: fileText(self, `${folder}/ca.crt`) ?? "" },
    headers: [["Authorization", `Bearer ${(fileText(self, `${folder}/token`) ?? "").trim()}`]],
    untilMs: self.kernel.host.uptimeMs() + waitMsMax,
  });
  if (outcome.kind !== "answer" || outcome.status !== 200) return [];
  const { subsets = [] } = JSON.parse(outcome.body) as Found;
  return subsets.flatMap(({ addresses = [], ports = [] }) =>
    addresses.flatMap(({ ip }) => ports.map(({ port }) => hostPort({ ip, port }))),
  );
}

interface Found {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string }[];
    readonly ports?: readonly { readonly port: number }[];
  }[];
}
