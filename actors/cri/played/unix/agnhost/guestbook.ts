import { bracketed } from "../../../../network/ip.ts";
import { sleepUntil } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { dialHttp } from "./_dial.ts";
import { answer, fatal, formValue, go, goJson, listenAndServe, log, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const registerMsMax = 15_000;
const registerEachMs = 1_000;

interface Book {
  readonly backendPort: number;
  readonly store: Map<string, string>;
  readonly replicas: string[];
}

/** A book of guests with a primary and its replicas. */
export const guestbook: Subcommand = {
  name: "guestbook",
  flags: { "http-port": "80", "backend-port": "6379", replicaof: "" },
  *run(self, given) {
    const book: Book = { backendPort: Number(given.text("backend-port")), store: new Map(), replicas: [] };
    const primary = given.text("replicaof");
    if (primary !== "") go(self, (thread) => register(thread, book, primary));
    yield* listenAndServe(self, Number(given.text("http-port")), function* (thread, request) {
      const route = routes[request.url.pathname];
      return route ? yield* route(thread, book, request) : problem(thread, "404 page not found", 404);
    });
    return yield* waitForEver();
  },
};

function* register(self: Process, { backendPort, store }: Book, primary: string): Running<void> {
  const { uptimeMs, network } = self.kernel.host;
  const untilMs = uptimeMs() + registerMsMax;
  while (uptimeMs() < untilMs) {
    const request = `register?host=${network.ip}`;
    yield* log(self, `Registering to primary: ${primary}:${backendPort}/${request}`);
    const got = yield* ask(self, { host: primary, port: backendPort }, request);
    if (got.ok) {
      const data = dataOf(got.text);
      for (const [key, value] of Object.entries(data)) store.set(key, String(value));
      return yield* log(self, `Registered to node: ${primary}`);
    }
    yield* log(self, `encountered error while registering to primary: ${got.error}. Retrying in 1s.`);
    yield* sleepUntil(self, uptimeMs() + registerEachMs);
  }
  yield* fatal(self, "Timed out while registering to primary.");
}

function dataOf(text: string): object {
  try {
    const { data } = JSON.parse(text) as { data?: object };
    return data ?? {};
  } catch {
    return {};
  }
}

function* ask(self: Process, { host, port }: { host: string; port: number }, request: string) {
  const found = yield* addressesOf(self, host);
  if (!found.ok)
    return {
      ok: false,
      error: `Get "http://${bracketed(host)}:${port}/${request}": dial tcp: lookup ${host}: no such host`,
    } as const;
  return yield* dialHttp(self, { ip: found.addresses[0] ?? "", port }, request);
}

type Route = (self: Process, book: Book, request: Request) => Running<Response>;

const routes: Readonly<Record<string, Route>> = {
  *"/register"(self, { store, replicas }, request) {
    const ip = formValue(request, "host");
    yield* log(self, `GET /register?host=${ip}`);
    replicas.push(ip);
    yield* log(self, `Node '${ip}' registered.`);
    return answer(self, goJson({ data: Object.fromEntries(store) }));
  },
  *"/get"(self, { store }, request) {
    const key = formValue(request, "key");
    yield* log(self, `GET /get?key=${key}`);
    return answer(self, goJson({ data: key === "" ? Object.fromEntries(store) : (store.get(key) ?? "") }));
  },
  *"/set"(self, { store, replicas, backendPort }, request) {
    const key = formValue(request, "key");
    const value = formValue(request, "value");
    yield* log(self, `GET /set?key=${key}&value=${value}`);
    if (key === "") return problem(self, "cannot set with empty key.", 400);
    store.set(key, value);
    for (const replica of replicas) {
      const got = yield* dialHttp(self, { ip: replica, port: backendPort }, `set?key=${key}&value=${value}`);
      if (!got.ok)
        return problem(self, `encountered error while propagating to replica '${replica}': ${got.error}`, 417);
    }
    return answer(self, goJson({ message: "Updated" }));
  },
  *"/guestbook"(self, { backendPort }, request) {
    const command = formValue(request, "cmd").toLowerCase();
    const key = formValue(request, "key");
    const value = formValue(request, "value");
    yield* log(self, `GET /guestbook?cmd=${command}&key=${key}&value=${value}`);
    if (command !== "get" && command !== "set") return problem(self, `unsupported cmd: '${command}'`, 400);
    if (command === "set" && key === "") return problem(self, "cannot set with empty key.", 400);
    const host = command === "get" ? "agnhost-replica" : "agnhost-primary";
    const got = yield* ask(self, { host, port: backendPort }, `${command}?key=${key}&value=${value}`);
    return got.ok ? answer(self, got.text) : problem(self, `encountered error: ${got.error}`, 417);
  },
};
