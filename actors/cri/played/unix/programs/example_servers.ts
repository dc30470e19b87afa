import { answer, listenAndServe, log, printLine, remoteAddress, waitForEver } from "../agnhost/_go.ts";
import { bytesOf } from "../byte_text.ts";
import { print, programName } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import type { Request, Response } from "./_serve_http.ts";

/** A server of an example: where it listens, and what it answers. */
interface Example {
  readonly port: (self: Process) => number;
  /** What it writes when it begins. */
  begin(self: Process, port: number): Running<void> | undefined;
  answer(self: Process, request: Request): Running<Response> | Response;
}

/** How many each server has answered. */
const requests = new WeakMap<Process, number>();

/** How long a processor works for one answer of the example for autoscaling. */
const workMs = 50;

const examples: Readonly<Record<string, Example>> = {
  // The tutorial's; `VERSION` is what its image's tag says.
  "kubernetes-bootcamp": {
    port: () => 8080,
    *begin(self) {
      const { hostname, wallMs } = self.kernel.host;
      yield* print(
        self,
        `Kubernetes Bootcamp App Started At: ${new Date(wallMs()).toISOString()} | Running On:  ${hostname} \n\n`,
      );
    },
    *answer(self) {
      const { hostname, uptimeMs, wallMs } = self.kernel.host;
      const server = self.leader ?? self;
      const served = (requests.get(server) ?? 0) + 1;
      requests.set(server, served);
      yield* printLine(
        self,
        `Running On: ${hostname} | Total Requests: ${served} | App Uptime: ${(uptimeMs() - server.startedMs) / 1_000} seconds | Log Time: ${new Date(wallMs()).toISOString()}`,
      );
      return answer(
        self,
        `Hello Kubernetes bootcamp! | Running on: ${hostname} | v=${self.env.get("VERSION") ?? "1"}\n`,
      );
    },
  },
  // The back end of the tutorial that connects it with a front end.
  "hello-go-gke": {
    port: () => 80,
    begin: () => undefined,
    answer: (self) => answer(self, '{"message":"Hello"}\n', { headers: [["Content-Type", "application/json"]] }),
  },
  "hello-app": {
    port: (self) => Number(self.env.get("PORT") || 8080),
    *begin(self, port) {
      yield* log(self, `Server listening on port ${port}`);
    },
    *answer(self, { url }) {
      yield* log(self, `Serving request: ${url.pathname}`);
      return answer(
        self,
        `Hello, world!\nVersion: ${self.env.get("VERSION") ?? "1.0.0"}\nHostname: ${self.kernel.host.hostname}\n`,
      );
    },
  },
  "http-echo": {
    port: (self) => Number(/:(\d+)$/.exec(optionOf(self, "listen") ?? "")?.[1] ?? 5678),
    *begin(self, port) {
      yield* log(self, `[INFO] server is listening on :${port}`);
    },
    *answer(self, request) {
      const { method, target, headers, connection } = request;
      const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
      const text = `${optionOf(self, "text") ?? self.env.get("ECHO_TEXT") ?? "hello-world"}\n`;
      yield* log(self, `${host} ${remoteAddress(connection)} "${method} ${target} HTTP/1.1" 200 ${text.length}`);
      return answer(self, bytesOf(text), {
        headers: [
          ["X-App-Name", "http-echo"],
          ["X-App-Version", "1.0.0"],
        ],
      });
    },
  },
  "traefik-whoami": {
    port: (self) => Number(optionOf(self, "port") ?? self.env.get("WHOAMI_PORT_NUMBER") ?? 80),
    *begin(self, port) {
      yield* log(self, `Starting up on port ${port}`);
    },
    answer: (self, request) => answer(self, whoamiText(self, request)),
  },
  echoserver: {
    port: () => 8080,
    *begin(self) {
      yield* printLine(self, "Generating self-signed cert");
    },
    answer: (self, request) => answer(self, echoText(self, request)),
  },
  "php-apache": {
    port: () => 80,
    begin: () => undefined,
    *answer(self) {
      const { uptimeMs } = self.kernel.host;
      for (const untilMs = uptimeMs() + workMs; uptimeMs() < untilMs; ) if (self.kernel.spend(100)) yield turn;
      return answer(self, "OK!", { headers: [["Content-Type", "text/html; charset=UTF-8"]] });
    },
  },
};

/** The servers of Kubernetes' tutorials, and others that examples often name. */
export const exampleServers: Program = {
  names: Object.keys(examples),
  *run(self) {
    const example = examples[programName(self)];
    if (!example) return 127;
    for (const signal of ["TERM", "INT", "QUIT"] as const) self.handlers.set(signal, "exit");
    const port = example.port(self);
    yield* listenAndServe(self, port, (thread, request) => example.answer(thread, request));
    const begun = example.begin(self, port);
    if (begun) yield* begun;
    return yield* waitForEver();
  },
};

/** The value of an option: `-text=hi`, `--text hi`. */
function optionOf({ argv }: Process, name: string): string | undefined {
  for (const [at, word] of argv.entries()) {
    const [, inline] = new RegExp(`^--?${name}(?:=([\\s\\S]*))?$`).exec(word) ?? [undefined, undefined];
    if (inline !== undefined) return inline;
    if (word === `-${name}` || word === `--${name}`) return argv[at + 1];
  }
  return undefined;
}

function whoamiText({ kernel }: Process, { method, target, headers, connection }: Request): string {
  const { hostname, network } = kernel.host;
  const lines = [
    `Hostname: ${hostname}`,
    ...(network.ips.some((ip) => ip.includes(":")) ? ["IP: 127.0.0.1", "IP: ::1"] : ["IP: 127.0.0.1"]),
    ...(network.ips.length > 0 ? network.ips : [network.ip]).map((ip) => `IP: ${ip}`),
    `RemoteAddr: ${remoteAddress(connection)}`,
  ];
  return `${[...lines, `${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n")}\n\n`;
}

function echoText({ kernel, env }: Process, { method, target, url, headers, body, connection }: Request): string {
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  const about = (["NODE_NAME", "POD_NAME", "POD_NAMESPACE", "POD_IP"] as const).flatMap((name) => {
    const value = env.get(name);
    return value === undefined ? [] : [`\t${name.toLowerCase().replace("_", " ")}:\t${value}`];
  });
  return [
    `\n\nHostname: ${kernel.host.hostname}\n`,
    "Pod Information:",
    ...(about.length > 0 ? about : ["\t-no pod information available-"]),
    "\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n",
    "Request Information:",
    `\tclient_address=${connection.remote.ip}`,
    `\tmethod=${method}`,
    `\treal path=${target}`,
    `\tquery=${url.search.slice(1)}`,
    "\trequest_version=1.1",
    "\trequest_scheme=http",
    `\trequest_uri=http://${host.includes(":") ? host : `${host}:8080`}${target}\n`,
    "Request Headers:",
    ...headers.map(([name, value]) => `\t${name.toLowerCase()}=${value}`),
    "\nRequest Body:",
    `${body === "" ? "\t-no body in request-" : body}\n\n`,
  ].join("\n");
}
