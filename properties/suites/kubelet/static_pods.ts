import type { Frozen, Pod } from "../../../actors/api/types.ts";
import { configMirror } from "../../../actors/kubelet/static_pods/static_pod.ts";
import type { ModelChange } from "../model/messages.ts";
import { isAlive, type Run } from "./account.ts";
import type { Amiss } from "./amiss.ts";
import type { Broken } from "./begins.ts";
import type { Facts } from "./facts.ts";
import { type ManifestDeed, type ManifestPod, staticName } from "./manifests.ts";

/** So long after a kubelet began anew what its earlier life had asked for has come to be, and been taken back. */
const lateMs = 20_000;
/** So long it may take until a kubelet that has nothing to wait for has read a manifest. */
const heardMs = 3_000;

/** What manifests say, and what the API shows of it. */
export interface StaticPods {
  written(deed: ManifestDeed): void;
  /** Takes a change of a mirror; gives back whether it was one. */
  take(change: ModelChange): boolean;
  /** Whether a run is of a pod that no API has. */
  isStatic(run: Run, facts: Facts): boolean;
  /** Judges such a run that has just begun. */
  whyNotBegun(run: Run, facts: Facts): Broken | undefined;
  /** What is not yet as it should be, by the names of the pods. */
  amiss(facts: Facts): ReadonlyMap<string, Amiss | undefined>;
}

/** What the manifests said last of a pod of one name; undefined: there is none any more. */
interface Wish {
  readonly node: string;
  readonly pod: ManifestPod | undefined;
  readonly sinceMs: number;
}

/** There are no manifests yet. */
export function createStaticPods(): StaticPods {
  const wishes = new Map<string, Wish>();
  const mirrors = new Map<string, Frozen<Pod>>();

  const nameOf = (run: Run, { account }: Facts) => account.sandboxes.get(run.sandbox)?.name ?? "";
  const alive = (name: string, facts: Facts) =>
    [...facts.account.runs.values()].filter((run) => isAlive(run) && nameOf(run, facts) === name);

  function whyAmiss(name: string, { node, pod }: Wish, facts: Facts): Amiss | undefined {
    const live = alive(name, facts);
    const mirror = mirrors.get(name);
    if (!pod) {
      if (live[0]) return ["statics", `${name} has no manifest, and ${live[0].id.slice(0, 8)} of it runs on ${node}`];
      const sandbox = [...facts.account.sandboxes.values()].find((each) => each.name === name && !each.isGone);
      if (sandbox) return ["statics", `${name} has no manifest, and a sandbox of it is there`];
      return mirror && ["mirrors", `${name} has no manifest, and a mirror of it is there`];
    }
    const images = live.map(({ image }) => image).join(", ");
    if (images !== pod.image) return ["statics", `${name} is to run ${pod.image}, and runs ${images || "nothing"}`];
    const why = whyOtherMirror(mirror, { pod, id: live[0]?.id ?? "" });
    return why === undefined ? undefined : ["mirrors", `${name} ${why}`];
  }

  return {
    written({ node, file, pod, atMs }) {
      const name = staticName({ name: file.slice(0, file.indexOf(".")) }, node);
      const before = wishes.get(name)?.pod;
      // Who writes what is there, or removes what is not, has changed nothing.
      if (JSON.stringify(before) !== JSON.stringify(pod)) wishes.set(name, { node, pod, sinceMs: atMs });
    },
    take({ resource, object, previous }) {
      const seen = object ?? previous;
      const isMirror = (seen as Frozen<Pod> | undefined)?.metadata.annotations?.[configMirror] !== undefined;
      if (resource !== "pods" || !seen || !isMirror) return false;
      if (object) mirrors.set(object.metadata.name, object as unknown as Frozen<Pod>);
      else mirrors.delete(seen.metadata.name);
      return true;
    },
    isStatic: (run, facts) => wishes.has(nameOf(run, facts)),
    whyNotBegun(run, facts) {
      const name = nameOf(run, facts);
      const { pod, sinceMs = 0 } = wishes.get(name) ?? {};
      const nowMs = facts.nowMs();
      const twin = alive(name, facts).find((each) => each !== run);
      const isAfterAnother = facts.hasBegunAnew(run.node) && nowMs - facts.bornMs(run.node) < lateMs;
      if (twin && (twin.uid === run.uid || !isAfterAnother))
        return ["once", `${run.name} of ${name} began while ${twin.id.slice(0, 8)} of it runs on ${twin.node}`];
      if (isAfterAnother || facts.isTroubled() || pod?.image === run.image || nowMs - sinceMs < heardMs)
        return undefined;
      return ["wanted", `${name} began with ${run.image}, and is to run ${pod?.image ?? "nothing"}`];
    },
    amiss: (facts) => new Map([...wishes].map(([name, wish]) => [name, whyAmiss(name, wish, facts)])),
  };
}

/** What a mirror says that is not so of the pod that runs. */
function whyOtherMirror(
  mirror: Frozen<Pod> | undefined,
  { pod, id }: { readonly pod: ManifestPod; readonly id: string },
): string | undefined {
  if (!mirror) return "runs, and has no mirror";
  const { metadata, spec, status } = mirror;
  if (metadata.deletionTimestamp !== undefined) return "runs, and its mirror is being deleted";
  const [container] = spec.containers;
  const says = `${container?.image} ${spec.terminationGracePeriodSeconds}`;
  const wanted = `${pod.image} ${pod.graceSeconds}`;
  if (says !== wanted) return `has a mirror that says ${says}, and its manifest says ${wanted}`;
  const [{ containerID = "", state = {} } = {}] = status.containerStatuses ?? [];
  const isTold = status.phase === "Running" && state.running && containerID === `containerd://${id}`;
  return isTold ? undefined : `runs, and its mirror says ${status.phase}, ${JSON.stringify(state)}`;
}
