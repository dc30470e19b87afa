import type { Step } from "../../../runtime/mod.ts";
import type { UnprepareAnswer, UnprepareClaims } from "../../dra_driver/messages.ts";
import type { Result } from "../../kit/result.ts";
import { after, type KubeletData } from "../data.ts";
import { writeDown } from "./checkpoint.ts";
import type { ClaimInfo } from "./claims.ts";
import { askDriver } from "./drivers.ts";

/** At first it may be that drivers have not registered yet; later as a kubelet works through what failed. */
const retryFirstMs = 1_000;
const retryMs = 10_000;

/**
 * Takes the claims of a pod back from their drivers, but for those that others of this node use, and tries until that is
 * done: before it is nobody may be told that the pod is over, for its devices may be somebody else's then.
 */
export function unprepareDevices(
  data: KubeletData,
  uid: string,
  {
    step,
    done,
    delayMs = retryFirstMs,
  }: { readonly step: Step; readonly done: (step: Step) => void; readonly delayMs?: number },
) {
  const own = [...data.devices.claims.values()].filter(({ pods }) => pods.has(uid));
  if (own.length === 0) return done(step);
  const [info] = own;
  if (info?.leaving) return void info.leaving.push((later) => unprepareDevices(data, uid, { step: later, done }));
  const shared = own.filter(({ pods }) => pods.size > 1);
  for (const { pods } of shared) pods.delete(uid);
  const last = own.filter((each) => !shared.includes(each) && !each.leaving);
  for (const each of last) Object.assign(each, { leaving: [], isPrepared: false });
  const again = (later: Step) => unprepareDevices(data, uid, { step: later, done, delayMs: retryMs });
  const taken = (isDone: boolean, later: Step) => {
    const waiting = last.flatMap((each) => each.leaving ?? []);
    for (const each of last) {
      each.leaving = undefined;
      if (isDone) data.devices.claims.delete(`${each.namespace}/${each.name}`);
    }
    if (!isDone) after(data, later, delayMs, again);
    else writeDown(data, later, (now) => unprepareDevices(data, uid, { step: now, done }));
    for (const each of waiting) each(later);
  };
  takeBack(data, { infos: last, done: taken }, step);
}

interface TakingBack {
  readonly infos: readonly ClaimInfo[];
  readonly done: (isDone: boolean, step: Step) => void;
}

function takeBack(data: KubeletData, { infos, done }: TakingBack, step: Step) {
  const drivers = [...new Set(infos.flatMap((info) => [...info.drivers.keys()]))];
  const next = (index: number, now: Step): void => {
    const driver = drivers[index];
    if (driver === undefined) return void done(true, now);
    const address = data.devices.drivers.get(driver);
    if (address === undefined) return void done(false, now);
    const own = infos.filter((info) => info.drivers.has(driver));
    const claims = own.map(({ uid, namespace, name }) => ({ uid, namespace, name }));
    const message: UnprepareClaims = { type: "dra.unprepare", claims };
    const answered = (answer: Result<UnprepareAnswer, string>, later: Step) => {
      const isDone = answer.ok && own.every(({ uid }) => answer.value[uid]?.ok);
      if (isDone) next(index + 1, later);
      else done(false, later);
    };
    askDriver<UnprepareAnswer>(data, { address, message, done: answered }, now);
  };
  next(0, step);
}

/** Takes back what is prepared for pods that are not here: an earlier life of this kubelet did not come to it. */
export function unprepareStrays(data: KubeletData, step: Step): void {
  const strays = new Set([...data.devices.claims.values()].flatMap(({ pods }) => [...pods]));
  for (const { uid } of data.pods.values()) strays.delete(uid);
  for (const uid of strays) unprepareDevices(data, uid, { step, done: () => {} });
}
