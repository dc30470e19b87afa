import { parseJsonPath, valuesAt } from "../../../../api/custom/json_path.ts";
import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { type ApiObject, must, nameOf, pathOf } from "./client.ts";
import { failWith, say, sayWrong, type Verb } from "./command.ts";
import { choosing, objectsOf, type Target, targetsOf, tellMissing } from "./targets.ts";

const lookMs = 500;
const waitMs = 30_000;

/** Waits until a condition holds of each object. */
export const wait: Verb = {
  name: "wait",
  flags: { ...choosing, for: "text", timeout: "text", local: "yes" },
  *run(self, given) {
    const condition = given.text("for");
    const holds = yield* conditionOf(self, condition);
    const untilMs = self.kernel.host.uptimeMs() + (yield* durationOf(self, given.text("timeout"), waitMs));
    const targets = yield* targetsOf(self, given, given.words);
    if (condition === "create") yield* untilThere(self, { targets, untilMs });
    const { found, missing } = yield* objectsOf(self, given, targets);
    if (condition === "delete" && found.length === 0) return 0;
    let status = yield* tellMissing(self, missing);
    if (found.length === 0 && status === 0) return yield* failWith(self, "no matching resources found");
    for (const { resource, namespace, name } of found) {
      const path = pathOf(resource, namespace, name);
      for (;;) {
        const answer = yield* askApi(self, { path });
        if (!answer.ok && answer.reason !== "NotFound") yield* must(self, answer);
        const object = answer.ok ? (JSON.parse(answer.body) as ApiObject) : undefined;
        if (holds(object)) {
          yield* say(self, `${nameOf(resource, name)} condition met`);
          break;
        }
        if (!answer.ok) {
          yield* must(self, answer);
        }
        if (self.kernel.host.uptimeMs() >= untilMs) {
          yield* sayWrong(self, `error: timed out waiting for the condition on ${resource.plural}/${name}`);
          status = 1;
          break;
        }
        yield* sleepUntil(self, Math.min(untilMs, self.kernel.host.uptimeMs() + lookMs));
      }
    }
    return status;
  },
};

interface Patience {
  readonly targets: readonly Target[];
  readonly untilMs: number;
}

function* untilThere(self: Process, { targets, untilMs }: Patience): Running<void> {
  for (const { resource, namespace, name } of targets) {
    if (name === undefined) continue;
    for (;;) {
      const answer = yield* askApi(self, { path: pathOf(resource, namespace, name) });
      if (answer.ok) break;
      if (answer.reason !== "NotFound") yield* must(self, answer);
      if (self.kernel.host.uptimeMs() >= untilMs) {
        yield* failWith(self, "timed out waiting for the condition");
      }
      yield* sleepUntil(self, Math.min(untilMs, self.kernel.host.uptimeMs() + lookMs));
    }
  }
}

/** What `--for` asks for. */
function* conditionOf(self: Process, text: string): Running<(object: ApiObject | undefined) => boolean> {
  if (text === "delete") return (object) => object === undefined;
  if (text === "create") return (object) => object !== undefined;
  const [, type = "", wanted = "true"] = /^condition=([^=]+)(?:=(.*))?$/.exec(text) ?? [];
  if (type !== "") {
    return (object) => {
      const { generation = 0 } = object?.metadata ?? {};
      const { conditions = [] } = statusOf(object);
      return conditions.some(
        (each) =>
          each.type.toLowerCase() === type.toLowerCase() &&
          each.status.toLowerCase() === wanted.toLowerCase() &&
          (each.observedGeneration ?? generation) >= generation,
      );
    };
  }
  const [, path = "", value] = /^jsonpath=['"]?(\{[\s\S]*?\})['"]?(?:=([\s\S]*))?$/.exec(text) ?? [];
  const parsed = path === "" ? undefined : parseJsonPath(path);
  if (parsed) {
    return (object) => {
      const values = valuesAt(object, parsed);
      return values.some((each) => value === undefined || String(each) === value);
    };
  }
  return yield* failWith(self, `unrecognized condition: ${JSON.stringify(text)}`);
}

interface Status {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly observedGeneration?: number;
  }[];
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly readyReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
}

function statusOf(object: ApiObject | undefined): Status {
  return (object?.status ?? {}) as Status;
}

/** `90s`, `5m`, `1h30m`; `0s` is an instant, and what is negative a week. */
function* durationOf(self: Process, text: string, otherwiseMs: number): Running {
  if (text === "") return otherwiseMs;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  if (text.startsWith("-")) return 7 * 24 * 3_600_000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text !== "0" && parts.map(([all]) => all).join("") !== text) {
    return yield* failWith(self, `invalid argument "${text}" for "--timeout" flag: time: invalid duration "${text}"`);
  }
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
}

/** Tells how the pods of a workload are made anew, until all of them are. */
export const rolloutStatus: Verb = {
  name: "rollout status",
  flags: { ...choosing, watch: "yes", timeout: "text", revision: "text" },
  *run(self, given) {
    const timeout = given.text("timeout");
    const limitMs = timeout === "" || /^0s?$/.test(timeout) ? undefined : yield* durationOf(self, timeout, waitMs);
    const untilMs = self.kernel.host.uptimeMs() + (limitMs ?? Number.POSITIVE_INFINITY);
    const isOnce = given.has("watch") && !given.isSet("watch");
    const { found, missing } = yield* objectsOf(self, given, yield* targetsOf(self, given, given.words));
    for (const { resource, namespace, name } of found) {
      for (let said = ""; ; ) {
        const answer = yield* must(self, yield* askApi(self, { path: pathOf(resource, namespace, name) }));
        const { text, isDone, failure } = progressOf(JSON.parse(answer) as ApiObject, name, resource.kind);
        if (failure !== undefined) return yield* failWith(self, failure);
        if (text !== said) yield* say(self, text);
        said = text;
        if (isDone || isOnce) break;
        if (self.kernel.host.uptimeMs() >= untilMs) return yield* failWith(self, "timed out waiting for the condition");
        yield* sleepUntil(self, Math.min(untilMs, self.kernel.host.uptimeMs() + lookMs));
      }
    }
    return yield* tellMissing(self, missing);
  },
};

interface Progress {
  readonly text: string;
  readonly isDone?: boolean;
  readonly failure?: string;
}

/** How far a rollout is, in kubectl's words. */
function progressOf(object: ApiObject, name: string, kind: string): Progress {
  const { replicas: wanted = 1 } = (object.spec ?? {}) as { readonly replicas?: number };
  const status = statusOf(object);
  const { observedGeneration = 0 } = status;
  const isSeen = (object.metadata.generation ?? 0) <= observedGeneration;
  if (kind === "Deployment") return isSeen ? ofDeployment(name, wanted, status) : unseen("deployment");
  if (kind === "DaemonSet") return isSeen ? ofDaemonSet(name, status) : unseen("daemon set");
  if (kind === "StatefulSet") return isSeen ? ofStatefulSet(wanted, status) : unseen("statefulset");
  return { text: "", failure: `no status viewer has been implemented for ${kind}` };
}

function unseen(what: string): Progress {
  return { text: `Waiting for ${what} spec update to be observed...` };
}

function ofDeployment(name: string, wanted: number, status: Status): Progress {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions = [] } = status;
  const waiting = `Waiting for deployment "${name}" rollout to finish:`;
  if (conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded")) {
    return { text: "", failure: `deployment "${name}" exceeded its progress deadline` };
  }
  if (updatedReplicas < wanted) {
    return { text: `${waiting} ${updatedReplicas} out of ${wanted} new replicas have been updated...` };
  }
  if (replicas > updatedReplicas) {
    return { text: `${waiting} ${replicas - updatedReplicas} old replicas are pending termination...` };
  }
  if (availableReplicas < updatedReplicas) {
    return { text: `${waiting} ${availableReplicas} of ${updatedReplicas} updated replicas are available...` };
  }
  return { text: `deployment "${name}" successfully rolled out`, isDone: true };
}

function ofDaemonSet(name: string, status: Status): Progress {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status;
  const waiting = `Waiting for daemon set "${name}" rollout to finish:`;
  if (updated < wanted) return { text: `${waiting} ${updated} out of ${wanted} new pods have been updated...` };
  if (numberAvailable < wanted) {
    return { text: `${waiting} ${numberAvailable} of ${wanted} updated pods are available...` };
  }
  return { text: `daemon set "${name}" successfully rolled out`, isDone: true };
}

function ofStatefulSet(wanted: number, status: Status): Progress {
  const { readyReplicas = 0, updatedReplicas = 0, currentRevision = "", updateRevision = "" } = status;
  if (readyReplicas < wanted) return { text: `Waiting for ${wanted - readyReplicas} pods to be ready...` };
  if (updateRevision !== currentRevision) {
    return {
      text: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    };
  }
  return {
    text: `statefulset rolling update complete ${wanted} pods at revision ${currentRevision}...`,
    isDone: true,
  };
}
