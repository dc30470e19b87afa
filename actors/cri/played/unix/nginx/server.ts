import { headerOf } from "../../../../network/http/http_message.ts";
import { type Connection, closeFile, keepFile, type Listener, listenAt } from "../kernel/connection.ts";
import { sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { SignalName } from "../kernel/signals.ts";
import { askHttp } from "../programs/_ask_http.ts";
import { acceptAll, converse, type Handler, type Request, type Response } from "../programs/_serve_http.ts";
import { answer, errorPage, type Given, siteFor } from "./answer.ts";
import { accessLine, stamp } from "./log.ts";
import { type Conf, readConf } from "./site.ts";

/** What a server is started with. */
export interface ServerStart {
  /** `nginx/1.27.5`. */
  readonly version: string;
  /** Where its configuration is, and what was given beside it. */
  readonly path: string;
  readonly globals: string;
  readonly conf: Conf;
}

interface Server {
  readonly version: string;
  conf: Conf;
  /** By port. */
  readonly listeners: Map<number, { readonly listener: Listener; readonly descriptor: number }>;
}

const bindTriesMax = 5;
const bindEachMs = 500;

/** Serves until it is told to end. Source: nginx.org, "Controlling nginx". */
export function* runServer(self: Process, { version, path, globals, conf }: ServerStart): Running {
  const server: Server = { version, conf, listeners: new Map() };
  for (const signal of ["TERM", "INT", "QUIT", "HUP", "USR1", "WINCH"] as const) self.handlers.set(signal, "catch");
  if (!(yield* bindAll(self, server))) return 1;
  yield* note(self, 'using the "epoll" event method');
  yield* note(self, version);
  self.argv = [`nginx: master process ${self.argv.join(" ")}`];
  let worker = yield* startWorker(self);
  for (const name of conf.unplayed) {
    yield* log(self, "warn", `kubetroupe plays this server, and "${name}" does nothing in it`);
  }
  const { tree } = self.kernel.host;
  const file = tree.fileToWrite("/run/nginx.pid", true);
  if ("kind" in file && file.kind === "file") tree.setBytes(file, `${self.pid}\n`);
  for (;;) {
    const signal = self.pending.shift();
    if (signal === "HUP" && (yield* reload(self, server, { path, globals }))) {
      const before = worker;
      worker = yield* startWorker(self);
      end(self, before);
    } else if (signal !== undefined && endings.has(signal)) {
      yield* note(
        self,
        `signal ${numbers[signal] ?? 15} (SIG${signal}) received, ${signal === "QUIT" ? "shutting down" : "exiting"}`,
      );
      end(self, worker);
      tree.remove("/run/nginx.pid", "other");
      yield* note(self, "exit");
      return 0;
    }
    if (signal !== undefined) continue;
    if (!acceptEverywhere(self, server))
      yield { on: [...server.listeners.values()].flatMap(({ listener }) => listener.readable ?? []) };
  }
}

const endings: ReadonlySet<SignalName> = new Set(["TERM", "INT", "QUIT"]);
const numbers: Partial<Record<SignalName, number>> = { TERM: 15, INT: 2, QUIT: 3 };

function* log(self: Process, level: string, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), `${stamp(self)} [${level}] ${self.pid}#${self.pid}: ${text}\n`);
}

function* note(self: Process, text: string): Running<void> {
  yield* log(self, "notice", text);
}

/** Listens where the configuration says, and no more where it does not. */
function* bindAll(self: Process, { conf, listeners }: Server): Running<boolean> {
  const wanted = new Set(conf.sites.flatMap(({ ports }) => ports));
  for (const [port, { descriptor }] of listeners) {
    if (wanted.has(port)) continue;
    closeFile(self, descriptor);
    listeners.delete(port);
  }
  for (const port of wanted) {
    if (listeners.has(port)) continue;
    let listener = listenAt(self, port);
    for (let tries = 1; !listener; tries++) {
      yield* log(self, "emerg", `bind() to 0.0.0.0:${port} failed (98: Address already in use)`);
      yield* writeTo(
        self,
        self.files.get(2),
        `nginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)\n`,
      );
      if (tries >= bindTriesMax) {
        yield* log(self, "emerg", "still could not bind()");
        yield* writeTo(self, self.files.get(2), "nginx: [emerg] still could not bind()\n");
        return false;
      }
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + bindEachMs);
      listener = listenAt(self, port);
    }
    listeners.set(port, { listener, descriptor: keepFile(self, listener) });
  }
  return true;
}

function* reload(
  self: Process,
  server: Server,
  { path, globals }: Pick<ServerStart, "path" | "globals">,
): Running<boolean> {
  yield* note(self, "signal 1 (SIGHUP) received, reconfiguring");
  const conf = readConf(self.kernel.host.tree, path, globals);
  if (!conf.ok) {
    const { text, path: where, line } = conf.failure;
    yield* log(self, "emerg", `${text}${line > 0 ? ` in ${where}:${line}` : ""}`);
    return false;
  }
  yield* note(self, "reconfiguring");
  server.conf = conf.value;
  yield* bindAll(self, server);
  return true;
}

/** Who nginx's workers run as in its image. */
const workerUid = 101;

/** Who looks at processes finds a worker: what one would do, threads of the master do. */
function* startWorker(self: Process): Running<Process | undefined> {
  yield* note(self, "start worker processes");
  const { env, folder, kernel, user: master } = self;
  const user = master.uid === 0 ? { ...master, uid: workerUid, gid: workerUid } : master;
  const files = new Map([...self.files].filter(([descriptor]) => descriptor < 3));
  return kernel.spawn({ parent: self, argv: ["nginx: worker process"], env, folder, user, files, run: idle });
}

function* idle(): Running {
  for (;;) yield {};
}

function end({ kernel }: Process, worker: Process | undefined): void {
  if (worker) kernel.signal(worker, "KILL", true);
}

/** Looks after each who has come, at any port; gives back whether there was one. */
function acceptEverywhere(self: Process, server: Server): boolean {
  let hasCome = false;
  for (const [port, { listener }] of server.listeners) {
    const serve = (thread: Process, connection: Connection) => converse(thread, connection, handlerOf(server, port));
    if (acceptAll(self, listener, serve)) hasCome = true;
  }
  return hasCome;
}

function handlerOf(server: Server, port: number): Handler {
  return function* handle(self, request) {
    const header = (name: string) => headerOf(request.headers, name);
    const site = siteFor(server.conf.sites, port, header("host") ?? "");
    if (!site) return undefined;
    const path = decoded(request.url.pathname);
    const asked = { method: request.method, path: path ?? "", query: request.url.search.slice(1), header };
    const place = { tree: self.kernel.host.tree, site, server: server.version };
    const bad: Given = { status: 400, headers: [["Content-Type", "text/html"]], body: errorPage(400, server.version) };
    const own = path === undefined ? bad : answer(place, asked);
    const given = own.passesTo === undefined ? own : yield* pass(self, request, { given: own, server });
    const sizeBytes = request.method === "HEAD" ? 0 : given.body.length;
    const { ip } = request.connection.remote;
    const line = `${request.method} ${request.target} HTTP/1.1`;
    if (given.error !== undefined) {
      const where = `client: ${ip}, server: ${site.names[0] ?? ""}, request: "${line}", host: "${header("host") ?? ""}"`;
      yield* log(self, "error", `*1 ${given.error}, ${where}`);
    }
    yield* writeTo(
      self,
      self.files.get(1),
      accessLine(self, { ip, request: line, status: given.status, sizeBytes, header }),
    );
    return responseOf(self, server, given);
  };
}

function responseOf({ kernel }: Process, { version }: Server, { status, headers, body }: Given): Response {
  const date = new Date(kernel.host.wallMs()).toUTCString();
  return { status, body, headers: [["Server", version], ["Date", date], ...headers] };
}

/** Asks the server that a location passes its requests to. */
function* pass(
  self: Process,
  request: Request,
  { given, server }: { readonly given: Given; readonly server: Server },
): Running<Given> {
  const failed = (status: number, error: string): Given => {
    return { status, headers: [["Content-Type", "text/html"]], body: errorPage(status, server.version), error };
  };
  const to = given.passesTo ?? "";
  if (!URL.canParse(to)) return failed(500, `invalid URL prefix in "${to}"`);
  const { hostname, port, pathname, search, host } = new URL(to);
  const untilMs = self.kernel.host.uptimeMs() + proxyMsMax;
  const forwarded = request.headers.filter(
    ([name]) => !/^(host|connection|content-length|transfer-encoding)$/i.test(name),
  );
  const outcome = yield* askHttp(self, {
    ...{ host: hostname, port: Number(port || 80), method: request.method, target: pathname + search, untilMs },
    headers: [["Host", host], ...forwarded],
    ...(request.body === "" ? {} : { body: request.body }),
  });
  if (outcome.kind === "answer") {
    const headers = outcome.headers.filter(
      ([name]) => !/^(server|date|connection|transfer-encoding|content-length)$/i.test(name),
    );
    return { status: outcome.status, headers, body: outcome.body };
  }
  const isLate = outcome.kind === "late" || (outcome.kind === "unconnected" && outcome.error === "ETIMEDOUT");
  const status = isLate ? 504 : 502;
  const reason = isLate
    ? "upstream timed out (110: Connection timed out)"
    : "connect() failed (111: Connection refused)";
  return failed(status, `${reason} while connecting to upstream, upstream: "${to}"`);
}

const proxyMsMax = 60_000;

function decoded(path: string): string | undefined {
  try {
    return Buffer.from(decodeURIComponent(path), "utf8").toString("latin1");
  } catch {
    return undefined;
  }
}
