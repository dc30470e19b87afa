import { event as eventKind } from "../api/kinds/event.ts";
import { node as nodeKind } from "../api/kinds/node.ts";
import { pod as podKind } from "../api/kinds/pod.ts";
import type { Node, Pod } from "../api/types.ts";
import { createApiClient } from "../client/api_client.ts";
import { createEventRecorder } from "../client/events.ts";
import { createInformer } from "../client/informer.ts";
import { createAlarms } from "../kit/alarms.ts";
import { createServiceLinks } from "./container/service_links.ts";
import type { KubeletData } from "./data.ts";
import { noDevices } from "./devices/claims.ts";
import type { KubeletInput } from "./messages.ts";
import { capacityDefault } from "./node/node_object.ts";
import { refreshVolumes } from "./pod/pod_volumes.ts";
import { createWatchedObjects } from "./pod/watched_objects.ts";
import { noStaticPods } from "./static_pods/static_pods.ts";
import { noStreams } from "./streams/stream.ts";

/** At each renewal of the lease, for as long as a call of an earlier life may take: two minutes. */
const strayLooks = 12;
const hostIpDefault = "192.168.0.1";

/** The memory of a kubelet that has just been started. */
export function createData(input: KubeletInput): KubeletData {
  const { node, apiServers, capacity = {} } = input;
  const hostIps = (input.hostIp ?? hostIpDefault).split(",");
  const [hostIp = ""] = hostIps;
  const client = createApiClient({ servers: apiServers });
  const podInformer = createInformer<Pod>({ client, kind: podKind, fieldSelector: `spec.nodeName=${node}` });
  const nodeInformer = createInformer<Node>({ client, kind: nodeKind, fieldSelector: `metadata.name=${node}` });
  const all = { ...capacityDefault, ...capacity };
  const data: KubeletData = {
    input,
    hostIp,
    hostIps,
    capacity: all,
    allocatable: { ...all, ...input.allocatable },
    client,
    takers: [client],
    podInformer,
    nodeInformer,
    informers: [nodeInformer, podInformer],
    events: createEventRecorder({ client, kind: eventKind, component: "kubelet", host: node }),
    node: {
      runtime: undefined,
      runtimeSeenUptimeMs: 0,
      trouble: undefined,
      registered: false,
      uid: undefined,
      lease: undefined,
      leaseUnderWay: false,
      reportedUptimeMs: Number.NEGATIVE_INFINITY,
      known: undefined,
      judged: undefined,
      images: {
        said: undefined,
        noted: new Set(),
        bytes: undefined,
        isStale: false,
        isAsked: false,
        askedUptimeMs: Number.NEGATIVE_INFINITY,
        seen: new Map(),
        collectedUptimeMs: undefined,
        isCollecting: false,
        hasFailed: false,
      },
      pressure: { lastUptimeMs: new Map(), memory: "small", isUnderWay: false },
      volumesReport: undefined,
    },
    objects: createWatchedObjects({
      client,
      gates: input.featureGates ?? [],
      changed: (pod, step) => refreshVolumes(data, pod, step),
    }),
    services: createServiceLinks({ client }),
    devices: noDevices(),
    pods: new Map(),
    staticPods: noStaticPods(),
    byContainer: new Map(),
    found: { sandboxes: new Map(), containers: new Map(), listed: false, strayLooksLeft: strayLooks },
    calls: new Map(),
    deadlines: createAlarms((delayMs, now) => now.timer("deadline", delayMs)),
    streams: noStreams(),
    moved: new Set(),
    resizes: new Set(),
    dirty: new Set(),
    connected: true,
    managing: false,
  };
  return data;
}
