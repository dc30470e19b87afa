import type { Step } from "../../../runtime/mod.ts";
import { formatTime } from "../../api/time.ts";
import { type Frozen, jsonEqual, keyOf, type Pod } from "../../api/types.ts";
import type { Manifest, ManifestsAnswer } from "../../computer/messages.ts";
import { callOff } from "../../kit/alarms.ts";
import { present } from "../../kit/present.ts";
import { askComputer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { allSourcesKnown } from "../pod/pod_manager.ts";
import { relist } from "../pod/relist.ts";
import { configSeen, configSource, staticPod } from "./static_pod.ts";
import { tendStaticPods } from "./tend_static_pods.ts";

/** Kubernetes calls it fileCheckFrequency. */
const fileCheckMs = 20_000;
const answerMsMax = 10_000;
const retryMs = 1_000;

/** Looks what the manifests of this node say, from now on again and again. */
export function readManifests(data: KubeletData, step: Step): void {
  const { staticPods: state, input } = data;
  if (!input.hasManifests) return;
  if (state.isReading) {
    state.isStale = true;
    return;
  }
  callOff(state.alarm);
  state.isReading = true;
  const message = { type: "manifests.read" } as const;
  askComputer<ManifestsAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    state.isReading = false;
    const isSaid = answer !== undefined;
    const delayMs = state.isStale ? 0 : isSaid ? fileCheckMs : retryMs;
    state.isStale = false;
    state.alarm = after(data, later, delayMs, (again) => readManifests(data, again));
    // What nobody could read says nothing, least of all that there is nothing in it.
    if (answer?.ok) takeManifests(data, answer.value, later);
    else if (answer) tell(data, new Map([["", `Unable to read config path: ${answer.failure}`]]), later);
    // Without an API server no heartbeat has it look what runs.
    if (isSaid && !data.node.registered) relist(data, later);
  });
}

function takeManifests(data: KubeletData, manifests: readonly Manifest[], step: Step): void {
  const { staticPods: state, input } = data;
  const wanted = new Map<string, Frozen<Pod>>();
  const told = new Map<string, string>();
  for (const { file, path, pod } of manifests) {
    const made = pod.ok
      ? staticPod(pod.value, { node: input.node, file, ...present({ gates: input.featureGates }) })
      : pod;
    if (!made.ok) {
      const why = pod.ok ? made.failure : `couldn't parse as pod(${made.failure}), please check config file`;
      told.set(file, `Could not process manifest file ${path}: ${why}`);
      continue;
    }
    const key = keyOf(made.value);
    // Of two files with a pod of one name the later one counts.
    wanted.set(key, seen(made.value, state.wanted.get(key), step));
  }
  for (const key of [...state.wanted.keys(), ...wanted.keys()]) {
    if (state.wanted.get(key) !== wanted.get(key)) state.moved.add(key);
  }
  state.wanted = wanted;
  tell(data, told, step);
  if (state.isRead) return;
  state.isRead = true;
  // They take over what an earlier life began, before the rest of it is nobody's.
  tendStaticPods(data, step);
  allSourcesKnown(data, step);
}

/** A pod with where it comes from and since when; the very one of before where nothing is new. */
function seen(pod: Frozen<Pod>, before: Frozen<Pod> | undefined, step: Step): Frozen<Pod> {
  const { metadata } = pod;
  const known = before?.metadata.uid === metadata.uid ? before?.metadata.annotations?.[configSeen] : undefined;
  const sinceWhen = known ?? formatTime(step.nowMs);
  const annotations = { ...metadata.annotations, [configSeen]: sinceWhen, [configSource]: "file" };
  const now = { ...pod, metadata: { ...metadata, annotations } };
  return jsonEqual(before, now) ? (before as Frozen<Pod>) : now;
}

/** Has the node's log say what is amiss, once as long as it stays so. */
function tell({ staticPods: state }: KubeletData, told: ReadonlyMap<string, string>, step: Step): void {
  for (const [file, text] of told) if (state.told.get(file) !== text) step.log(text);
  state.told = told;
}
