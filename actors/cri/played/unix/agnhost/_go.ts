import type { HttpHeader } from "../../../../network/http/http_message.ts";
import { hostPort } from "../../../../network/ip.ts";
import type { ServerSecurity } from "../../../sockets/secure.ts";
import { bytesOf } from "../byte_text.ts";
import { type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import { print, writeTo } from "../kernel/io.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";
import { fileText } from "../programs/_curl_security.ts";
import { formatDate } from "../programs/_dates.ts";
import { type Handler, type Request, type Response, serveHttp } from "../programs/_serve_http.ts";
import { sniffedType } from "./_sniffed_type.ts";

/** What Go's server tells who speaks no TLS to it. */
const plainAnswer = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/** A line of Go's log, on the standard error. */
export function* log(self: Process, text: string): Running<void> {
  const time = formatDate(new Date(self.kernel.host.wallMs()), "%Y/%m/%d %H:%M:%S");
  yield* writeTo(self, self.files.get(2), `${time} ${text.replace(/\n$/, "")}\n`);
}

/** A line of Kubernetes' own log. */
export function* klog(self: Process, level: "I" | "W" | "E", text: string): Running<void> {
  const time = formatDate(new Date(self.kernel.host.wallMs()), "%m%d %H:%M:%S");
  yield* writeTo(self, self.files.get(2), `${level}${time}.000000       1 main.go:60] ${text}\n`);
}

/** A line on the standard output. */
export function* printLine(self: Process, text: string): Running<void> {
  yield* print(self, `${text}\n`);
}

/** Says why it cannot go on, and ends the whole process. */
export function* fatal(self: Process, text: string): Running<never> {
  yield* log(self, text);
  return yield* exit(self, 1);
}

/** Ends the whole process, whichever of its threads asks for it. */
export function* exit(self: Process, status: number): Running<never> {
  if (!self.leader) throw new ProcessExit(status);
  self.kernel.end(self.leader, status);
  for (;;) yield {};
}

/** Does something beside all else. */
export function go(self: Process, body: (thread: Process) => Running<unknown>): void {
  const { argv, env, folder, user, kernel } = self;
  const files = new Map([...self.files].filter(([descriptor]) => descriptor < 3));
  kernel.spawn({
    ...{ parent: self, argv, env, folder, user, isThread: true, files },
    *run(thread) {
      yield* body(thread);
      return 0;
    },
  });
}

/** Where a server listens, and with which files of certificates. */
export interface ListenAt {
  readonly port: number;
  /** Paths; both, or none for plain connections. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** By TLS, with what is said here instead of files, at each time: PEM texts. Default: by files, if there are any. */
  readonly shown?: () => string;
  /** By TLS, with a certificate of the image's own that nobody trusts. Default false. */
  readonly isOwnTls?: boolean;
}

/** Serves HTTP at a port, beside all else; with files of a certificate by TLS. */
export function* listenAndServe(self: Process, where: number | ListenAt, handler: Handler): Running<void> {
  const {
    port,
    certFile = "",
    keyFile = "",
    isOwnTls,
    shown,
  }: ListenAt = typeof where === "number" ? { port: where } : where;
  const certificates = shown ?? (isOwnTls ? () => "" : undefined);
  let security: ServerSecurity | undefined = certificates && { certificates, plainAnswer };
  if (certFile !== "" || keyFile !== "") {
    const [certificates, key] = [fileText(self, certFile), fileText(self, keyFile)];
    const missing = certificates === undefined ? certFile : key === undefined ? keyFile : undefined;
    if (missing !== undefined) return yield* fatal(self, `open ${missing}: no such file or directory`);
    const problem = self.kernel.host.network.trust.keyProblem(certificates ?? "", key ?? "");
    if (problem !== undefined) return yield* fatal(self, `tls: ${problem}`);
    security = { certificates: () => certificates ?? "", plainAnswer };
  }
  const listener = listenAt(self, port, security);
  if (!listener) return yield* fatal(self, `listen tcp :${port}: bind: address already in use`);
  keepFile(self, listener);
  go(self, (thread) => serveHttp(thread, listener, guarded(handler)));
}

/** Of what a request has in it its own connection dies, as in Go, and nothing else. */
function guarded(handler: Handler): Handler {
  return function* handle(self, request) {
    if (hasBadEscape(request.url.pathname)) return { status: 400, headers: plainText, body: "400 Bad Request" };
    try {
      const begun = handler(self, request);
      return begun && "next" in begun ? yield* begun : begun;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      yield* log(self, `http: panic serving ${remoteAddress(request.connection)}: ${error.message}`);
      return undefined;
    }
  };
}

const plainText: readonly HttpHeader[] = [
  ["Content-Type", "text/plain; charset=utf-8"],
  ["Connection", "close"],
];

/** Whether a percent sign stands for nothing. */
export function hasBadEscape(text: string): boolean {
  return /%(?![\da-f]{2})/i.test(text);
}

/** The bytes that a text with percent signs stands for, a character each. */
export function unescapedBytes(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Waits for ever: signals end it. */
export function* waitForEver(): Running<never> {
  for (;;) yield {};
}

/** An answer as Go's server gives it. */
export function answer(
  self: Process,
  body: string,
  more: { status?: number; headers?: readonly HttpHeader[] } = {},
): Response {
  const { status = 200, headers = [] } = more;
  const date: HttpHeader = ["Date", new Date(self.kernel.host.wallMs()).toUTCString()];
  const isTyped = body === "" || headers.some(([name]) => name === "Content-Type");
  const type: readonly HttpHeader[] = isTyped ? [] : [["Content-Type", sniffedType(body)]];
  return { status, headers: [...headers, date, ...type], body };
}

/** An answer that says what went wrong. */
export function problem(self: Process, text: string, status: number): Response {
  return answer(self, `${text}\n`, { status, headers: [["X-Content-Type-Options", "nosniff"]] });
}

/** A value of the query or of a form, as bytes. */
export function formValue({ url, method, headers, body }: Request, name: string): string {
  const isForm = headers.some(
    ([key, value]) => key.toLowerCase() === "content-type" && value.startsWith("application/x-www-form"),
  );
  const posted = isForm && method !== "GET" ? new URLSearchParams(body).get(name) : null;
  return bytesOf(posted ?? url.searchParams.get(name) ?? "");
}

/** Who is at the other end, as Go writes it. */
export function remoteAddress({ remote }: Connection): string {
  return hostPort(remote);
}

/** JSON as Go writes it: keys in order, and what HTML could take for its own escaped. */
export function goJson(value: Readonly<Record<string, unknown>>): string {
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(sorted).replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration of Go's: `1m30s`; `undefined` of anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, digits, unit = ""] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(digits) * (unitsMs[unit] ?? 0);
  return text.startsWith("-") ? -ms : ms;
}

/** A duration as Go prints it: `1m30s`, `1.5s`, `12ms`. */
export function durationText(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 1000) return `${Number(ms.toFixed(6))}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
