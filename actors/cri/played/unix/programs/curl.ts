import { ownValue } from "../../../../api/types.ts";
import { statusTexts } from "../../../../network/http/status_texts.ts";
import { hostPort } from "../../../../network/ip.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import type { Secured } from "../kernel/connection.ts";
import { openPath, print, readAll, sleepUntil, writeTo } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { askHttp, type Outcome } from "./_ask_http.ts";
import { type CurlOptions, curlOptions } from "./_curl_options.ts";
import { curlSecurity, untrustedText } from "./_curl_security.ts";
import { isNameError } from "./_socket_errors.ts";

/** Gets what is at URLs, as curl does. */
export const curl: Program = {
  names: ["curl"],
  *run(self) {
    const options = curlOptions(self.argv.slice(1));
    if (typeof options === "string") {
      yield* say(self, `curl: ${options}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`);
      return 2;
    }
    if (options.flags.has("version")) {
      yield* print(self, "curl 8.5.0 (kubetroupe) libcurl/8.5.0\nProtocols: http https\n");
      return 0;
    }
    if (options.urls.length === 0) {
      yield* say(self, "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
      return 2;
    }
    const data = yield* dataOf(self, options);
    if (data === null) return 26;
    let status = 0;
    for (const url of options.urls) status = yield* fetchOne(self, { options, url, data });
    return status;
  },
};

interface Fetched {
  readonly options: CurlOptions;
  readonly url: string;
  readonly data: string | undefined;
}

const redirectsMax = 50;

function* say(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), text);
}

/** What is sent; `null`: a file could not be read. */
function* dataOf(self: Process, { data, flags }: CurlOptions): Running<string | undefined | null> {
  const parts: string[] = [];
  for (const { text, isFile } of data) {
    if (!isFile) {
      parts.push(text);
      continue;
    }
    const file = text === "-" ? self.files.get(0) : openPath(self, text, { canRead: true, canWrite: false });
    if (!file || "error" in file) {
      if (!flags.has("silent")) yield* say(self, `curl: option -d: error encountered when reading a file\n`);
      return null;
    }
    parts.push(yield* readAll(self, file));
  }
  return data.length === 0 ? undefined : parts.join("&");
}

function* fetchOne(self: Process, { options, url: address, data }: Fetched): Running {
  const { flags, values } = options;
  const startedMs = self.kernel.host.uptimeMs();
  const tries = Number(values.get("retry") ?? 0);
  for (let attempt = 0; ; attempt++) {
    const fault = yield* once(self, { options, url: address, data });
    if (fault === undefined) return 0;
    const { code, text, isTransient } = fault;
    if (attempt < tries && (isTransient || flags.has("retry-all-errors"))) {
      const delayMs = values.has("retry-delay") ? Number(values.get("retry-delay")) * 1000 : 1000 * 2 ** attempt;
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + delayMs);
      continue;
    }
    const isShown = !flags.has("silent") || flags.has("show-error");
    const elapsedMs = Math.round(self.kernel.host.uptimeMs() - startedMs);
    if (isShown && text !== "") yield* say(self, `curl: (${code}) ${text.replace("{ms}", String(elapsedMs))}\n`);
    return code;
  }
}

interface Fault {
  readonly code: number;
  readonly text: string;
  readonly isTransient: boolean;
}

function* once(self: Process, { options, url: address, data }: Fetched): Running<Fault | undefined> {
  const { flags, values } = options;
  const { uptimeMs } = self.kernel.host;
  const beganMs = uptimeMs();
  const wait = (name: string) =>
    values.has(name) ? beganMs + Number(values.get(name)) * 1000 : Number.POSITIVE_INFINITY;
  const limits = { untilMs: wait("max-time"), connectUntilMs: wait("connect-timeout") };
  let url = urlOf(
    flags.has("get") && data !== undefined ? `${address}${address.includes("?") ? "&" : "?"}${data}` : address,
  );
  let method =
    values.get("request") ?? (flags.has("head") ? "HEAD" : data !== undefined && !flags.has("get") ? "POST" : "GET");
  let body = flags.has("get") ? undefined : data;
  for (let hop = 0; hop <= redirectsMax; hop++) {
    if (!url) return { code: 3, text: "URL using bad/illegal format or missing URL", isTransient: false };
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return { code: 1, text: `Protocol "${url.protocol.slice(0, -1)}" not supported`, isTransient: false };
    }
    const secured = url.protocol === "https:" ? curlSecurity(self, options, url) : undefined;
    if (secured && "unread" in secured)
      return { code: 77, text: `error setting certificate file: ${secured.unread}`, isTransient: false };
    const outcome = yield* ask(self, { options, url, method, body, limits, secured });
    if (outcome.kind !== "answer") {
      const part = "part" in outcome ? outcome.part : undefined;
      if (part) yield* put(self, { options, url, outcome: part, method });
      const told = { status: part?.status ?? 0, size: part?.body.length ?? 0 };
      yield* writeOut(self, options, { ...told, elapsedMs: uptimeMs() - beganMs, url });
      return faultOf(outcome, url, limits);
    }
    const { status, headers } = outcome;
    const location = headers.find(([name]) => name.toLowerCase() === "location")?.[1];
    const next =
      flags.has("location") &&
      status >= 300 &&
      status < 400 &&
      location !== undefined &&
      URL.canParse(location, url.href);
    if (next && location !== undefined) {
      url = new URL(location, url);
      if (status === 303 || (status < 303 && method === "POST" && !values.has("request"))) {
        method = "GET";
        body = undefined;
      }
      continue;
    }
    const isRefused = status >= 400 && (flags.has("fail") || flags.has("fail-with-body"));
    if (!isRefused || flags.has("fail-with-body")) {
      const fault = yield* put(self, { options, url, outcome, method });
      if (fault) return fault;
    }
    yield* writeOut(self, options, {
      status,
      size: isRefused ? 0 : outcome.body.length,
      elapsedMs: uptimeMs() - beganMs,
      url,
    });
    const isTransient = [408, 429, 500, 502, 503, 504].includes(status);
    return isRefused ? { code: 22, text: `The requested URL returned error: ${status}`, isTransient } : undefined;
  }
  return { code: 47, text: `Maximum (${redirectsMax}) redirects followed`, isTransient: false };
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

function urlOf(address: string): URL | undefined {
  const whole = /^\w+:\/\//.test(address) ? address : `http://${address}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

interface Asking {
  readonly options: CurlOptions;
  readonly url: URL;
  readonly method: string;
  readonly body: string | undefined;
  readonly limits: { readonly untilMs: number; readonly connectUntilMs: number };
  readonly secured: Secured | undefined;
}

function* ask(self: Process, { options, url, method, body, limits, secured }: Asking): Running<Outcome> {
  const { flags, headers: given, values } = options;
  const port = portOf(url);
  const resolved = options.resolve.get(`${url.hostname}:${port}`);
  const found = resolved === undefined ? yield* addressesOf(self, url.hostname.replace(/^\[|\]$/g, "")) : undefined;
  if (found && !found.ok) return { kind: "unconnected", error: found.code };
  const ip = resolved ?? (found?.ok ? (found.addresses[0] ?? "") : "");
  const user = values.get("user");
  const usual: [string, string][] = [
    ["Host", url.host],
    ...(user === undefined
      ? []
      : [["Authorization", `Basic ${Buffer.from(user, "latin1").toString("base64")}`] as [string, string]]),
    ["User-Agent", values.get("user-agent") ?? "curl/8.5.0"],
    ["Accept", "*/*"],
    ...(body === undefined
      ? []
      : [
          ["Content-Type", options.isJson ? "application/json" : "application/x-www-form-urlencoded"] as [
            string,
            string,
          ],
        ]),
  ];
  const isGiven = (name: string) => given.some(([each]) => each.toLowerCase() === name.toLowerCase());
  const headers = [...usual.filter(([name]) => !isGiven(name)), ...given.filter(([, value]) => value !== "")];
  if (flags.has("verbose")) {
    yield* say(self, `*   Trying ${hostPort({ ip, port })}...\n`);
  }
  const target = url.pathname + url.search;
  const outcome = yield* askHttp(self, {
    host: ip,
    port,
    method,
    target,
    headers,
    ...limits,
    ...(body === undefined ? {} : { body }),
    ...(secured ? { secured } : {}),
  });
  if (flags.has("verbose") && outcome.kind !== "unconnected") {
    const sent = headers.map(([name, value]) => `> ${name}: ${value}\n`).join("");
    yield* say(
      self,
      `* Connected to ${url.hostname} (${ip}) port ${port}\n> ${method} ${target} HTTP/1.1\n${sent}> \n`,
    );
    if (outcome.kind === "answer") yield* say(self, headText(outcome).replace(/^/gm, "< ").replace(/< $/, ""));
  }
  return outcome;
}

function headText({ status, headers }: Putting["outcome"]): string {
  const line = `HTTP/1.1 ${status} ${statusTexts.get(status) ?? ""}`;
  return `${[line, ...headers.map(([name, value]) => `${name}: ${value}`), ""].map((each) => `${each}\r\n`).join("")}`;
}

function faultOf(outcome: Exclude<Outcome, { kind: "answer" }>, url: URL, limits: Asking["limits"]): Fault {
  const { hostname } = url;
  if (outcome.kind === "untrusted") return { ...untrustedText(outcome.fault, url), isTransient: false };
  const isTransient = outcome.kind !== "nonsense";
  if (outcome.kind === "late")
    return {
      ...{ code: 28, isTransient },
      text: `Operation timed out after {ms} milliseconds with ${outcome.part?.body.length ?? 0} bytes received`,
    };
  if (outcome.kind === "empty") return { code: 52, text: "Empty reply from server", isTransient };
  if (outcome.kind === "nonsense") return { code: 1, text: "Received HTTP/0.9 when not allowed", isTransient };
  if (outcome.kind !== "unconnected") return { code: 56, text: "Recv failure: Connection reset by peer", isTransient };
  if (isNameError(outcome.error)) return { code: 6, text: `Could not resolve host: ${hostname}`, isTransient };
  const isLimited = Number.isFinite(Math.min(limits.untilMs, limits.connectUntilMs));
  if (outcome.error === "ETIMEDOUT" && isLimited)
    return { code: 28, text: "Connection timed out after {ms} milliseconds", isTransient };
  const text = `Failed to connect to ${hostname} port ${portOf(url)} after {ms} ms: Couldn't connect to server`;
  return { code: 7, text, isTransient: false };
}

interface Putting {
  readonly options: CurlOptions;
  readonly url: URL;
  readonly outcome: Pick<Extract<Outcome, { kind: "answer" }>, "status" | "headers" | "body">;
  readonly method: string;
}

function* put(self: Process, { options, url, outcome, method }: Putting): Running<Fault | undefined> {
  const { flags, values } = options;
  const head = flags.has("include") || (flags.has("head") && method === "HEAD") ? headText(outcome) : "";
  const bytes = head + (method === "HEAD" ? "" : outcome.body);
  const name = values.get("output") ?? (flags.has("remote-name") ? baseName(url.pathname) : undefined);
  if (name === undefined || name === "-") {
    yield* print(self, bytes);
    return undefined;
  }
  if (!flags.has("silent") && !flags.has("no-progress-meter")) yield* say(self, meter(bytes.length));
  const file = openPath(self, resolvePath(self.folder, name), {
    canRead: false,
    canWrite: true,
    creates: true,
    truncates: true,
  });
  if ("error" in file) return { code: 23, text: "Failure writing output to destination", isTransient: false };
  yield* writeTo(self, file, bytes);
  return undefined;
}

function meter(length: number): string {
  const size = String(length).padStart(5);
  return (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
    "                                 Dload  Upload   Total   Spent    Left  Speed\n" +
    `100 ${size}  100 ${size}    0     0  ${size}      0 --:--:-- --:--:-- --:--:-- ${size}\n`
  );
}

interface Told {
  readonly status: number;
  readonly size: number;
  readonly elapsedMs: number;
  readonly url: URL | undefined;
}

function* writeOut(self: Process, { values }: CurlOptions, { status, size, elapsedMs, url }: Told): Running<void> {
  const form = values.get("write-out");
  if (form === undefined) return;
  const seconds = (elapsedMs / 1000).toFixed(6);
  const known: Readonly<Record<string, string>> = {
    ...{ http_code: String(status).padStart(3, "0"), response_code: String(status).padStart(3, "0") },
    ...{ size_download: String(size), time_total: seconds, time_connect: seconds, time_starttransfer: seconds },
    ...{ url_effective: url?.href ?? "", exitcode: "0", num_redirects: "0" },
  };
  const text = form
    .replace(/%\{(\w+)\}/g, (_whole, name: string) => ownValue(known, name) ?? "")
    .replace(/\\([nrt])/g, (_whole, letter: string) => ({ n: "\n", r: "\r", t: "\t" })[letter] ?? "");
  yield* print(self, text);
}
