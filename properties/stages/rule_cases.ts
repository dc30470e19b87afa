import type { Fault } from "../../runtime/faults/fault.ts";
import { assert, test } from "../house/test.ts";
import { type Happening, type HappeningScene, judgeHappenings } from "./happenings.ts";

/** A key of the registry is written. */
export const put = (atMs: number, key: string, object: object): Happening => ({
  atMs,
  key: `/registry/${key}`,
  object,
});
/** A key of the registry is deleted. */
export const gone = (atMs: number, key: string): Happening => ({ atMs, key: `/registry/${key}` });
/** The metadata of an object of the namespace `default`. */
export const meta = (name: string, more: object = {}) => ({ name, namespace: "default", uid: `uid-${name}`, ...more });
/** The reference to a controller of that name. */
export const ownedBy = (kind: string, name: string, more: object = {}) => ({
  ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true, ...more }],
});
/** What is being deleted. */
export const ending = { deletionTimestamp: "2030-01-01T00:00:00Z", deletionGracePeriodSeconds: 5 };
/** The status of what is ready. */
export const ready = { conditions: [{ type: "Ready", status: "True" }] };

/** What a pod has beside what all have. */
export interface PodParts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly container?: object;
}

/** Where a pod is stored. */
export const podKey = (name: string) => `pods/default/${name}`;
/** A pod of one container. */
export const pod = (name: string, { metadata, spec, status, container }: PodParts = {}) => ({
  metadata: meta(name, metadata),
  spec: { containers: [{ name: "main", image: "app:1", ...container }], ...spec },
  status: { phase: "Running", ...status },
});
/** The container of a pod of that name begins to run. */
export const begins = (atMs: number, name: string): Happening => ({
  atMs,
  event: { type: "container.started", pod: sandboxOf(name), container: "main", id: name },
});

/** The sandbox of a pod of that name is ready. */
export const sandbox = (atMs: number, name: string, ip: string): Happening => ({
  atMs,
  event: { type: "sandbox.ready", pod: sandboxOf(name), ips: [ip] },
});

/** It has ended. */
export const ends = (atMs: number, name: string, exitCode: number): Happening => ({
  atMs,
  event: { type: "container.exited", pod: sandboxOf(name), container: "main", id: name, exitCode },
});

/** An init container called `first` of a pod of that name has ended well. */
export const initEnds = (atMs: number, name: string): Happening => ({
  atMs,
  event: { type: "container.exited", pod: sandboxOf(name), container: "first", id: `${name}-first`, exitCode: 0 },
});

const sandboxOf = (name: string) => ({
  ...{ name, namespace: "default", uid: `uid-${name}` },
  ...{ attempt: 0, hostNetwork: false },
});

/** A node. */
export const node = (name: string, { spec = {}, status = {}, labels = {} } = {}) => ({
  metadata: { name, uid: `uid-${name}`, labels: { "kubernetes.io/hostname": name, ...labels } },
  spec,
  status,
});
/** Something is wrong. */
export const crash: Fault = { kind: "crash", parameters: { actor: "apiserver/0" }, trigger: { atMs: 0 } };

/** What breaks a rule, and what is told of it; beside it, where there is one, what is like it and does not. */
export interface Case {
  readonly rule: Parameters<typeof judgeHappenings>[0];
  readonly says: RegExp;
  readonly wrong: readonly Happening[];
  readonly right?: readonly Happening[];
  readonly scene?: HappeningScene;
  /** Whether it holds only where nothing else is wrong. Default true. */
  readonly onlyInCalm?: boolean;
}

/** Tests that a rule is broken by what breaks it, and by nothing else. */
export function testRule({ rule, says, wrong, right, scene = {}, onlyInCalm = true }: Case): void {
  test(`"${rule.name}" is broken where ${says}`, () => {
    assert.match(judgeHappenings(rule, wrong, scene) ?? "nothing", says);
    if (right) assert.equal(judgeHappenings(rule, right, scene), undefined);
    const troubled = judgeHappenings(rule, wrong, { ...scene, faults: [crash] });
    assert.equal(troubled === undefined, onlyInCalm);
  });
}
