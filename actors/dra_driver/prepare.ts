import type { Step } from "../../runtime/mod.ts";
import type { AllocatedDevice } from "../api/device_claims.ts";
import { type ResourceClaim, resourceClaim } from "../api/kinds/resource_claim.ts";
import { formatTime } from "../api/time.ts";
import type { Frozen } from "../api/types.ts";
import { cdiFolder, readSpec } from "../kit/cdi.ts";
import { failed, ok, type Result } from "../kit/result.ts";
import { heldBy, readyClaim } from "./claim_devices.ts";
import { askFiles, type DraDriverData } from "./data.ts";
import type { ClaimReference, PrepareClaims, PreparedDevice, UnprepareClaims } from "./messages.ts";

type Claim = Frozen<ResourceClaim>;
type Done<Value> = (result: Result<Value, string>, step: Step) => void;

/** Works on the next call of the kubelet, if none is worked on. */
export function work(data: DraDriverData, step: Step): void {
  if (data.isAtWork) return;
  const mail = data.calls.shift();
  if (mail === undefined) return;
  data.isAtWork = true;
  const answer: Record<string, Result<unknown, string>> = {};
  const one = doer(data, mail.body);
  const next = (index: number, now: Step): void => {
    const claim = mail.body.claims[index];
    if (!claim) {
      now.reply(mail, answer);
      data.isAtWork = false;
      return void work(data, now);
    }
    one(claim, now, (result, later) => {
      answer[claim.uid] = result;
      next(index + 1, later);
    });
  };
  next(0, step);
}

function doer(data: DraDriverData, { type }: PrepareClaims | UnprepareClaims) {
  return (claim: ClaimReference, step: Step, done: Done<unknown>) =>
    type === "dra.prepare" ? prepare(data, { claim, done }, step) : unprepare(data, { claim, done }, step);
}

interface Asked<Value> {
  readonly claim: ClaimReference;
  readonly done: Done<Value>;
}

/** Has a claim's devices ready: doing it twice is doing it once. */
function prepare(data: DraDriverData, { claim: asked, done }: Asked<readonly PreparedDevice[]>, step: Step): void {
  const { namespace, name, uid } = asked;
  const which = `claim ${namespace}/${name}`;
  data.client.get<ResourceClaim>(step, { kind: resourceClaim, namespace, name }, (found, later) => {
    if (!found.ok) return done(failed(`retrieve ${which}: ${found.failure.message}`), later);
    if (found.value.metadata.uid !== uid) return done(failed(`${which} got replaced`), later);
    if (!found.value.status?.allocation) return done(failed(`${which} not allocated`), later);
    prepareFound(data, { claim: found.value, done }, later);
  });
}

function prepareFound(
  data: DraDriverData,
  { claim, done }: { readonly claim: Claim; readonly done: Done<readonly PreparedDevice[]> },
  step: Step,
) {
  const ready = readyClaim(claim, data.input.driver);
  if (!ready.ok) return done(ready, step);
  const path = fileOf(data, claim.metadata.uid ?? "");
  const read = { op: "ReadFiles", folder: cdiFolder } as const;
  const write = { op: "WriteFile", path, data: asciiJson(ready.value.spec) } as const;
  const listed = (files: Result<Readonly<Record<string, string>>, string>, later: Step) => {
    if (!files.ok) return done(files, later);
    const taken = takenDevice(data, { files: files.value, path, wanted: heldBy(ready.value.spec) });
    if (taken !== undefined) return done(failed(`device ${taken} is still prepared for another claim`), later);
    const written = (answer: Result<undefined, string>, last: Step) => {
      if (answer.ok) sayPrepared(data, { claim }, last);
      done(answer.ok ? ok(ready.value.devices) : answer, last);
    };
    askFiles<undefined>(data, { request: write, done: written }, later);
  };
  askFiles<Readonly<Record<string, string>>>(data, { request: read, done: listed }, step);
}

interface Looking {
  readonly files: Readonly<Record<string, string>>;
  readonly path: string;
  readonly wanted: readonly string[];
}

/** A device that another claim has here: who had it was deleted by force, and is not gone from the node yet. */
function takenDevice({ input }: DraDriverData, { files, path, wanted }: Looking): string | undefined {
  const others = Object.entries(files).filter(
    ([name]) => name.startsWith(`${input.driver}-`) && `${cdiFolder}/${name}` !== path,
  );
  const held = new Set(others.flatMap(([, file]) => readSpec(file)).flatMap(heldBy));
  return wanted.find((device) => held.has(device));
}

function unprepare(data: DraDriverData, { claim, done }: Asked<undefined>, step: Step): void {
  const request = { op: "RemoveFile", path: fileOf(data, claim.uid) } as const;
  askFiles<undefined>(data, { request, done }, step);
}

function fileOf({ input }: DraDriverData, uid: string): string {
  return `${cdiFolder}/${input.driver}-${uid}.json`;
}

/** Files are bytes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const triesMax = 5;

interface Saying {
  readonly claim: Claim;
  /** Default 5. */
  readonly tries?: number;
}

/** Tells in the claim's status how its devices are. Nobody waits for that. */
function sayPrepared(data: DraDriverData, { claim, tries = triesMax }: Saying, step: Step): void {
  const { driver, node } = data.input;
  const { devices: said = [], allocation } = claim.status;
  const isOwn = (each: Pick<AllocatedDevice, "driver">) => each.driver === driver;
  const own = (allocation?.devices?.results ?? []).filter(isOwn);
  if (tries === 0 || own.every((result) => said.some((each) => isSame(each, result)))) return;
  const condition = {
    ...{ type: "Ready", status: "True", reason: "Prepared", message: `The device is prepared on node ${node}` },
    lastTransitionTime: formatTime(step.nowMs),
  };
  const mine = own.map(({ pool, device }) => ({ driver, pool, device, conditions: [condition] }));
  const { namespace = "", name, uid, resourceVersion } = claim.metadata;
  const patch = {
    metadata: { uid, resourceVersion },
    status: { devices: [...said.filter((each) => !isOwn(each)), ...mine] },
  };
  const target = { kind: resourceClaim, namespace, name };
  const contentType = "application/merge-patch+json" as const;
  data.client.patch<ResourceClaim>(step, { ...target, subresource: "status", patch, contentType }, (outcome, later) => {
    // Somebody else has changed it meanwhile: what it says now is looked at first.
    if (outcome.ok || outcome.failure.code !== 409) return;
    data.client.get<ResourceClaim>(later, target, (found, last) => {
      if (found.ok && found.value.metadata.uid === uid)
        sayPrepared(data, { claim: found.value, tries: tries - 1 }, last);
    });
  });
}

type Named = Readonly<Pick<AllocatedDevice, "driver" | "pool" | "device">>;

function isSame(one: Named, other: Named): boolean {
  return one.driver === other.driver && one.pool === other.pool && one.device === other.device;
}
