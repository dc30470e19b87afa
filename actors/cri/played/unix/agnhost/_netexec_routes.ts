import { executable } from "../kernel/executable.ts";
import { sleepUntil, waitFor } from "../kernel/io.ts";
import { openSink, openText } from "../kernel/open_file.ts";
import { type Process, type Running, toEnd } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { dial } from "./_dial.ts";
import { answer, durationText, exit, formValue, goJson, log, parseDuration, problem, remoteAddress } from "./_go.ts";
import { upload } from "./_upload.ts";

/** What the routes of netexec need to know of it. */
export interface Netexec {
  /** Whether its server for datagrams runs. */
  readonly isReady: () => boolean;
  /** Whether it was told to end, and only sees to what has come. */
  readonly isEnding: () => boolean;
  /** Closes it in good order. */
  readonly shutDown: (self: Process, code: number) => Running<never>;
}

type Route = (self: Process, request: Request, netexec: Netexec) => Running<Response>;

/** What netexec answers, by path. */
export const netexecRoutes: Readonly<Record<string, Route>> = {
  *"/"(self) {
    yield* log(self, "GET /");
    const now = new Date(self.kernel.host.wallMs()).toISOString().replace("T", " ").replace("Z", "000000 +0000 UTC");
    return answer(self, `NOW: ${now} m=+${((self.kernel.host.uptimeMs() - self.startedMs) / 1000).toFixed(9)}`);
  },
  *"/clientip"(self, { connection }) {
    yield* log(self, "GET /clientip");
    return answer(self, remoteAddress(connection));
  },
  "/dial": dial,
  *"/echo"(self, request) {
    const message = formValue(request, "msg");
    const code = formValue(request, "code");
    yield* log(self, `GET /echo?msg=${message}&code=${code}`);
    if (code !== "" && !/^\d+$/.test(code)) {
      return answer(self, `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n`);
    }
    return answer(self, message, code === "" ? {} : { status: Number(code) });
  },
  *"/exit"(self, request, netexec) {
    const [wait, timeout, code] = ["wait", "timeout", "code"].map((name) => formValue(request, name));
    yield* log(self, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
    for (const [name, given = ""] of [
      ["timeout", timeout],
      ["wait", wait],
    ] as const) {
      if (given === "" || parseDuration(given) !== undefined) continue;
      return answer(
        self,
        `argument '${name}' must be a valid golang duration or empty, got ${JSON.stringify(given)}\n`,
      );
    }
    if (code && !/^\d+$/.test(code)) {
      return answer(self, `argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n`);
    }
    const waitMs = parseDuration(wait ?? "") ?? 0;
    const timeoutMs = parseDuration(timeout ?? "") ?? 0;
    const shown = `${durationText(waitMs)}, allowing ${durationText(timeoutMs)} for connections to close`;
    yield* log(self, `Will begin shutdown in ${shown}, then will exit with ${Number(code)}`);
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + waitMs);
    return timeoutMs === 0 ? yield* exit(self, Number(code)) : yield* netexec.shutDown(self, Number(code));
  },
  *"/header"(self, request) {
    const key = formValue(request, "key");
    yield* log(self, key === "" ? "GET /header" : `GET /header?key=${key}`);
    if (key === "") return answer(self, goJson(headersByName(request)));
    const found = request.headers.find(([name]) => name.toLowerCase() === key.toLowerCase());
    return answer(self, found?.[1] ?? "");
  },
  *"/healthz"(self, _request, { isReady }) {
    yield* log(self, "GET /healthz");
    return answer(self, "", { status: isReady() ? 200 : 412 });
  },
  *"/readyz"(self, _request, { isReady, isEnding }) {
    yield* log(self, "GET /readyz");
    if (isEnding()) return answer(self, "shutting down", { status: 503 });
    return isReady() ? answer(self, "ok") : answer(self, "", { status: 412 });
  },
  *"/hostname"(self) {
    yield* log(self, "GET /hostname");
    return answer(self, self.kernel.host.hostname);
  },
  *"/hostName"(self) {
    yield* log(self, "GET /hostName");
    return answer(self, self.kernel.host.hostname);
  },
  *"/redirect"(self, request) {
    const location = formValue(request, "location");
    const code = formValue(request, "code");
    yield* log(self, `${request.method} /redirect?msg=${location}&code=${code}`);
    if (code !== "" && !/^\d+$/.test(code)) {
      return answer(self, `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n`);
    }
    return redirect(self, location, code === "" ? 302 : Number(code));
  },
  "/shell": shell,
  *"/shutdown"(self) {
    yield* log(self, "GET /shutdown");
    return yield* exit(self, 0);
  },
  "/upload": upload,
};

const statusNames: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
};

/** The headers of a request as Go keeps them: by their canonical names, and without that of the host. */
function headersByName({ headers }: Request): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    const canonical = name.toLowerCase().replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
    if (canonical !== "Host") found[canonical] = [...(found[canonical] ?? []), value];
  }
  return found;
}

/** An answer that leads elsewhere, as Go gives it. */
export function redirect(self: Process, location: string, status: number): Response {
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(location) || location.startsWith("/");
  const to = isWhole ? location : `/${location}`;
  const body = `<a href="${to.replaceAll("&", "&amp;")}">${statusNames[status] ?? ""}</a>.\n\n`;
  return answer(self, body, {
    status,
    headers: [
      ["Content-Type", "text/html; charset=utf-8"],
      ["Location", to],
    ],
  });
}

function* shell(self: Process, request: Request): Running<Response> {
  const command = formValue(request, "shellCommand") || formValue(request, "cmd");
  yield* log(self, `GET /shell?cmd=${command}`);
  const found = executable(self, ["/bin/sh", "-c", command]);
  if (!found.ok) return problem(self, found.text, 417);
  let output = "";
  const sink = openSink((bytes) => {
    output += bytes;
  });
  const { env, folder, user, kernel } = self;
  const { argv, program } = found;
  const files = new Map([
    [0, openText("")],
    [1, sink],
    [2, sink],
  ]);
  const child = kernel.spawn({ parent: self, argv, env, folder, user, files, run: (me) => toEnd(program.run(me)) });
  const status = child ? yield* waitFor(child) : 126;
  const fault =
    status === 0 ? {} : { error: status > 128 ? `signal: ${signalText(status - 128)}` : `exit status ${status}` };
  const told = { ...(output === "" ? {} : { output }), ...fault };
  const shown = Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1));
  yield* log(self, `Output: map[${shown.map(([name, value]) => `${name}:${value}`).join(" ")}]`);
  return answer(self, goJson(told));
}

function signalText(number: number): string {
  return { 1: "hangup", 2: "interrupt", 9: "killed", 15: "terminated" }[number] ?? String(number);
}
