import { statusTexts } from "../../../../network/http/status_texts.ts";
import { hostPort } from "../../../../network/ip.ts";
import { hasFailed } from "../files/errno.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import { complain, print, writeTo } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import { type Process, ProcessExit, type Program, type Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { askHttp, type Outcome } from "./_ask_http.ts";
import { isNameError, socketErrors } from "./_socket_errors.ts";

const long = {
  quiet: "q",
  "output-document": "O",
  timeout: "T",
  spider: "s",
  "server-response": "S",
  header: "H",
  "post-data": "d",
  "user-agent": "U",
  tries: "t",
  "no-check-certificate": "n",
  continue: "c",
  "no-verbose": "q",
  "directory-prefix": "P",
};
const timeoutMsDefault = 900_000;
const redirectsMax = 20;

/** Gets a page, as busybox's wget does. */
export const wget: Program = {
  names: ["wget"],
  *run(self) {
    const headers = self.argv.flatMap((word, at, all) => {
      const inline = /^--header=([\s\S]*)$/.exec(word)?.[1];
      const given = inline ?? (word === "--header" ? all[at + 1] : undefined);
      const [, name = "", value = ""] = /^([^:]+):\s*([\s\S]*)$/.exec(given ?? "") ?? [];
      return name === "" ? [] : [[name, value] as const];
    });
    const { flags, rest } = yield* argumentsOf(self, "qO:T:sSH:d:U:t:ncP:Y:", long);
    const [address] = rest;
    if (address === undefined) {
      yield* writeTo(
        self,
        self.files.get(2),
        "Usage: wget [-cqS] [--spider] [-O FILE] [--header STR] [--post-data STR] [-T SEC] URL...\n",
      );
      return 1;
    }
    let url = urlOf(address);
    for (let hop = 0; hop <= redirectsMax; hop++) {
      if (!url) return yield* fail(self, `bad address '${address}'`);
      if (url.protocol !== "http:" && url.protocol !== "https:")
        return yield* fail(self, `not an http or ftp url: ${url.href}`);
      const outcome = yield* get(self, { url, flags, headers });
      if (outcome.kind !== "answer") return yield* fail(self, failureText(outcome, url));
      const { status } = outcome;
      const location = outcome.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
      const line = `HTTP/1.1 ${status} ${statusTexts.get(status) ?? ""}`;
      if (flags.has("S")) {
        const lines = [line, ...outcome.headers.map(([name, value]) => `${name}: ${value}`), ""];
        yield* say(self, lines.map((each) => `  ${each}\n`).join(""));
      }
      if (status >= 300 && status < 400 && location !== undefined && URL.canParse(location, url.href)) {
        url = new URL(location, url);
        continue;
      }
      if (status >= 400 || status < 200) return yield* fail(self, `server returned error: ${line}`);
      return yield* keep(self, { url, flags, body: outcome.body });
    }
    return yield* fail(self, "too many redirections");
  },
};

interface Getting {
  readonly url: URL;
  readonly flags: ReadonlyMap<string, string>;
  readonly headers: readonly (readonly [string, string])[];
}

function urlOf(address: string): URL | undefined {
  const whole = /^\w+:\/\//.test(address) ? address : `http://${address}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function* get(self: Process, { url, flags, headers }: Getting): Running<Outcome> {
  const isSecure = url.protocol === "https:";
  const port = Number(url.port || (isSecure ? 443 : 80));
  const found = yield* addressesOf(self, url.hostname);
  if (!found.ok) return { kind: "unconnected", error: found.code };
  const [ip = ""] = found.addresses;
  if (!flags.has("q"))
    yield* say(self, `Connecting to ${url.hostname}${url.port ? `:${url.port}` : ""} (${hostPort({ ip, port })})\n`);
  if (isSecure && !flags.has("n")) yield* say(self, "wget: note: TLS certificate validation not implemented\n");
  const seconds = Number(flags.get("T") ?? Number.NaN);
  const timeoutMs = Number.isFinite(seconds) ? seconds * 1000 : timeoutMsDefault;
  const body = flags.get("d");
  const agent = flags.get("U") ?? "Wget";
  const form = body === undefined ? [] : [["Content-Type", "application/x-www-form-urlencoded"] as const];
  const usual = [["Host", url.host], ["User-Agent", agent], ...form] as const;
  const isGiven = (name: string) => headers.some(([each]) => each.toLowerCase() === name.toLowerCase());
  return yield* askHttp(self, {
    ...{
      host: ip,
      port,
      target: url.pathname + url.search,
      method: flags.has("s") ? "HEAD" : body === undefined ? "GET" : "POST",
    },
    headers: [...usual.filter(([name]) => !isGiven(name)), ...headers],
    untilMs: self.kernel.host.uptimeMs() + timeoutMs,
    ...(body === undefined ? {} : { body }),
    ...(isSecure ? { secured: { serverName: url.hostname, trusted: "", trustsAll: true } } : {}),
  });
}

function failureText(outcome: Exclude<Outcome, { kind: "answer" }>, { hostname }: URL): string {
  if (outcome.kind === "late") return "download timed out";
  if (outcome.kind === "broken") return "error getting response: Connection reset by peer";
  if (outcome.kind !== "unconnected") return "error getting response";
  if (outcome.error === "ETIMEDOUT") return "download timed out";
  if (isNameError(outcome.error)) return `bad address '${hostname}'`;
  return `can't connect to remote host (${outcome.ip ?? hostname}): ${socketErrors[outcome.error]}`;
}

function* keep(self: Process, { url, flags, body }: { url: URL; flags: Getting["flags"]; body: string }): Running {
  const isQuiet = flags.has("q");
  if (flags.has("s")) {
    if (!isQuiet) yield* say(self, "remote file exists\n");
    return 0;
  }
  const given = flags.get("O");
  if (given === "-") {
    if (!isQuiet) yield* say(self, "writing to stdout\n");
    yield* print(self, body);
    if (!isQuiet) yield* say(self, `${progress("-", body)}written to stdout\n`);
    return 0;
  }
  const name = given ?? (url.pathname.endsWith("/") ? "index.html" : baseName(url.pathname));
  const { tree } = self.kernel.host;
  const path = resolvePath(resolvePath(self.folder, flags.get("P") ?? "."), name);
  if (given === undefined && !hasFailed(tree.find(path))) return yield* fail(self, `can't open '${name}': File exists`);
  const node = tree.fileToWrite(path, true);
  const isWritten = "kind" in node && (node.kind === "special" || (node.kind === "file" && !tree.setBytes(node, body)));
  if (!isWritten) return yield* fail(self, `can't open '${name}': No such file or directory`);
  if (!isQuiet) yield* say(self, `saving to '${name}'\n${progress(name, body)}'${name}' saved\n`);
  return 0;
}

function progress(name: string, { length }: string): string {
  return `${name.slice(0, 20).padEnd(20)} 100% |${"*".repeat(32)}| ${String(length).padStart(5)}  0:00:00 ETA\n`;
}

function* say(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), text);
}

function* fail(self: Process, text: string): Running {
  yield* complain(self, text);
  throw new ProcessExit(1);
}
