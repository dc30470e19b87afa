import type { AskId, ReplyEvent, Step } from "../../runtime/mod.ts";
import { endpointSlice } from "../api/kinds/endpoint_slice.ts";
import { namespace } from "../api/kinds/namespace.ts";
import { pod } from "../api/kinds/pod.ts";
import { service } from "../api/kinds/service.ts";
import type { EndpointSlice, Frozen, KubeObject, Namespace, Pod, Service } from "../api/types.ts";
import { createApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createInformer, type Informer } from "../client/informer.ts";
import { type Addon, createAddon } from "./addon.ts";
import { type Connections, createConnections } from "./connections.ts";
import { canForward } from "./forwarding.ts";
import type { DnsInput, DnsQuestion, DnsReply, DnsSocketAnswer, DnsSocketRequest } from "./messages.ts";
import { type Answered, answerQuestion, refusal } from "./records.ts";
import { createZone, type Zone } from "./zone.ts";

type Settings = Required<Omit<DnsInput, "servers" | "socket">>;

/** What the DNS server keeps. */
export interface DnsData extends ComponentData {
  readonly zone: Zone;
  readonly addon: Addon;
  /** Those who ask by TCP. */
  readonly connections: Connections;
  readonly settings: Settings;
  readonly socket: DnsInput["socket"];
  /** Questions that wait for another server. */
  readonly forwards: Map<AskId, Forward>;
  /** Questions so far. */
  answered: number;
  /** When the zone last changed, in seconds of the wall clock. */
  serial: number;
  /** The request to listen that is not answered yet. */
  listening: AskId;
  /** Where it listens; 0 until it does. */
  port: number;
}

/** Who is to get an answer. */
export type Answer = (reply: DnsReply, step: Step) => void;

interface Forward {
  readonly question: DnsQuestion;
  /** Aliases inside the cluster that led outside. */
  readonly before: DnsReply;
  readonly answer: Answer;
  readonly upstream: number;
}

/** The data of a server that knows nothing yet. */
export function createServer(input: DnsInput, step: Step): DnsData {
  const { servers, socket, clusterDomain = "cluster.local", clusterIps = ["10.96.0.10"] } = input;
  const { hostIps = ["192.168.255.10"], pods = "insecure", upstreams = [], outside = "REFUSED" } = input;
  const { ttlSeconds = 30, negativeTtlSeconds = 5, upstreamTimeoutMs = 2_000, forwardsMax = 1_000 } = input;
  const client = createApiClient({ servers });
  const zone = createZone();
  const services = createInformer<Service>({ client, kind: service });
  const slices = createInformer<EndpointSlice>({ client, kind: endpointSlice });
  const namespaces = createInformer<Namespace>({ client, kind: namespace });
  const informers = [asObjects(services), asObjects(slices), asObjects(namespaces)];
  const data: DnsData = {
    zone,
    connections: createConnections((question, at, answer) => serve(data, question, at, answer)),
    addon: createAddon({ client, services, slices, clusterIps, hostIps }),
    settings: {
      clusterDomain: clusterDomain.toLowerCase(),
      clusterIps,
      hostIps,
      pods,
      upstreams,
      outside,
      ttlSeconds,
      negativeTtlSeconds,
      upstreamTimeoutMs,
      forwardsMax,
    },
    socket,
    forwards: new Map(),
    answered: 0,
    serial: seconds(step),
    listening: 0,
    port: 0,
    takers: [
      client,
      { handle: (event, later) => event.type === "reply" && takeSocket(data, event as ReplyEvent, later) },
    ],
    informers,
  };
  follow(data, services, zone.putService, zone.dropService);
  follow(data, slices, zone.putSlice, zone.dropSlice);
  follow(data, namespaces, zone.putNamespace, zone.dropNamespace);
  if (pods === "verified") {
    const verified = createInformer<Pod>({ client, kind: pod });
    follow(data, verified, zone.putPod, zone.dropPod);
    informers.push(asObjects(verified));
  }
  return data;
}

/** An informer of one kind, as those see it who ask only for what all objects have. */
function asObjects<T extends KubeObject>(informer: Informer<T>): Informer<KubeObject> {
  return informer as unknown as Informer<KubeObject>;
}

function follow<T extends KubeObject>(
  data: DnsData,
  informer: Informer<T>,
  put: (object: Frozen<T>) => void,
  drop: (object: Frozen<T>) => void,
) {
  informer.onChange(({ type, object }, step) => {
    if (type === "deleted") drop(object);
    else put(object);
    data.serial = Math.max(data.serial, seconds(step));
  });
}

function seconds({ nowMs }: Step): number {
  return Math.floor(nowMs / 1000);
}

/** Answers a question at once, or when another server has answered it. */
export function serve(data: DnsData, question: DnsQuestion, step: Step, answer: Answer) {
  const { zone, settings, serial } = data;
  data.answered++;
  const options = { ...settings, nameServerIps: settings.clusterIps, serial, int: step.int };
  const { reply, outside }: Answered = answerQuestion(zone, question, options);
  if (outside === undefined || settings.upstreams.length === 0) return answer(reply, step);
  if (!canForward(outside)) return answer(refusal("NOTIMP"), step);
  if (data.forwards.size >= settings.forwardsMax) return answer(refusal("SERVFAIL"), step);
  forward(data, step, { question: outside, before: reply, answer, upstream: 0 });
}

function forward(data: DnsData, step: Step, one: Forward) {
  const { upstreams, upstreamTimeoutMs: timeoutMs } = data.settings;
  const upstream = upstreams[one.upstream];
  if (!upstream) return one.answer(refusal("SERVFAIL"), step);
  const request: DnsSocketRequest = { op: "forward", upstream, question: one.question, timeoutMs };
  data.forwards.set(step.device("dns_socket", request), one);
}

/** Takes what the socket device has answered; false when it is about something else. */
function takeSocket(data: DnsData, { ask, body, from }: ReplyEvent, step: Step): boolean {
  if (from !== "device:dns_socket") return false;
  const said = body as DnsSocketAnswer;
  if (ask === data.listening) takeListening(data, said);
  const one = data.forwards.get(ask);
  if (!one) return true;
  data.forwards.delete(ask);
  if (!said.ok || !said.reply || isUseless(said.reply)) forward(data, step, { ...one, upstream: one.upstream + 1 });
  else one.answer(joined(one.before, said.reply), step);
  return true;
}

/** A server that says that it cannot say: another one may be able to. */
function isUseless({ rcode }: DnsReply): boolean {
  return rcode === "SERVFAIL" || rcode === "REFUSED" || rcode === "NOTIMP" || rcode === "FORMERR";
}

function joined({ answers }: DnsReply, reply: DnsReply): DnsReply {
  return answers.length === 0 ? reply : { ...reply, answers: [...answers, ...reply.answers] };
}

/** Begins to listen, when there is a place to listen at. */
export function listen(data: DnsData, step: Step): void {
  if (!data.socket) return;
  const request: DnsSocketRequest = { op: "listen", ...data.socket };
  data.listening = step.device("dns_socket", request);
}

function takeListening(data: DnsData, said: DnsSocketAnswer): void {
  data.listening = 0;
  const { host, port } = data.socket ?? { host: "", port: 0 };
  if (!said.ok)
    throw new Error(`Cannot listen at ${host}:${port}: ${said.message} (${said.code}), choose another port`);
  data.port = said.port ?? port;
}

/** Answers a packet that came in by the socket device. */
export function respond(exchange: number): Answer {
  return (reply, step) => {
    const request: DnsSocketRequest = { op: "respond", exchange, reply };
    step.device("dns_socket", request);
  };
}
