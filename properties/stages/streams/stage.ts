import { computer } from "../../../actors/computer/definition.ts";
import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { CriAnswer, CriRequest, LogAnswer, LogLine, LogRequest } from "../../../actors/cri/messages.ts";
import { simulatedRuntime } from "../../../actors/cri/played/simulated_device.ts";
import { ok } from "../../../actors/kit/result.ts";
import { kubelet } from "../../../actors/kubelet/definition.ts";
import type { KubeletInput } from "../../../actors/kubelet/messages.ts";
import type { Device, DeviceContext, DeviceDefinition } from "../../../runtime/devices/device.ts";
import type { ModelExchange } from "../../../runtime/devices/net_model_exchange.ts";
import type { ModelSocket } from "../../../runtime/devices/net_model_socket.ts";
import type { FaultParameters } from "../../../runtime/faults/fault.ts";
import { parseFault } from "../../../runtime/faults/known_faults.ts";
import type { Message } from "../../../runtime/mod.ts";
import { createLab, type Lab, type LabOptions, podNamed } from "../apiserver/lab.ts";
import { type SeenSocket, type Server, testProcesses } from "../computer/processes.ts";

type LinkFault = "partition" | "loss" | "delay" | "duplication" | "reordering";

/** An API server, a kubelet and a computer, on which one pod runs whose port 80 gives back what it gets. */
export interface StreamStage {
  readonly lab: Lab;
  /** The container writes lines. */
  write(...texts: readonly string[]): void;
  logs(query: string): ModelExchange;
  forward(): ModelSocket;
  /** Runs a command in the container, with an input. */
  exec(...command: readonly string[]): ModelSocket;
  /** Attaches to the container's own process, with an input. */
  attach(): ModelSocket;
  /** Runs a command that nothing disturbs; gives back what it wrote. */
  look(...command: readonly string[]): string;
  /** What the container's side of each connection has received. */
  received(): readonly string[];
  /** The container's side of each connection. */
  sockets(): readonly SeenSocket[];
  /** The container's side of the last connection says something; with `end` no more after that. */
  say(text: string, end?: boolean): void;
  /** The container's side of the last connection breaks it. */
  reset(): void;
  /** Begins a fault on the link between the API server and the kubelet, or the kubelet and the computer. */
  fault<Name extends LinkFault>(
    kind: Name,
    parameters: { readonly link: "apiserver" | "computer" } & Omit<FaultParameters[Name], "from" | "to">,
  ): () => void;
  /** How many streams the three know of. */
  open(): readonly number[];
}

/** Where streams go. */
export const addresses = { apiserver: "apiserver-0", kubelet: "kubelet-n1", computer: "computer/n1" } as const;

/** How a stage is set. */
export interface StreamStageOptions extends Pick<LabOptions, "devices"> {
  /** Adds to the pod's spec. */
  readonly spec?: object;
  /** Adds to the API server's input. */
  readonly input?: LabOptions["input"];
  /** What port 80 says to what it has got. Default: what has come since it was called the last time. */
  readonly answer?: Server;
}

/** Sets the stage. */
export function streamStage(
  seed: number,
  { spec = {}, input = {}, devices = [], answer }: StreamStageOptions = {},
): StreamStage {
  const { apiserver, kubelet: kubeletAt, computer: computerAt } = addresses;
  const cri = scriptedRuntime();
  const lab = createLab({
    ...{ seed, actors: [kubelet, computer], devices: [cri.device, ...(devices ?? [])] },
    input: { kubelets: "kubelet-", ...input },
  });
  const { simulation } = lab;
  const ofComputer: ComputerInput = {
    ...{ node: "n1", nodeIps: ["192.168.0.1"], kubelet: kubeletAt, hosts: {} },
    routes: [
      { count: 1, computers: { prefix: "computer/n", first: 1 }, nodeFirst: "192.168.0.1", podFirst: "10.244.0.0" },
    ],
  };
  simulation.spawnNow({ name: computerAt, kind: "computer", input: ofComputer });
  const ofKubelet: KubeletInput = {
    node: "n1",
    apiServers: [apiserver],
    podCidr: "10.244.0.0/24",
    computer: computerAt,
  };
  simulation.spawnNow({ name: kubeletAt, kind: "kubelet", input: ofKubelet });
  const inDefault = { namespace: "default" };
  // Its runtime is a script, that has no disk for a token.
  const body = podNamed("web", { spec: { nodeName: "n1", automountServiceAccountToken: false, ...spec } });
  const phase = () => lab.call("get", "pods", { ...inDefault, name: "web" }).body.status?.phase;
  simulation.advance(2_000);
  const made = lab.call("create", "pods", { ...inDefault, body });
  if (made.code !== 201) throw new Error(`Cannot set the stage: the pod is not made, ${JSON.stringify(made.body)}`);
  simulation.advance(5_000);
  if (phase() !== "Running") throw new Error(`Cannot set the stage: the pod is ${phase()}`);
  cri.serve(answer);
  const pod = "/api/v1/namespaces/default/pods/web";
  const connect = (what: string) =>
    lab.connect(`${pod}/${what}stdin=true&stdout=true&stderr=true`, ["v5.channel.k8s.io"]);
  const sizeOf = (address: string, count: (data: never) => number) => count(simulation.dataOf(address) as never);
  return {
    lab,
    write: cri.write,
    logs: (query) => lab.http(`${pod}/log?${query}`),
    forward: () => lab.connect(`${pod}/portforward?ports=80`, ["v4.channel.k8s.io"]),
    exec: (...command) => connect(`exec?${command.map((word) => `command=${encodeURIComponent(word)}&`).join("")}`),
    attach: () => connect("attach?"),
    look: cri.look,
    received: () => cri.sockets().map(({ received }) => received),
    sockets: cri.sockets,
    say: cri.say,
    reset: cri.reset,
    fault: (kind, { link, ...parameters }) =>
      simulation.faults.begin(
        parseFault({
          kind,
          parameters: { from: [kubeletAt], to: [link === "computer" ? computerAt : apiserver], ...parameters },
        }),
      ),
    open: () => [
      sizeOf(apiserver, (data: { kubeletStreams: { byId: Map<number, unknown> } }) => data.kubeletStreams.byId.size),
      sizeOf(kubeletAt, (data: { streams: { open: Map<string, unknown> } }) => data.streams.open.size),
      // A computer that has carried nothing has no bridges at all.
      sizeOf(
        computerAt,
        (data: { traffic?: { bridges: { open: Map<string, unknown> } } }) => data.traffic?.bridges.open.size ?? 0,
      ),
    ],
  };
}

/** A `cri` device that plays containers, whose sockets and logs are a test's. */
function scriptedRuntime() {
  const [runtime, processes] = [simulatedRuntime(), testProcesses()];
  const lines: LogLine[] = [];
  let context: DeviceContext | undefined;
  let isFollowed = false;
  let played: Device | undefined;
  const containerOf = () => runtime.inspect(addresses.computer).containers[0]?.container ?? "";

  function logs(request: CriRequest | LogRequest): LogAnswer | undefined {
    if (request.op === "FollowLogs") {
      isFollowed = request.isWanted;
      return ok([]);
    }
    if (request.op !== "ReadLogs") return undefined;
    const { after, linesMax, tail = lines.length } = request;
    const newest = lines.slice(Math.max(0, lines.length - tail));
    return ok(newest.filter(({ number }) => number > after).slice(0, linesMax));
  }

  const device: DeviceDefinition = {
    name: "cri",
    needs: () => undefined,
    open(given) {
      context = given;
      const opened = runtime.open(given);
      const sockets = processes.open(given);
      played = opened;
      return {
        request(asked, done, mishap) {
          const request = asked as CriRequest | LogRequest;
          if (request.op.startsWith("Socket")) return sockets.request(asked, done, mishap);
          const answer = logs(request);
          if (answer) done(answer);
          else opened.request(asked, done, mishap);
        },
        close: (crashed) => opened.close(crashed),
      };
    },
  };
  const last = () => [...processes.at(addresses.computer).sockets.keys()].at(-1) ?? 0;
  return {
    device,
    write(...texts: readonly string[]) {
      for (const text of texts) lines.push({ number: lines.length + 1, atMs: 0, stream: "stdout", text });
      if (isFollowed) context?.push({ type: "log.written", container: containerOf() } as Message);
    },
    /** The container begins to listen. */
    serve(answer?: Server) {
      const sandbox = runtime.inspect(addresses.computer).sandboxes[0]?.sandbox ?? "";
      const said = new Map<number, number>();
      const echo: Server = (received, { socket }) => {
        const news = received.slice(said.get(socket) ?? 0);
        said.set(socket, received.length);
        return news;
      };
      processes.at(addresses.computer).servers.set(`${sandbox}:80`, answer ?? echo);
    },
    look(...command: readonly string[]): string {
      let stdout = "";
      const request = { op: "ExecSync", container: containerOf(), command, timeoutMs: 60_000 };
      played?.request(
        request,
        (answer) => {
          const ran = answer as CriAnswer<"ExecSync">;
          stdout = ran.ok ? ran.value.stdout : "";
        },
        undefined,
      );
      return stdout;
    },
    sockets: () => [...processes.at(addresses.computer).sockets.values()],
    say: (text: string, end = false) => processes.at(addresses.computer).send(last(), text, end),
    reset: () => processes.at(addresses.computer).reset(last()),
  };
}
