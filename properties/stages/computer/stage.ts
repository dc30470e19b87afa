import { setup } from "xstate";
import type { ComputerData } from "../../../actors/computer/data.ts";
import { computer } from "../../../actors/computer/definition.ts";
import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { CriRequest } from "../../../actors/cri/messages.ts";
import type { DnsQuery, DnsRecord, DnsReply } from "../../../actors/dns/messages.ts";
import { momentOf, newHealth } from "../../../actors/kube_proxy/health.ts";
import type { AskProxyPage, ServicePortRule, Target } from "../../../actors/kube_proxy/messages.ts";
import { proxyPage } from "../../../actors/kube_proxy/pages.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type ChartTypes, defineActor, type Mail, type Message, reducers } from "../../../runtime/mod.ts";
import { type TestNode, type TestProcesses, testProcesses } from "./processes.ts";

/** Computers without agents: a test applies the rules and plays the processes. */
export interface ComputerStage {
  readonly simulation: Simulation;
  readonly processes: TestProcesses;
  node(index: number): TestNode;
  data(index: number): ComputerData;
  /** Runs a pod: `shop/web` on the node; its IP is 10.244.NODE.HOST. Gives the sandbox's id. */
  pod(node: number, name: string, host: number): string;
  /** Runs a pod whose address is in no node's range. Gives the sandbox's id. */
  realPod(node: number, name: string, ip: string): string;
  call(node: number, request: CriRequest): unknown;
  /** Applies these rules, and no others, on all computers. */
  rules(...rules: readonly ServicePortRule[]): void;
  /** What the socket of a process has seen after so much time. */
  news(node: number, socket: number, afterMs?: number): readonly string[];
}

/** What a stage differs in. */
export interface StageOptions {
  readonly seed?: number;
  readonly nodes?: number;
  readonly faults?: readonly Fault[];
  /** Addresses by full name that the DNS server knows. */
  readonly names?: Readonly<Record<string, string>>;
  readonly journalMax?: number;
  /** Pods may have addresses that are in no node's range. Default false. */
  readonly hasRealPods?: boolean;
}

const dnsIp = "192.168.255.10";

/** The IP of a stage's node. */
export const nodeIp = (index: number) => `192.168.0.${index + 1}`;
/** The same of IPv6: nodes have both, pods the one that they are run with. */
export const nodeIpv6 = (index: number) => `fd00:192:168::${index + 1}`;
/** The IP of a stage's pod. */
export const podIp = (node: number, host: number) => `10.244.${node}.${host}`;
/** The address of a stage's computer. */
export const computerAt = (index: number) => `computer/node-${index}`;

/** The address of a stage's kube-proxy. */
export const proxyAt = (index: number) => `kube-proxy/node-${index}`;

/** Sets the stage; rules are in force that lead to the DNS server only. */
export function computerStage(options: StageOptions = {}): ComputerStage {
  const { seed = 1, nodes = 2, faults = [], names = {}, journalMax = 0, hasRealPods = false } = options;
  const processes = testProcesses();
  const cast = { actors: [computer, dnsServer, client, proxy], devices: [processes] };
  const simulation = createSimulation({ cast, seed, faults, journalMax });
  simulation.spawnNow({ name: "dns", kind: "test_dns", input: names });
  simulation.spawnNow({ name: "kubelet", kind: "test_client", input: undefined });
  const routes = [
    { count: nodes, computers: { prefix: "computer/node-", first: 0 }, nodeFirst: nodeIp(0), podFirst: "10.244.0.0" },
    {
      ...{ count: nodes, computers: { prefix: "computer/node-", first: 0 } },
      ...{ nodeFirst: nodeIpv6(0), podFirst: "fd00:10:244::", podBits: 64 },
    },
  ];
  const indexes = Array.from({ length: nodes }, (_each, index) => index);
  for (const index of indexes) {
    const node = `node-${index}`;
    const hosts = { [dnsIp]: "dns" };
    const input: ComputerInput = {
      node,
      nodeIps: [nodeIp(index), nodeIpv6(index)],
      kubelet: "kubelet",
      kubeProxy: proxyAt(index),
      routes,
      hosts,
      hasRealPods,
    };
    simulation.spawnNow({ name: computerAt(index), kind: "computer", input, restartsMax: 100 });
    simulation.spawnNow({ name: proxyAt(index), kind: "test_proxy", input: undefined });
  }
  const ask = (to: string, body: Message) => simulation.askNow(to, body, 5_000);
  const call = (node: number, request: CriRequest) => ask(computerAt(node), { type: "cri.call", request } as Message);
  const nameIn = (place: string) => place.split("/")[1] ?? "";
  let inForce: readonly ServicePortRule[] = [];
  const applyRules = (index: number) => {
    const settings = {
      node: `node-${index}`,
      nodeIps: [nodeIp(index), nodeIpv6(index)],
      clusterCidr: "10.244.0.0/16,fd00:10:244::/48",
    };
    const set = [dnsRule, ...inForce].map((rule) => ({
      ...rule,
      local: rule.cluster.filter(({ ip }) => ip.startsWith(`10.244.${index}.`)),
    }));
    const generation = stage.data(index).rules.generation() + 1;
    const request = { op: "apply", full: true, generation, settings, set };
    ask(computerAt(index), { type: "dataplane.apply", request } as Message);
  };
  const run = (node: number, place: string, { ip, uid }: { readonly ip: string; readonly uid: string }) => {
    // A kube-proxy tells a computer that was switched on what it has told before; until then no pod begins.
    if (stage.data(node).rules.generation() === 0) applyRules(node);
    const [namespace = ""] = place.split("/");
    const pod = { name: `${nameIn(place)}@${ip}`, namespace, uid, attempt: 0 };
    call(node, { op: "RunPodSandbox", pod });
    return uid;
  };
  const stage: ComputerStage = {
    simulation,
    processes,
    node: (index) => processes.at(computerAt(index)),
    data: (index) => simulation.dataOf(computerAt(index)) as ComputerData,
    call,
    pod: (node, place, host) => run(node, place, { ip: podIp(node, host), uid: `${nameIn(place)}-${node}-${host}` }),
    realPod: (node, place, ip) => run(node, place, { ip, uid: `${nameIn(place)}-${node}-${ip}` }),
    rules(...rules) {
      inForce = rules;
      for (const index of indexes) applyRules(index);
    },
    news(node, socket, afterMs = 0) {
      simulation.advance(afterMs);
      return stage.node(node).sockets.get(socket)?.news ?? [];
    },
  };
  simulation.advance(10);
  for (const index of indexes) call(index, { op: "ListPodSandbox" });
  stage.rules();
  return stage;
}

/** The rule of a Service with these endpoints; `rule` says what is not as usual. */
export function serviceRule(
  clusterIp: string,
  targets: readonly Target[],
  rule: Partial<ServicePortRule> = {},
): ServicePortRule {
  return {
    name: `shop/${clusterIp}`,
    protocol: "tcp",
    clusterIp,
    port: 80,
    nodePort: 0,
    externalIps: [],
    loadBalancerIps: [],
    sourceRanges: [],
    healthCheckNodePort: 0,
    affinitySeconds: 0,
    internalPolicy: "Cluster",
    externalPolicy: "Cluster",
    cluster: targets,
    local: [],
    hasEndpoints: targets.length > 0,
    ...rule,
  };
}

const dnsRule = serviceRule("10.96.0.10", [{ ip: dnsIp, port: 53 }], { protocol: "udp", port: 53 });

const { on, begin } = reducers<Readonly<Record<string, string>>, DnsQuery>();

/** A DNS server that knows a few names. */
const dnsServer = defineActor({
  kind: "test_dns",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<Readonly<Record<string, string>>, DnsQuery>,
    actions: {
      answer: on("dns.query", (names, mail, step) => {
        const { name, type } = mail.body.question;
        const data = names[name];
        const answers: DnsRecord[] = data !== undefined && type === "A" ? [{ name, type, ttl: 5, data }] : [];
        const rcode = data === undefined ? "NXDOMAIN" : "NOERROR";
        const reply: DnsReply = { rcode, authoritative: true, answers, authorities: [], additionals: [] };
        step.reply(mail, reply);
      }),
    },
  }).createMachine({ context: begin((names) => names as never), on: { "dns.query": { actions: "answer" } } }),
});

/** What a kubelet's test double was sent. */
export interface ClientData {
  readonly got: Message[];
}

const pages = reducers<undefined, AskProxyPage>();

/** A kube-proxy that has just begun. */
const proxy = defineActor({
  kind: "test_proxy",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<undefined, AskProxyPage>,
    actions: {
      answer: pages.on("proxy.page", (_data, mail, step) => {
        step.reply(mail, proxyPage(mail.body, newHealth(), momentOf(step)));
      }),
    },
  }).createMachine({ context: pages.begin(() => undefined), on: { "proxy.page": { actions: "answer" } } }),
});

const tools = reducers<ClientData, Message>();

/** In the place of a kubelet: keeps what it is sent, and sends what it is told to. */
const client = defineActor({
  kind: "test_client",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<ClientData, Message>,
    actions: {
      keep: tools.act(({ got }, event, step) => {
        const { body } = event as unknown as Mail;
        const relayed = body as Message & { to?: string; asked?: Message; sent?: Message };
        if (event.type === "reply") got.push({ ...(body as object), type: "reply" });
        else if (relayed.asked) step.ask(relayed.to ?? "", relayed.asked, 30_000);
        else if (relayed.sent) step.send(relayed.to ?? "", relayed.sent);
        else got.push(body);
      }),
    },
  }).createMachine({ context: tools.begin(() => ({ got: [] })), on: { "*": { actions: "keep" } } }),
});
