import type { Step } from "../../../runtime/mod.ts";
import { imageOfVolume } from "../../api/image_volume.ts";
import type { ClusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { serviceAccount } from "../../api/kinds/service_account.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { FoldersAnswer, VolumeAnswer, VolumeOrder } from "../../computer/messages.ts";
import { callOff } from "../../kit/alarms.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { uniqueVolumeName } from "../../storage/messages.ts";
import { askComputer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { sayVolumesInUse } from "../node/volumes_in_use.ts";
import { claimGroups } from "../volumes/_claim_volume.ts";
import type { PodVolume, TokenNeed, VolumeContext, VolumeNeed } from "../volumes/_volume_type.ts";
import { podFolder, typeOf, uidOf, volumePath } from "../volumes/_volumes_of.ts";
import { podLog } from "./pod_events.ts";
import type { HeldToken, PodRecord } from "./pod_record.ts";
import { handlerOf } from "./runtime_handler.ts";

/** As Kubernetes' kubelet waits between two tries: 500 ms, twice as long each time, two minutes and two seconds at most. */
const retryFirstMs = 500;
const retryMsMax = 122_000;
const answerMsMax = 120_000;
/** A token is made anew when so much of its life is over, or a day. */
const tokenLifeShare = 0.8;
const tokenAgeMsMax = 24 * 3_600_000;

/** A volume that could not be made, and the words that say why. */
interface Failure {
  readonly volume: string;
  readonly message: string;
}

/**
 * Makes a pod's volumes, and from then on keeps them as what they are made from is: what a pod mounts follows the
 * ConfigMaps, the Secrets and the tokens. The pod goes on once all are there; until then it is tried
 * again and again.
 */
export function mountVolumes(
  data: KubeletData,
  pod: PodRecord,
  { step, mounted }: { readonly step: Step; readonly mounted: (step: Step) => void },
) {
  const { volumes = [] } = pod.pod.spec;
  if (volumes.length === 0) return mounted(step);
  pod.volumes ??= {
    mounted,
    isBusy: false,
    isStale: false,
    failures: 0,
    alarm: undefined,
    measuring: undefined,
    groups: [],
    tokens: new Map(),
    paths: new Map(),
    used: undefined,
  };
  tryMount(data, pod, step);
}

/** Something that the pod's volumes are made from may be another. */
export function refreshVolumes(data: KubeletData, pod: PodRecord, step: Step) {
  if (pod.volumes) tryMount(data, pod, step);
}

/** The pod's containers are gone, and so are its volumes. */
export function releaseVolumes(data: KubeletData, pod: PodRecord, step: Step) {
  const { volumes, areVolumesGone } = pod;
  pod.areVolumesGone = true;
  // An earlier life of this kubelet may have made those that this one never asked for.
  if (areVolumesGone || (pod.pod.spec.volumes ?? []).length === 0) return;
  callOff(volumes?.alarm);
  callOff(volumes?.measuring);
  pod.volumes = undefined;
  data.objects.release(pod, step);
  removeVolumes(data, pod.uid, step);
}

/** Has the computer forget the volumes of a pod. */
export function removeVolumes(data: KubeletData, uid: string, step: Step) {
  const request = { op: "RemoveVolumes", folder: podFolder(uid) } as const;
  const message = { type: "volume.call", request } as const;
  askComputer<VolumeAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    if (!answer) after(data, later, retryFirstMs, (again) => removeVolumes(data, uid, again));
    else sayVolumesInUse(data, later);
  });
}

/** Volumes of pods that are gone, which an earlier life of this kubelet did not come to remove. */
export function removeStrayVolumes(data: KubeletData, step: Step) {
  const message = { type: "volume.call", request: { op: "ListVolumes" } } as const;
  askComputer<FoldersAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    if (!answer) return void after(data, later, retryFirstMs, (again) => removeStrayVolumes(data, again));
    for (const folder of answer.ok ? answer.value : []) {
      const uid = uidOf(folder);
      if (!data.pods.has(uid)) removeVolumes(data, uid, later);
    }
  });
}

function tryMount(data: KubeletData, pod: PodRecord, step: Step) {
  const { volumes } = pod;
  if (!volumes) return;
  if (volumes.isBusy) {
    volumes.isStale = true;
    return;
  }
  callOff(volumes.alarm);
  volumes.alarm = undefined;
  const { namespace = "" } = pod.pod.metadata;
  const context: VolumeContext = {
    pod: pod.pod,
    hostIps: data.hostIps,
    allocatable: data.allocatable,
    find: (need) => data.objects.find({ ...need, namespace }),
    bundles: () => data.objects.all("ClusterTrustBundle") as readonly Frozen<ClusterTrustBundle>[],
    token: (need) => volumes.tokens.get(tokenKey(need))?.token ?? "",
  };
  const needs = (pod.pod.spec.volumes ?? []).flatMap((volume) =>
    (typeOf(volume)?.needs?.(volume, context) ?? []).map((need) => ({ volume: volume.name, need })),
  );
  // All are asked for at once: none waits for another.
  const known = needs.map(({ need }) => need.kind === "Token" || data.objects.want(pod, { ...need, namespace }, step));
  if (known.includes(false)) return;
  // Whoever has to do something about a volume tells people what keeps it.
  if ((pod.pod.spec.volumes ?? []).some((volume) => typeOf(volume)?.isAwaited?.(volume, context))) {
    // It uses nothing yet: what others have let go of need not stay for it, which may have to go before its own comes.
    volumes.used ??= [];
    return;
  }
  const wanted = needs.find(
    ({ need }) => need.kind === "Token" && isTokenOld(volumes.tokens.get(tokenKey(need)), step),
  );
  if (wanted) return askToken(data, pod, { volume: wanted.volume, need: wanted.need as TokenNeed, step });
  const orders = ordersFor(context);
  if (!orders.ok) return failMount(data, pod, { ...orders.failure, step });
  for (const { volume, order } of orders.value) {
    if (order.kind === "host") volumes.paths.set(volume, order.path);
  }
  const used = orders.value.flatMap(({ order }) =>
    order.kind === "disk" ? uniqueVolumeName({ driver: order.driver, volumeHandle: order.volume }) : [],
  );
  volumes.used = used;
  volumes.groups = claimGroups(context);
  if (used.length === 0) return prepare(data, pod, { orders: orders.value, step });
  volumes.isBusy = true;
  // The node says what it uses before it does: nobody takes it away from there then.
  sayVolumesInUse(data, step, (isSaid, later) => {
    if (pod.volumes !== volumes) return;
    volumes.isBusy = false;
    if (isSaid) prepare(data, pod, { orders: orders.value, step: later });
    else retryMount(data, pod, later);
  });
}

interface Ordered {
  readonly volume: string;
  readonly order: VolumeOrder;
}

function ordersFor(context: VolumeContext): Result<readonly Ordered[], Failure> {
  const { pod } = context;
  const orders: Ordered[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    // The runtime has it: it mounts the image by itself.
    if (imageOfVolume(volume)) continue;
    const order = orderFor(volume, context);
    if (!order.ok) return failed({ volume: volume.name, message: order.failure });
    orders.push({ volume: volume.name, order: order.value });
  }
  return ok(orders);
}

function orderFor(volume: PodVolume, context: VolumeContext): Result<VolumeOrder, string> {
  const type = typeOf(volume);
  if (type) return type.order({ volume, path: volumePath(context.pod.metadata.uid ?? "", volume, type), context });
  const { name: _name, ...source } = volume;
  return failed(`kubetroupe has no volumes of type "${Object.keys(source)[0] ?? ""}"`);
}

function prepare(
  data: KubeletData,
  pod: PodRecord,
  { orders, step }: { readonly orders: readonly Ordered[]; readonly step: Step },
) {
  const { volumes } = pod;
  if (!volumes) return;
  volumes.isBusy = true;
  const request = {
    op: "PrepareVolumes",
    folder: podFolder(pod.uid),
    volumes: orders.map(({ order }) => order),
    ...handlerOf(pod),
  } as const;
  const message = { type: "volume.call", request } as const;
  askComputer<VolumeAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    // Released meanwhile: what came to be after that is removed after it, too.
    if (pod.volumes !== volumes) return removeVolumes(data, pod.uid, later);
    volumes.isBusy = false;
    if (!answer) return retryMount(data, pod, later);
    if (!answer.ok) {
      // It stops at the first that it cannot make.
      const { message: why } = answer.failure;
      const culprit = orders.find(({ order }) => order.kind === "host" && why.includes(order.path));
      return failMount(data, pod, { volume: culprit?.volume ?? "", message: why, step: later });
    }
    finish(data, pod, later);
  });
}

function finish(data: KubeletData, pod: PodRecord, step: Step) {
  const { volumes } = pod;
  if (!volumes) return;
  volumes.failures = 0;
  if (volumes.isStale) {
    volumes.isStale = false;
    return tryMount(data, pod, step);
  }
  const renewals = [...volumes.tokens.values()].map(({ renewAtMs }) => renewAtMs - step.uptimeMs);
  if (renewals.length > 0) {
    volumes.alarm = after(data, step, Math.max(1, Math.ceil(Math.min(...renewals))), (later) =>
      tryMount(data, pod, later),
    );
  }
  volumes.mounted(step);
}

function failMount(data: KubeletData, pod: PodRecord, { volume, message, step }: Failure & { readonly step: Step }) {
  podLog(data, pod, step).mountFailed(`MountVolume.SetUp failed for volume "${volume}" : ${message}`);
  retryMount(data, pod, step);
}

function retryMount(data: KubeletData, pod: PodRecord, step: Step) {
  const { volumes } = pod;
  if (!volumes) return;
  volumes.isStale = false;
  const delayMs = Math.min(retryFirstMs * 2 ** volumes.failures, retryMsMax);
  volumes.failures++;
  volumes.alarm = after(data, step, delayMs, (later) => tryMount(data, pod, later));
}

const tokenKey = (need: VolumeNeed): string =>
  need.kind === "Token" ? `${need.expirationSeconds} ${need.audience}` : "";

function isTokenOld(held: HeldToken | undefined, step: Step): boolean {
  return held === undefined || step.uptimeMs >= held.renewAtMs;
}

interface TokenRequest extends KubeObject {
  spec: { audiences: string[]; expirationSeconds: number; boundObjectRef: object };
  status?: { token: string; expirationTimestamp: string };
}

function askToken(
  data: KubeletData,
  pod: PodRecord,
  { volume, need, step }: { readonly volume: string; readonly need: TokenNeed; readonly step: Step },
) {
  const { volumes } = pod;
  if (!volumes) return;
  const { metadata, spec } = pod.pod;
  const { namespace = "" } = metadata;
  const name = spec.serviceAccountName ?? "default";
  const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid };
  const { audience, expirationSeconds } = need;
  const body: TokenRequest = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: { name, namespace },
    spec: { audiences: audience === "" ? [] : [audience], expirationSeconds, boundObjectRef },
  };
  volumes.isBusy = true;
  const kind: Kind<TokenRequest> = { ...serviceAccount };
  const target = { kind, namespace, name, subresource: "token" };
  data.client.create<TokenRequest>(step, { ...target, object: body }, (outcome, later) => {
    if (pod.volumes !== volumes) return;
    volumes.isBusy = false;
    if (!outcome.ok) {
      const why = `failed to fetch token: ${outcome.failure.message}`;
      return failMount(data, pod, { volume, message: why, step: later });
    }
    const { token = "", expirationTimestamp = "" } = outcome.value.status ?? {};
    const lifeMs = (parseTime(expirationTimestamp) ?? later.nowMs) - later.nowMs;
    const renewAtMs = later.uptimeMs + Math.max(1_000, Math.min(lifeMs * tokenLifeShare, tokenAgeMsMax));
    volumes.tokens.set(tokenKey(need), { token, renewAtMs });
    tryMount(data, pod, later);
  });
}
