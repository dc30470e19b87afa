import fc from "fast-check";
import { loadAnnotation, playedMi, targetMi } from "../workload/autoscalers.ts";
import { type Command, holdFinalizer } from "../workload/command.ts";
import { heirPrefix } from "../workload/heirs.ts";
import { failingImage, jobImage, longImage, podSpec, steadyImage } from "../workload/manifests.ts";
import { makeCrew } from "./errands.ts";
import { timetables } from "./timetables.ts";
import { imageNames } from "./topology.ts";
import { workloadMsMax } from "./workload.ts";

type Pursuit = fc.Arbitrary<readonly Command[]>;

const namespace = "default";
const within = (ms: number) => fc.nat(workloadMsMax - ms);
const templateOf = (image: string) => ({ spec: { ...podSpec({ image }), restartPolicy: "Never" } });

/** A Job that is told to wait while it runs, and to go on; now and then it may take only so long. */
const paused: Pursuit = fc
  .record({
    atMs: within(14_000),
    completions: fc.integer({ min: 3, max: 5 }),
    isIndexed: fc.boolean(),
    afterMs: fc.integer({ min: 900, max: 2_500 }),
    forMs: fc.integer({ min: 3_000, max: 7_000 }),
    deadlineSeconds: fc.constantFrom(undefined, undefined, 7),
  })
  .map(({ atMs, completions, isIndexed, afterMs, forMs, deadlineSeconds }): Command[] => {
    const what = { kind: "Job", namespace, name: "paused" } as const;
    const spec = {
      ...{ completions, parallelism: 2, template: templateOf(steadyImage) },
      ...(isIndexed ? { completionMode: "Indexed" } : {}),
      ...(deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: deadlineSeconds }),
    };
    const object = { apiVersion: "batch/v1", kind: "Job", metadata: { name: what.name, namespace }, spec };
    const turn = (isOn: boolean, ms: number): Command => ({
      ...{ op: "change", ...what, atMs: ms, patch: { spec: { suspend: isOn } } },
    });
    return [{ op: "make", ...what, atMs, object }, turn(true, atMs + afterMs), turn(false, atMs + afterMs + forMs)];
  });

/** A Job each of whose indexes may fail by itself, and of which only so many may. */
const perIndex: Pursuit = fc
  .record({
    atMs: within(6_000),
    completions: fc.integer({ min: 3, max: 5 }),
    parallelism: fc.integer({ min: 1, max: 2 }),
    failedMax: fc.constantFrom(undefined, 0, 1, 2),
  })
  .map(({ atMs, completions, parallelism, failedMax }): Command[] => {
    const what = { kind: "Job", namespace, name: "each" } as const;
    const spec = {
      ...{ completions, parallelism, completionMode: "Indexed", backoffLimitPerIndex: 0 },
      template: templateOf(failingImage),
      ...(failedMax === undefined ? {} : { maxFailedIndexes: failedMax }),
    };
    const object = { apiVersion: "batch/v1", kind: "Job", metadata: { name: what.name, namespace }, spec };
    return [{ op: "make", ...what, atMs, object }];
  });

/** Autoscalers look every fifteen seconds. */
const lookedMs = 16_000;
/** None of them makes a number of pods look all but right: of each it is clear whether there are enough. */
const load = fc.constantFrom(80, 150, 230, 350, 470, 560);

/** A set whose size follows what its pods use, within bounds that may change. */
const scaled: Pursuit = fc
  .record({
    atMs: within(10_000),
    image: fc.constantFrom(...imageNames),
    replicas: fc.integer({ min: 1, max: 6 }),
    min: fc.integer({ min: 1, max: 2 }),
    max: fc.integer({ min: 3, max: 6 }),
    loads: fc.tuple(load, load),
    later: fc.integer({ min: 9_000, max: 40_000 }),
    isHasty: fc.boolean(),
    changes: fc.constantFrom(undefined, { minReplicas: 3 }, { maxReplicas: 3 }),
  })
  .map(({ atMs, image, replicas, min, max, loads: [first, next], later, isHasty, changes }): Command[] => {
    const what = { kind: "HorizontalPodAutoscaler", namespace, name: "scaled" } as const;
    const target = { type: "AverageValue", averageValue: `${targetMi}Mi` };
    const spec = {
      scaleTargetRef: { apiVersion: "v1", kind: "ReplicationController", name: "scaled" },
      ...{ minReplicas: min, maxReplicas: max, metrics: [{ type: "Resource", resource: { name: "memory", target } }] },
      ...(isHasty ? { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } : {}),
    };
    const annotations = {
      [loadAnnotation]: JSON.stringify([
        [0, first],
        [atMs + later, next],
      ]),
    };
    const metadata = { name: what.name, namespace, annotations };
    const object = { apiVersion: "autoscaling/v2", kind: what.kind, metadata, spec };
    return [
      makeCrew(atMs, { name: "scaled", replicas, spec: podSpec({ image }) }),
      { op: "make", ...what, atMs: atMs + 500, object },
      ...(changes ? [{ op: "change", ...what, atMs: atMs + 8_000, patch: { spec: changes } } as const] : []),
      // By then it has looked at all that has changed.
      { op: "change", ...what, atMs: atMs + later + lookedMs, patch: { metadata: { labels: { looked: "yes" } } } },
    ];
  });

/** The same where pods use what they use: more than they are to, so that there come to be as many as may be, or less. */
const measured: Pursuit = fc
  .record({
    atMs: within(8_000),
    image: fc.constantFrom(...imageNames),
    replicas: fc.integer({ min: 1, max: 5 }),
    min: fc.integer({ min: 1, max: 2 }),
    max: fc.integer({ min: 3, max: 5 }),
    isBusy: fc.boolean(),
    isHasty: fc.boolean(),
    changes: fc.constantFrom(undefined, { minReplicas: 3 }, { maxReplicas: 3 }),
    isDropped: fc.constantFrom(false, false, false, true),
  })
  .map(({ atMs, image, replicas, min, max, isBusy, isHasty, changes, isDropped }): Command[] => {
    const what = { kind: "HorizontalPodAutoscaler", namespace, name: "measured" } as const;
    const target = { type: "AverageValue", averageValue: `${isBusy ? playedMi / 2 : playedMi * 2}Mi` };
    const spec = {
      scaleTargetRef: { apiVersion: "v1", kind: "ReplicationController", name: what.name },
      ...{ minReplicas: min, maxReplicas: max, metrics: [{ type: "Resource", resource: { name: "memory", target } }] },
      ...(isHasty ? { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } : {}),
    };
    const object = { apiVersion: "autoscaling/v2", kind: what.kind, metadata: { name: what.name, namespace }, spec };
    return [
      makeCrew(atMs, { name: what.name, replicas, spec: podSpec({ image }) }),
      { op: "make", ...what, atMs: atMs + 500, object },
      ...(changes ? [{ op: "change", ...what, atMs: atMs + 4_000, patch: { spec: changes } } as const] : []),
      ...(isDropped ? [{ op: "drop", ...what, atMs: atMs + 7_000, propagationPolicy: "Background" } as const] : []),
    ];
  });

const configMap = (space: string, name: string, finalizers: readonly string[] = []) => {
  const metadata = { name, namespace: space, ...(finalizers.length > 0 ? { finalizers } : {}) };
  return {
    kind: "ConfigMap",
    namespace: space,
    name,
    object: { apiVersion: "v1", kind: "ConfigMap", metadata },
  } as const;
};

/** What is owned by two, by one or by the other, of whom one goes, or both do. */
const heirs: Pursuit = fc
  .record({
    atMs: within(13_000),
    afterMs: fc.integer({ min: 800, max: 3_000 }),
    laterMs: fc.integer({ min: 10, max: 4_000 }),
    policy: fc.constantFrom<("Orphan" | "Background" | "Foreground")[]>("Orphan", "Background", "Foreground"),
    areBoth: fc.boolean(),
  })
  .map(({ atMs, afterMs, laterMs, policy, areBoth }): Command[] => {
    const [one, other] = ["estate-a", "estate-b"];
    const make = (name: string, ms: number, ownedBy?: readonly string[]): Command => {
      return { op: "make", ...configMap(namespace, name), atMs: atMs + ms, ...(ownedBy ? { ownedBy } : {}) };
    };
    const drop = (name: string, ms: number, propagationPolicy: typeof policy): Command => {
      return { op: "drop", kind: "ConfigMap", namespace, name, atMs: atMs + ms, propagationPolicy };
    };
    return [
      ...[make(one, 0), make(other, 0)],
      make(`${heirPrefix}of-both`, 300, [one, other]),
      make(`${heirPrefix}of-one`, 300, [one]),
      make(`${heirPrefix}of-other`, 300, [other]),
      drop(one, 300 + afterMs, policy),
      ...(areBoth && policy !== "Orphan" ? [drop(other, 300 + afterMs + laterMs, policy)] : []),
    ];
  });

/** A namespace that is robbed of what it is given, and given it again; then it goes, and is kept for a while. */
const robbed: Pursuit = fc
  .record({
    atMs: within(14_000),
    afterMs: fc.integer({ min: 600, max: 2_500 }),
    goes: fc.boolean(),
    forMs: fc.integer({ min: 500, max: 8_000 }),
  })
  .map(({ atMs, afterMs, goes, forMs }): Command[] => {
    const space = { kind: "Namespace", namespace: "", name: "spare" } as const;
    const inside = { namespace: "spare", atMs: atMs + afterMs, propagationPolicy: "Background" } as const;
    const goesMs = atMs + afterMs + 2_500;
    const kept = configMap("spare", "kept", [holdFinalizer]);
    const { object: _object, ...which } = kept;
    return [
      { op: "make", ...space, atMs, object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "spare" } } },
      { op: "drop", kind: "ServiceAccount", name: "default", ...inside },
      { op: "drop", kind: "ConfigMap", name: "kube-root-ca.crt", ...inside },
      ...(goes
        ? ([
            { op: "make", ...kept, atMs: goesMs - 500 },
            { op: "drop", ...space, atMs: goesMs, propagationPolicy: "Background" },
            { op: "change", ...which, atMs: goesMs + forMs, patch: { metadata: { finalizers: null } } },
          ] as const)
        : []),
    ];
  });

/** What users take up beside all else, in every third run. */
export function pursuits(): Pursuit {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.oneof(paused, perIndex, heirs, robbed) },
  );
}

/** What users have done for them, by the clock, or by what is measured; and, once more, what goes with its owners. */
export function standingOrders(): Pursuit {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: measured },
    { weight: 1, arbitrary: timetables() },
    { weight: 1, arbitrary: heirs },
    { weight: 1, arbitrary: robbed },
  );
}

/** The same where it is played what pods use. */
export function measuredPursuits(): Pursuit {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.oneof(paused, perIndex) },
    { weight: 1, arbitrary: scaled },
  );
}

/** In a run that begins ten seconds before a minute, so long after that all that those minutes started is over. */
const [lastLookMs, minutesMs] = [150_000, 60_000];

/** A CronJob whose time comes three times, or twice where what it starts takes longer than that. */
export function minutely(): Pursuit {
  const one = fc
    .record({
      atMs: fc.nat(8_000),
      policy: fc.constantFrom("Allow", "Forbid", "Replace"),
      isLong: fc.boolean(),
      fails: fc.constantFrom(false, false, true),
      kept: fc.constantFrom(undefined, 0, 1, 2),
      deadlineSeconds: fc.constantFrom(undefined, undefined, 20, 100),
      waits: fc.constantFrom(false, false, true),
      isLater: fc.constantFrom(false, false, true),
    })
    .map(({ atMs, policy, isLong, fails, kept, deadlineSeconds, waits, isLater }): Command[] => {
      const what = { kind: "CronJob", namespace, name: "minutely" } as const;
      const schedule = "* * * * *";
      const template = templateOf(isLong ? longImage : fails ? failingImage : jobImage);
      const spec = {
        ...{ schedule: isLater ? "0 3 * * *" : schedule, concurrencyPolicy: policy, suspend: waits },
        jobTemplate: { spec: { template, backoffLimit: 0 } },
        ...(kept === undefined ? {} : { successfulJobsHistoryLimit: kept, failedJobsHistoryLimit: (kept + 1) % 3 }),
        ...(deadlineSeconds === undefined ? {} : { startingDeadlineSeconds: deadlineSeconds }),
      };
      const object = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: what.name, namespace }, spec };
      const turn = (isOn: boolean, ms: number): Command => ({
        ...{ op: "change", ...what, atMs: ms, patch: { spec: { suspend: isOn } } },
      });
      const metadata = { labels: { looked: "yes" } };
      return [
        { op: "make", ...what, atMs, object },
        // The first of its minutes has come before it is every minute's.
        ...(isLater
          ? [{ op: "change", ...what, atMs: 20_000 + 4 * atMs, patch: { spec: { schedule } } } as const]
          : []),
        ...(waits ? [turn(false, minutesMs + 20_000)] : []),
        turn(true, isLong ? minutesMs + 25_000 : 2 * minutesMs + 25_000),
        { op: "change", ...what, atMs: lastLookMs, patch: { metadata } },
      ];
    });
  return fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: one });
}
