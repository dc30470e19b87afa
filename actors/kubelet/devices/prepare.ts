import type { Address, Step } from "../../../runtime/mod.ts";
import { type ResourceClaim, resourceClaim } from "../../api/kinds/resource_claim.ts";
import type { Frozen } from "../../api/types.ts";
import type { PrepareAnswer, PrepareClaims } from "../../dra_driver/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { KubeletData } from "../data.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { writeDown } from "./checkpoint.ts";
import { type ClaimInfo, claimRefusal, driversOf, type NamedClaim, namedClaims } from "./claims.ts";
import { askDriver } from "./drivers.ts";

/** What came of it: nothing to tell, or why a pod's devices are not ready. */
export type Prepared = (outcome: Result<undefined, string>, step: Step) => void;

/** A pod whose devices are to be ready. */
export interface Preparing {
  readonly pod: PodRecord;
  readonly done: Prepared;
}

type Claim = Frozen<ResourceClaim>;
const ready = ok(undefined);

/**
 * Has the devices of a pod's claims ready before anything of it runs. Nothing is noted before all that a pod needs is
 * there; what is noted is on the disk before a driver is asked, so that whatever becomes of this kubelet, somebody takes
 * it back.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export function prepareDevices(data: KubeletData, { pod, done: then }: Preparing, step: Step) {
  const named = namedClaims(pod.pod);
  if (!named.ok) return then(named, step);
  if (named.value.length === 0) return then(ready, step);
  fetchClaims(data, { pod, named: named.value, found: [], done: then }, step);
}

interface Fetching extends Preparing {
  readonly named: readonly NamedClaim[];
  readonly found: readonly Claim[];
}

function fetchClaims(data: KubeletData, fetching: Fetching, step: Step) {
  const { pod, named, found, done: then } = fetching;
  const next = named[found.length];
  if (next === undefined) return note(data, { pod, claims: found, done: then }, step);
  const { namespace } = pod.pod.metadata;
  const target = { kind: resourceClaim, namespace, name: next.name };
  data.client.get<ResourceClaim>(step, target, (outcome, later) => {
    if (!outcome.ok) return then(failed(`fetch ResourceClaim ${next.name}: ${outcome.failure.message}`), later);
    const why = claimRefusal(outcome.value, pod.pod, next.isMade) ?? missingDriver(data, outcome.value);
    if (why !== undefined) return then(failed(why), later);
    fetchClaims(data, { ...fetching, found: [...found, outcome.value] }, later);
  });
}

function missingDriver({ devices }: KubeletData, claim: Claim): string | undefined {
  const missing = driversOf(claim).find((driver) => !devices.drivers.has(driver));
  return missing === undefined ? undefined : `DRA driver ${missing} is not registered`;
}

interface Noting extends Preparing {
  readonly claims: readonly Claim[];
}

/** Notes that the pod uses its claims; one that goes at this moment is waited for. */
function note(data: KubeletData, { pod, claims, done: then }: Noting, step: Step) {
  const known = (claim: Claim) => data.devices.claims.get(keyOf(claim));
  const leaving = claims.map((claim) => known(claim)?.leaving).find((each) => each !== undefined);
  if (leaving) return void leaving.push((later) => prepareDevices(data, { pod, done: then }, later));
  const other = claims.find((claim) => (known(claim)?.uid ?? claim.metadata.uid) !== claim.metadata.uid);
  if (other) {
    const { uid, name } = known(other) ?? { uid: "", name: "" };
    const why = `old ResourceClaim with same name ${name} and different UID ${uid} still exists (previous pod force-deleted?!)`;
    return then(failed(why), step);
  }
  const infos = claims.map((claim) => {
    const info = known(claim) ?? newInfo(claim);
    data.devices.claims.set(keyOf(claim), info);
    info.pods.add(pod.uid);
    return info;
  });
  writeDown(data, step, (later) => {
    const unprepared = infos.filter(({ isPrepared }) => !isPrepared);
    const drivers = [...new Set(unprepared.flatMap((info) => [...info.drivers.keys()]))];
    askDrivers(data, { drivers, infos: unprepared, done: then }, later);
  });
}

function keyOf({ metadata }: Claim): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function newInfo(claim: Claim): ClaimInfo {
  const { uid = "", namespace = "", name } = claim.metadata;
  const drivers = new Map(driversOf(claim).map((driver) => [driver, []]));
  return { uid, namespace, name, drivers, pods: new Set(), isPrepared: false, leaving: undefined };
}

interface Asking {
  readonly drivers: readonly string[];
  readonly infos: readonly ClaimInfo[];
  readonly done: Prepared;
}

function askDrivers(data: KubeletData, { drivers, infos, done: then }: Asking, step: Step) {
  const [driver, ...rest] = drivers;
  if (driver === undefined) {
    for (const info of infos) info.isPrepared = true;
    return infos.length === 0 ? then(ready, step) : writeDown(data, step, (later) => then(ready, later));
  }
  const address: Address | undefined = data.devices.drivers.get(driver);
  if (address === undefined) return then(failed(`DRA driver ${driver} is not registered`), step);
  const own = infos.filter((info) => info.drivers.has(driver));
  const claims = own.map(({ uid, namespace, name }) => ({ uid, namespace, name }));
  const message: PrepareClaims = { type: "dra.prepare", claims };
  const answered = (answer: Result<PrepareAnswer, string>, later: Step) => {
    if (!answer.ok) return then(failed(`NodePrepareResources: ${answer.failure}`), later);
    for (const info of own) {
      const result = answer.value[info.uid];
      if (!result) return then(failed("NodePrepareResources skipped 1 ResourceClaims"), later);
      if (!result.ok) {
        return then(failed(`NodePrepareResources failed for ResourceClaim ${info.name}: ${result.failure}`), later);
      }
      info.drivers.set(driver, result.value);
    }
    askDrivers(data, { drivers: rest, infos, done: then }, later);
  };
  askDriver<PrepareAnswer>(data, { address, message, done: answered }, step);
}
