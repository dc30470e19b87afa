import type { Step } from "../../../runtime/mod.ts";
import { lease as leaseKind } from "../../api/kinds/lease.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import type { Fields, Frozen, Lease, Node } from "../../api/types.ts";
import type { Outcome } from "../../client/outcome.ts";
import { after, type KubeletData } from "../data.ts";
import { sayDrivers } from "./drivers.ts";
import { watchPressure } from "./eviction.ts";
import { collectImages } from "./image_gc.ts";
import { tellOfNode } from "./node_events.ts";
import { refreshImages } from "./node_images.ts";
import { leaseNamespace, leaseObject, type NodeFacts, nodeObject, nodeStatus } from "./node_object.ts";
import { patchOf, statusRepair } from "./node_status.ts";
import { noteNode } from "./node_view.ts";
import { pressuresOf } from "./pressure_kinds.ts";
import { runtimeTrouble } from "./runtime_health.ts";
import { sayVolumesInUse } from "./volumes_in_use.ts";

const leaseRenewMsDefault = 10_000;
const leaseJitter = 0.04;
const statusReportMsDefault = 300_000;
const retryFirstMs = 200;
const retryMaxMs = 7_000;

function factsOf(data: KubeletData, step: Step): NodeFacts {
  const { input, hostIps, capacity, allocatable, node } = data;
  return {
    input,
    hostIps,
    capacity,
    allocatable,
    runtime: node.runtime ?? "",
    nowMs: step.nowMs,
    trouble: node.trouble,
    pressures: pressuresOf(node.pressure),
    images: node.images.said,
  };
}

/** Creates the node's object, or takes the one that is there; tries until it succeeds. */
export function register(data: KubeletData, step: Step, retryMs = retryFirstMs): void {
  data.client.create<Node>(step, { kind: nodeKind, object: nodeObject(factsOf(data, step)) }, (outcome, later) => {
    if (outcome.ok) return registered(data, outcome.value, later);
    const retry = () =>
      after(data, later, retryMs, (again) => register(data, again, Math.min(retryMs * 2, retryMaxMs)));
    // Also when no answer came: it may have been created all the same, which the next attempt shows.
    if (outcome.failure.code !== 409) return void retry();
    takeOver(data, later, retry);
  });
}

/** The node returns under its name: its labels and status are brought up to date. */
function takeOver(data: KubeletData, step: Step, retry: () => void): void {
  const { node } = data.input;
  // It may have said of images what is true no more.
  data.node.images.isStale = true;
  data.client.get<Node>(step, { kind: nodeKind, name: node }, (found, later) => {
    if (!found.ok) return retry();
    const { labels } = nodeObject(factsOf(data, later)).metadata;
    const status = nodeStatus(factsOf(data, later), found.value.status.conditions);
    const isMissing = Object.entries(labels ?? {}).some(([key, value]) => found.value.metadata.labels?.[key] !== value);
    const writeStatus = (now: Step) => {
      const patch = { status: patchOf(status) };
      data.client.patch<Node>(now, { kind: nodeKind, name: node, subresource: "status", patch }, (written, last) => {
        if (written.ok) registered(data, written.value, last);
        else retry();
      });
    };
    if (!isMissing) return writeStatus(later);
    data.client.patch<Node>(later, { kind: nodeKind, name: node, patch: { metadata: { labels } } }, (labelled, now) => {
      if (labelled.ok) writeStatus(now);
      else retry();
    });
  });
}

function registered(data: KubeletData, object: Frozen<Node>, step: Step): void {
  const { node } = data;
  data.connected = true;
  node.registered = true;
  node.uid = object.metadata.uid;
  noteNode(data, object);
  node.reportedUptimeMs = step.uptimeMs;
  const tell = tellOfNode(data, object, step);
  const { name } = object.metadata;
  tell("Starting", "Starting kubelet.");
  tell("NodeHasSufficientMemory", `Node ${name} status is now: NodeHasSufficientMemory`);
  tell("NodeHasNoDiskPressure", `Node ${name} status is now: NodeHasNoDiskPressure`);
  tell("NodeHasSufficientPID", `Node ${name} status is now: NodeHasSufficientPID`);
  tell("NodeReady", `Node ${name} status is now: NodeReady`);
  renewLease(data, step);
  sayDrivers(data, step);
}

/** Renews the heartbeat, and the status with it when it is due or not as it should be; sets the timer for the next time. */
export function renewLease(data: KubeletData, step: Step): void {
  const { leaseRenewMs = leaseRenewMsDefault, statusReportMs = statusReportMsDefault } = data.input;
  step.timer("lease", Math.round(leaseRenewMs * (1 + leaseJitter * step.float())));
  if (!data.node.leaseUnderWay) writeLease(data, step);
  if (data.managing && data.node.known) sayVolumesInUse(data, step);
  judgeRuntime(data, step);
  refreshImages(data, step);
  collectImages(data, step);
  watchPressure(data, step);
  const { known, judged, reportedUptimeMs } = data.node;
  const isDue = step.uptimeMs - reportedUptimeMs >= statusReportMs;
  // What else a kubelet knows of itself stays the same in one life: what was right is right until somebody writes it.
  if (!known || (known === judged && !isDue)) return;
  const wanted = nodeStatus(factsOf(data, step), known.status.conditions);
  // Who knows the node's provider knows its addresses better.
  const isExternal = data.input.cloudProvider === "external" && (known.status.addresses ?? []).length > 0;
  const addresses = isExternal ? known.status.addresses : wanted.addresses;
  const repair = statusRepair(known.status, { ...wanted, addresses } as Frozen<Node["status"]>);
  data.node.judged = repair ? undefined : known;
  if (repair || isDue) reportStatus(data, step, { ...repair, conditions: wanted.conditions });
}

/** Looks whether the node can be ready; that it can no more, or again, is an event. */
function judgeRuntime(data: KubeletData, step: Step): void {
  const { node } = data;
  const before = node.trouble;
  node.trouble = runtimeTrouble(data, step);
  if (node.trouble === before) return;
  node.judged = undefined;
  if ((node.trouble === undefined) === (before === undefined) || !node.known) return;
  const reason = node.trouble === undefined ? "NodeReady" : "NodeNotReady";
  tellOfNode(data, node.known, step)(reason, `Node ${data.input.node} status is now: ${reason}`);
}

function writeLease(data: KubeletData, step: Step): void {
  const { node: state, client, input } = data;
  const before = state.lease;
  const object = leaseObject({ node: input.node, uid: state.uid, nowMs: step.nowMs }, before);
  const target = { kind: leaseKind, namespace: leaseNamespace, name: input.node, object, urgent: true };
  const done = (outcome: Outcome<Frozen<Lease>>, later: Step) => {
    state.leaseUnderWay = false;
    data.connected = outcome.ok || outcome.failure.code !== 0;
    if (outcome.ok) state.lease = outcome.value;
    else if (outcome.failure.code === 409 && before === undefined) readLease(data, later);
    else state.lease = undefined;
  };
  state.leaseUnderWay = true;
  if (before) client.update<Lease>(step, target, done);
  else client.create<Lease>(step, { ...target, name: undefined }, done);
}

/** There is one from an earlier life: it is renewed at once. */
function readLease(data: KubeletData, step: Step): void {
  const target = { kind: leaseKind, namespace: leaseNamespace, name: data.input.node, urgent: true };
  data.node.leaseUnderWay = true;
  data.client.get<Lease>(step, target, (outcome, later) => {
    data.node.leaseUnderWay = false;
    if (!outcome.ok) return;
    data.node.lease = outcome.value;
    writeLease(data, later);
  });
}

function reportStatus(data: KubeletData, step: Step, status: Fields): void {
  const { node: state, input } = data;
  state.reportedUptimeMs = step.uptimeMs;
  const write = { kind: nodeKind, name: input.node, subresource: "status", patch: { status: patchOf(status) } };
  data.client.patch<Node>(step, write, (outcome) => {
    if (outcome.ok) noteNode(data, outcome.value);
    // Tried again with the next heartbeat; a node that was deleted is registered again.
    else if (outcome.failure.code === 404) state.registered = false;
    else state.reportedUptimeMs = Number.NEGATIVE_INFINITY;
  });
}
