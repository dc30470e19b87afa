import { framed, unframe } from "../../../../network/dns/framing.ts";
import { encodeReply, parseQuery } from "../../../../network/dns/wire.ts";
import type { Endpoint } from "../../../../network/endpoint.ts";
import { hostPort } from "../../../../network/ip.ts";
import { answer, exit, go, listenAndServe, printLine, problem } from "../agnhost/_go.ts";
import { answerBy, blockFor } from "../coredns/answering.ts";
import { type Directive, readCorefile, type ServerBlock } from "../coredns/corefile.ts";
import { accept, keepFile, listenAt } from "../kernel/connection.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { readSome, sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";
import { fileText } from "./_curl_security.ts";
import { startThread } from "./_serve_http.ts";

const version = "CoreDNS-1.12.1\nlinux/amd64, played by kubetroupe, 1.12.1";
const serving = ["kubernetes", "forward", "hosts", "rewrite", "health", "ready", "prometheus", "errors", "log"];
/** What changes nothing of answers here. */
const silent = ["cache", "loop", "reload", "loadbalance", "bufsize", "minimal", "nsid", "debug", "any", "bind"];
/** What the program has, and this one does not. */
const unplayed =
  "acl autopath auto azure cancel chaos clouddns dns64 dnssec dnstap erratic etcd file grpc header import k8s_external local metadata multisocket pprof quic root route53 secondary sign template timeouts tls trace transfer tsig view whoami".split(
    " ",
  );
const [reloadMs, retryMs] = [30_000, 1_000];
const whoami = ".:53 {\n whoami\n}\n";

/** What a server knows, whichever of its threads. */
interface Server {
  blocks: readonly ServerBlock[];
  /** Who knows the cluster's names. */
  clusterDns: string | undefined;
}

/** The DNS server of most clusters: names of the cluster it has from the DNS of the one that it runs in. */
export const coredns: Program = {
  names: ["coredns"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    const words = self.argv.slice(1);
    if (words.includes("-version")) {
      yield* printLine(self, version);
      return 0;
    }
    const confAt = words.findIndex((word) => word === "-conf" || word === "--conf");
    const isGiven = confAt >= 0;
    const path = (isGiven ? words[confAt + 1] : undefined) ?? "Corefile";
    const text = fileText(self, path) ?? (isGiven ? undefined : whoami);
    if (text === undefined) {
      yield* printLine(self, `open ${path}: no such file or directory`);
      return 1;
    }
    const read = readCorefile(text, path);
    const unknown = read.ok ? unknownOf(read.value) : read.failure;
    if (!read.ok || unknown !== undefined) {
      yield* writeTo(self, self.files.get(2), `${unknown}\n`);
      return 1;
    }
    const server: Server = { blocks: read.value, clusterDns: undefined };
    for (const name of new Set(directivesOf(server).map((each) => each.name)))
      if (unplayed.includes(name))
        yield* printLine(self, `[WARNING] kubetroupe plays this server, and not its plugin ${name}`);
    if (has(server, "kubernetes") || has(server, "forward")) go(self, (thread) => findCluster(thread, server));
    for (const port of new Set(server.blocks.map((each) => each.port))) yield* serveDns(self, server, port);
    yield* servePages(self, server);
    for (const { zones, port } of server.blocks) for (const zone of zones) yield* printLine(self, `${zone}.:${port}`);
    yield* printLine(self, version);
    let known = text;
    for (;;) {
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + reloadMs);
      if (!has(server, "reload")) continue;
      const now = fileText(self, path) ?? known;
      if (now !== known) yield* reload(self, server, { text: now, path });
      known = now;
    }
  },
};

function directivesOf({ blocks }: Server): readonly Directive[] {
  return blocks.flatMap(({ directives }) => directives);
}

function has(server: Server, name: string): boolean {
  return directivesOf(server).some((each) => each.name === name);
}

function unknownOf(blocks: readonly ServerBlock[]): string | undefined {
  const all = [...serving, ...silent, ...unplayed];
  const found = blocks.flatMap(({ directives }) => directives).find(({ name }) => !all.includes(name));
  return found && `Error during parsing: Unknown directive '${found.name}'`;
}

function* reload(
  self: Process,
  server: Server,
  { text, path }: { readonly text: string; readonly path: string },
): Running<void> {
  yield* printLine(self, "[INFO] Reloading");
  const read = readCorefile(text, path);
  const why = read.ok ? unknownOf(read.value) : read.failure;
  if (read.ok && why === undefined) server.blocks = read.value;
  yield* printLine(self, why === undefined ? "[INFO] Reloading complete" : `[ERROR] Restart failed: ${why}`);
}

/** Finds out who knows the cluster's names, as soon as the pod's account may look at what they are made from. */
function* findCluster(self: Process, server: Server): Running<void> {
  const slices =
    "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns";
  const needed = [
    "/api/v1/services?limit=1",
    "/api/v1/namespaces?limit=1",
    "/apis/discovery.k8s.io/v1/endpointslices?limit=1",
  ];
  for (let said = ""; ; ) {
    let failure: string | undefined;
    for (const path of has(server, "kubernetes") ? needed : []) {
      const listed = yield* askApi(self, { path });
      if (!listed.ok) failure ??= listed.text;
    }
    const found = yield* askApi(self, { path: slices });
    const { items = [] } = (found.ok ? JSON.parse(found.body) : {}) as {
      readonly items?: readonly {
        readonly addressType: string;
        readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
      }[];
    };
    const own = items.find(({ addressType }) => addressType === "IPv4") ?? items[0];
    server.clusterDns = own?.endpoints?.[0]?.addresses[0];
    failure ??= found.ok ? undefined : found.text;
    if (failure === undefined && server.clusterDns !== undefined) return;
    if (failure !== undefined) server.clusterDns = undefined;
    if (failure !== undefined && failure !== said)
      yield* printLine(self, `[ERROR] plugin/kubernetes: Failed to watch: ${failure}`);
    said = failure ?? said;
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + retryMs);
  }
}

function* serveDns(self: Process, server: Server, port: number): Running<void> {
  const file = openDatagrams(self, port);
  const listener = listenAt(self, port);
  if (!file || !listener) {
    yield* printLine(self, `Listen: listen tcp :${port}: bind: address already in use`);
    return yield* exit(self, 1);
  }
  keepFile(self, listener);
  go(self, function* (thread) {
    for (;;) {
      const got = yield* receive(thread, file);
      if (typeof got === "string") continue;
      go(thread, function* (each) {
        const bytes = yield* replyTo(each, server, {
          data: Buffer.from(got.data, "latin1"),
          port,
          from: got.from,
          transport: "udp",
        });
        if (bytes) file.send(bytes.toString("latin1"), got.from);
      });
    }
  });
  go(self, function* (thread) {
    for (;;) {
      const connection = yield* accept(listener);
      startThread(thread, connection, function* (each) {
        for (let rest = Buffer.alloc(0); ; ) {
          const piece = yield* readSome(each, connection);
          if (piece === "") return;
          const { messages, rest: left } = unframe(Buffer.concat([rest, Buffer.from(piece, "latin1")]));
          rest = Buffer.from(left);
          for (const data of messages) {
            const bytes = yield* replyTo(each, server, { data, port, from: connection.remote, transport: "tcp" });
            if (bytes) yield* writeTo(each, connection, framed(bytes).toString("latin1"));
          }
        }
      });
    }
  });
}

interface Packet {
  readonly data: Buffer;
  readonly port: number;
  readonly from: Endpoint;
  readonly transport: "udp" | "tcp";
}

function* replyTo(self: Process, server: Server, { data, port, from, transport }: Packet): Running<Buffer | undefined> {
  const parsed = parseQuery(data);
  if (parsed.kind !== "query") return parsed.kind === "refused" ? parsed.bytes : undefined;
  const { query } = parsed;
  const { name, type } = query.question;
  const block = blockFor(server.blocks, port, name);
  const beganMs = self.kernel.host.uptimeMs();
  const refused = { rcode: "REFUSED", authoritative: false, answers: [], authorities: [], additionals: [] } as const;
  const clusterDns = () => server.clusterDns;
  const { reply, error }: { reply: Parameters<typeof encodeReply>[1]; error?: string } = block
    ? yield* answerBy(self, { block, question: query.question }, { clusterDns })
    : { reply: refused };
  const bytes = encodeReply(query, reply, transport);
  const isIn = (plugin: string) => block?.directives.some((each) => each.name === plugin);
  if (error !== undefined && isIn("errors")) yield* printLine(self, `[ERROR] plugin/errors: 2 ${error}`);
  if (isIn("log")) {
    const flags = ["qr", ...(reply.authoritative ? ["aa"] : []), "rd"].join(",");
    const asked = `"${type} IN ${name}. ${transport} ${data.length} false 512"`;
    const seconds = ((self.kernel.host.uptimeMs() - beganMs) / 1_000).toFixed(9);
    yield* printLine(
      self,
      `[INFO] ${hostPort(from)} - ${query.id} ${asked} ${reply.rcode} ${flags} ${bytes.length} ${seconds}s`,
    );
  }
  return bytes;
}

/** Tells of health, of being ready, and what it counts, where the Corefile wants it. */
function* servePages(self: Process, server: Server): Running<void> {
  const pages = [
    { plugin: "health", otherwise: ":8080", path: "/health", body: () => "OK" },
    {
      plugin: "ready",
      otherwise: ":8181",
      path: "/ready",
      body: () => (has(server, "kubernetes") && server.clusterDns === undefined ? undefined : "OK"),
    },
    {
      plugin: "prometheus",
      otherwise: ":9153",
      path: "/metrics",
      body: () => '# TYPE coredns_build_info gauge\ncoredns_build_info{goversion="",revision="",version="1.12.1"} 1\n',
    },
  ];
  for (const { plugin, otherwise, path, body } of pages) {
    const found = directivesOf(server).find((each) => each.name === plugin);
    if (!found) continue;
    const port = Number((found.args[0] ?? otherwise).split(":").at(-1));
    yield* listenAndServe(self, port, (thread, { url }) => {
      if (url.pathname !== path) return problem(thread, "404 page not found", 404);
      const text = body();
      return text === undefined ? answer(thread, "kubernetes", { status: 503 }) : answer(thread, text);
    });
  }
}
