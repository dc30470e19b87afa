import fc from "fast-check";
import type { Container, Fields } from "../../../actors/api/types.ts";
import type { ModelDeed } from "../model/messages.ts";
import { lateSource, type Put, workMsMax } from "./pods.ts";

/** What a user does to what was made, whatever that is. */
export type Change = (pods: readonly Put[], nodes: number) => readonly ModelDeed[];

interface When {
  readonly atMs: number;
  readonly laterMs: number;
  readonly which: number;
}

const when = fc.record({
  atMs: fc.integer({ min: 200, max: workMsMax - 4_000 }),
  laterMs: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 4_000 })),
  which: fc.nat(999),
});

function one(pods: readonly Put[], { which }: When): Put {
  return pods[which % pods.length] as Put;
}

function merge({ resource, object }: Put, atMs: number, patch: Fields): ModelDeed {
  return { op: "merge", atMs, resource, namespace: "default", name: object.metadata.name, patch };
}

function remove({ resource, object }: Put, atMs: number, graceSeconds?: number): ModelDeed {
  const { name } = object.metadata;
  return {
    op: "remove",
    atMs,
    resource,
    namespace: "default",
    name,
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
  };
}

const grace = fc.constantFrom(undefined, undefined, undefined, 0, 1, 3, 6);

/** A pod is deleted; again with less time, or made anew at once or later, or both. */
const deletion: fc.Arbitrary<Change> = fc
  .record({ when, grace, sooner: fc.constantFrom(undefined, undefined, 0, 1), isAnew: fc.boolean() })
  .map(
    ({ when: at, grace: given, sooner, isAnew }): Change =>
      (pods) => {
        const put = one(pods, at);
        const again = sooner === undefined ? [] : [remove(put, at.atMs + at.laterMs, sooner)];
        const anew = isAnew ? [{ ...put, atMs: at.atMs + at.laterMs }] : [];
        return [remove(put, at.atMs, given), ...again, ...anew];
      },
  );

function withContainer(put: Put, change: (container: Container) => Container): Fields {
  const { containers } = put.object.spec as unknown as { readonly containers: readonly Container[] };
  return { spec: { containers: containers.map((each, index) => (index === 0 ? change(each) : each)) } };
}

type PodPatch = (put: Put) => Fields;

const patches: fc.Arbitrary<PodPatch> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constant<PodPatch>(() => ({
      status: { conditions: [{ type: "example.com/gate", status: "True" }] },
    })),
  },
  { weight: 1, arbitrary: fc.constant<PodPatch>(() => ({ status: { containerStatuses: [], phase: "Pending" } })) },
  {
    weight: 1,
    arbitrary: fc.constant<PodPatch>(() => ({ status: { conditions: [{ type: "Ready", status: "False" }] } })),
  },
  { weight: 1, arbitrary: fc.constant<PodPatch>(() => ({ status: { phase: "Failed", reason: "Evicted" } })) },
  { weight: 1, arbitrary: fc.constant<PodPatch>(() => ({ metadata: { labels: { touched: "yes" } } })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(2, 5).map(
      (seconds): PodPatch =>
        () => ({ spec: { activeDeadlineSeconds: seconds } }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<PodPatch>((put) => withContainer(put, (each) => ({ ...each, image: "run:2" }))) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("200m", "1", "3").map(
      (cpu): PodPatch =>
        (put) =>
          withContainer(put, (each) => ({ ...each, resources: { requests: { cpu }, limits: { cpu: "3" } } })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("run:1", "done:1").map(
      (image): PodPatch =>
        () => ({
          spec: { ephemeralContainers: [{ name: "looks", image }] },
        }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<PodPatch>(() => ({ metadata: { finalizers: [] } })) },
);

const ofPods: fc.Arbitrary<Change> = fc.record({ when, patch: patches }).map(
  ({ when: at, patch }): Change =>
    (pods) => [merge(one(pods, at), at.atMs, patch(one(pods, at)))],
);

const ofSources: fc.Arbitrary<Change> = fc
  .record({ when, what: fc.constantFrom("change", "change", "again", "late", "late", "secret") })
  .map(
    ({ when: at, what }): Change =>
      () => {
        const settings = { op: "merge", resource: "configmaps", namespace: "default", name: "settings" } as const;
        if (what === "late") return [lateSource(at.atMs)];
        if (what === "secret")
          return [{ ...settings, atMs: at.atMs, resource: "secrets", name: "keys", patch: { data: { key: "dHdv" } } }];
        const changed: ModelDeed = { ...settings, atMs: at.atMs, patch: { data: { mode: "b", more: "c" } } };
        const again: ModelDeed = {
          ...settings,
          atMs: at.atMs + at.laterMs,
          patch: { data: { mode: "d", more: null } },
        };
        return what === "change" ? [changed] : [changed, again];
      },
  );

const ofNodes: fc.Arbitrary<Change> = fc
  .record({
    when,
    patch: fc.constantFrom<Fields[]>({ metadata: { labels: { disk: "ssd" } } }, { spec: { unschedulable: true } }),
  })
  .map(
    ({ when: at, patch }): Change =>
      (_pods, nodes) => [{ op: "merge", atMs: at.atMs, resource: "nodes", name: `node-${at.which % nodes}`, patch }],
  );

/** Any of them. */
export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: deletion },
  { weight: 4, arbitrary: ofPods },
  { weight: 2, arbitrary: ofSources },
  { weight: 1, arbitrary: ofNodes },
);
