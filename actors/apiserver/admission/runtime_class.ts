import { runtimeClassRules as classKind, type RuntimeClass } from "../../api/kinds/runtime_class.ts";
import { readAmounts, sameAmounts } from "../../api/quota/amounts.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import type { Toleration } from "../../api/types.ts";
import { type Frozen, jsonEqual, type Pod, thaw } from "../../api/types.ts";
import { groupResource } from "../requests/call.ts";
import { lookUp } from "../tokens/look_up.ts";
import type { AdmissionPlugin, Admitting, Gate } from "./_plugin.ts";

/**
 * Gives a pod what its runtime class says: what it costs beside its containers, and where it can run.
 *
 * @see https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
export const runtimeClass: AdmissionPlugin = {
  name: "RuntimeClass",
  place: 23,
  handles: [{ operations: ["CREATE"], resources: ["pods"] }],
  isIdle: ({ draft }) => {
    const { runtimeClassName, overhead } = (draft as Pod | undefined)?.spec ?? {};
    return runtimeClassName === undefined && overhead === undefined;
  },
  admit: withClass((admitting, found) => {
    const { spec } = admitting.draft as Pod;
    return fillOverhead(spec, found) ?? fillScheduling(spec, found);
  }),
  validate: withClass((admitting, found) => overheadError((admitting.draft as Pod).spec, found)),
};

type PodSpec = Pod["spec"];
type Found = Frozen<RuntimeClass> | undefined;

function withClass(act: (admitting: Admitting, found: Found) => string | undefined): Gate {
  return (admitting, verdict, step) => {
    const { runtimeClassName: name } = (admitting.draft as Pod).spec;
    const judge = (found: Found): Status | undefined => {
      const error = act(admitting, found);
      return error === undefined ? undefined : refusal(admitting, error);
    };
    if (name === undefined) return verdict(judge(undefined), step);
    lookUp<RuntimeClass>(
      admitting.server,
      {
        kind: classKind,
        name,
        done: (looked, later) => {
          if (!looked.ok) return verdict(looked.failure, later);
          if (looked.value) return verdict(judge(looked.value), later);
          verdict(refusal(admitting, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`), later);
        },
      },
      step,
    );
  };
}

function refusal({ call, draft }: Admitting, text: string): Status {
  const { name = "", generateName = "" } = draft?.metadata ?? {};
  return forbiddenStatus(groupResource(call), name || generateName, text);
}

function fillOverhead(spec: PodSpec, found: Found): string | undefined {
  const fixed = found?.overhead?.podFixed;
  if (fixed === undefined) return undefined;
  if (spec.overhead !== undefined && !isSame(spec.overhead, fixed)) return mismatch;
  spec.overhead = { ...fixed };
  return undefined;
}

const mismatch = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

function overheadError({ overhead }: PodSpec, found: Found): string | undefined {
  if (overhead === undefined) return undefined;
  const fixed = found?.overhead?.podFixed;
  if (fixed === undefined) return "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
  return isSame(overhead, fixed) ? undefined : mismatch;
}

function isSame(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  return sameAmounts(readAmounts(left), readAmounts(right));
}

function fillScheduling(spec: PodSpec, found: Found): string | undefined {
  const { nodeSelector = {}, tolerations = [] } = found?.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = Object.hasOwn(spec.nodeSelector ?? {}, key) ? spec.nodeSelector?.[key] : undefined;
    if (own !== undefined && own !== value) {
      return `pod rejected: conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
    }
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const own = spec.tolerations ?? [];
  const more = tolerations.filter((each) => !own.some((other) => jsonEqual(each, other)));
  if (more.length > 0) spec.tolerations = [...own, ...more.map((each) => thaw<Toleration>(each))];
  return undefined;
}
