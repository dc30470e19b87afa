import { encodeBase64 } from "../../../actors/api/base64.ts";
import type { Fields } from "../../../actors/api/types.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import type { DeviceDefinition } from "../../../runtime/devices/device.ts";
import { httpsClientModel, type PlayedAnswer } from "../../../runtime/devices/https_client_model.ts";
import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type { ApiOperation } from "./data.ts";
import { folders, hookKey, markKey } from "./folders.ts";
import { show } from "./operations.ts";
import { folderOf, markOf } from "./requests.ts";
import type { HooksOfRun } from "./run.ts";
import type { TimedChange, Timeline } from "./timeline.ts";
import { type Thing, textOf } from "./truth.ts";

const { namespace } = folders.hooked;
/** Longer than webhooks are waited for, and shorter. */
const [timeoutSeconds, slowMs] = [1, 300];

/** What a webhook that judges was asked and said yes to. */
interface Allowed {
  readonly operation: string;
  /** Texts as `textOf` has them. */
  readonly object: string;
  readonly old: string;
  readonly isLast: boolean;
  readonly atMs: number;
}

/** Who is asked about what is written, and what that was. */
export interface Hooks {
  readonly device: DeviceDefinition;
  readonly allowed: readonly Allowed[];
}

interface Review {
  readonly apiVersion: string;
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly object: Thing | null;
    readonly oldObject: Thing | null;
    readonly dryRun: boolean;
  };
}

const markIn = (thing: Thing | null | undefined) =>
  (thing?.metadata.annotations as Readonly<Record<string, string>> | undefined)?.[markKey] ?? "";

/** Whether whoever judges says no to an object that is written last by that: every fifth may not be made, nor deleted. */
const isUnwanted = (mark: string) => /[38]$/.test(mark);
const isTreasured = (mark: string) => /[16]$/.test(mark);

/** The server of two webhooks: one notes on an object whose write it has seen, and one judges what came of that. */
export function createHooks({ spells = [] }: Partial<HooksOfRun>, uptimeMs: () => number): Hooks {
  const allowed: Allowed[] = [];
  const answer = (body: object, afterMs = 1): PlayedAnswer => {
    return { answer: { ok: true, code: 200, body: JSON.stringify(body) }, afterMs };
  };
  const device = httpsClientModel(({ url, body = "" }) => {
    const nowMs = uptimeMs();
    const spell = spells.find(({ atMs, forMs }) => nowMs >= atMs && nowMs < atMs + forMs);
    if (spell?.how === "away") return { answer: httpsFailures.refused };
    if (spell?.how === "silent") return "silence";
    if (spell?.how === "broken") return { answer: { ok: true, code: 500, body: "out of order" } };
    const { apiVersion, request } = JSON.parse(body) as Review;
    const { uid, operation, object, oldObject, dryRun } = request;
    const respond = (response: object) =>
      answer({ kind: "AdmissionReview", apiVersion, response: { uid, ...response } }, spell ? slowMs : 1);
    if (new URL(url).pathname === "/notes") {
      const patch = [{ op: "add", path: `/metadata/annotations/${hookKey}`, value: markIn(object) }];
      return respond({ allowed: true, patchType: "JSONPatch", patch: encodeBase64(JSON.stringify(patch)) });
    }
    const isRefused = operation === "DELETE" ? isTreasured(markIn(oldObject)) : isUnwanted(markIn(object));
    if (isRefused) return respond({ allowed: false, status: { code: 403, reason: "Forbidden", message: "not this" } });
    const isLast = ((object?.metadata.finalizers ?? []) as readonly string[]).length === 0;
    if (!dryRun) {
      const [is, old] = [object, oldObject].map((each) => rawText(each ?? undefined)) as [string, string];
      allowed.push({ operation, object: is, old, isLast, atMs: nowMs });
    }
    return respond({ allowed: true });
  });
  return { device, allowed };
}

/** An object as text, with what a webhook has noted on it. */
function rawText(thing: Thing | undefined): string {
  const noted = (thing?.metadata.annotations as Fields | undefined)?.[hookKey] ?? "";
  return `${textOf(thing)} ${noted}`;
}

const registration = { group: "admissionregistration.k8s.io", version: "v1", verb: "create" } as const;

/** What is made before clients begin, in runs that have webhooks. */
export function hookRequests({ failurePolicy }: HooksOfRun): readonly Omit<ApiRequest, "type">[] {
  const configure = (sort: "Mutating" | "Validating", name: string, operations: readonly string[]) => {
    const kind = `${sort}WebhookConfiguration`;
    const rules = [{ apiGroups: [""], apiVersions: ["v1"], operations, resources: [folders.hooked.resource] }];
    const webhook = {
      ...{ name: `${name}.example.com`, clientConfig: { url: `https://hooks.example.com/${name}` }, rules },
      ...{ admissionReviewVersions: ["v1"], sideEffects: "None", failurePolicy, timeoutSeconds },
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    };
    const body = { apiVersion: `${registration.group}/v1`, kind, metadata: { name }, webhooks: [webhook] };
    return { ...registration, resource: `${kind.toLowerCase()}s`, body: JSON.stringify(body) };
  };
  const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  return [
    { group: "", version: "v1", verb: "create", resource: "namespaces", body: JSON.stringify(space) },
    configure("Mutating", "notes", ["CREATE", "UPDATE"]),
    configure("Validating", "judges", ["CREATE", "UPDATE", "DELETE"]),
  ];
}

/** Whether a webhook may have said no to what an operation wanted, of one of these. */
export function isForbidden(operation: ApiOperation, states: readonly (Thing | undefined)[]): boolean {
  const { command } = operation;
  if (folderOf(command) !== folders.hooked) return false;
  if (command.op === "delete" || command.op === "deleteAll") return states.some((each) => isTreasured(markIn(each)));
  return isUnwanted(markOf(operation));
}

/**
 * Whether all that is stored is what webhooks said yes to, as it was shown to them, with what was there before; and has
 * been noted by who notes. What is to be let in when nobody can be asked is that only where somebody could not be.
 */
export function judgeHooks(timeline: Timeline, { allowed }: Hooks, hooks: HooksOfRun): string | undefined {
  for (const change of timeline.changes) {
    if (change.folder !== folders.hooked) continue;
    const { by, before, after, atMs, name, revision } = change;
    const sinceMs = by?.callMs ?? 0;
    const mayPass =
      hooks.failurePolicy === "Ignore" &&
      hooks.spells.some((each) => each.atMs <= atMs && each.atMs + each.forMs >= sinceMs && each.how !== "slow");
    if (mayPass) continue;
    const wrong = unnoted(change) ?? unallowed(change, allowed);
    if (wrong === undefined) continue;
    return `${name} at version ${revision}, ${rawText(after)} made of ${rawText(before)}${by ? ` by ${show(by)}` : ""}: ${wrong}`;
  }
  return undefined;
}

function unnoted({ by, after }: TimedChange): string | undefined {
  if (!by || !after) return undefined;
  const noted = (after.metadata.annotations as Fields | undefined)?.[hookKey];
  return noted === markOf(by) ? undefined : "the webhook that changes it has not seen it";
}

function unallowed({ by, before, after, atMs }: TimedChange, allowed: readonly Allowed[]): string | undefined {
  const [is, was] = [rawText(after), rawText(before)];
  const isSo = (each: Allowed) => {
    if (each.atMs > atMs || each.old !== was) return false;
    if (by && after) return each.operation === (before ? "UPDATE" : "CREATE") && each.object === is;
    return each.operation === "DELETE" || (!after && each.operation === "UPDATE" && each.isLast);
  };
  return allowed.some(isSo) ? undefined : "no webhook that judges has said yes to that";
}
