import type { Address, Message, Step } from "../../../runtime/mod.ts";
import { resourceSlice } from "../../api/kinds/resource_slice.ts";
import type { Frozen, Status } from "../../api/types.ts";
import type { DriverInfo } from "../../dra_driver/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { after, type KubeletData } from "../data.ts";

/** As a kubelet calls drivers. */
const callMsMax = 45_000;
const infoMsMax = 5_000;
const retryMs = 1_000;
/** So long a driver may be away before nobody is told any more that its devices are here. */
const wipingDelayMs = 30_000;
const wipeRetryMsMax = 300_000;

/**
 * Takes away what is said of this node's devices, as nobody knows whether their drivers will be back, and looks for
 * drivers: those that are there say so again.
 */
export function beginDevices(data: KubeletData, step: Step): void {
  const { drivers = [] } = data.input;
  if (drivers.length === 0) return;
  wipeSlices(data, { isWanted: () => true, done: (later) => seekDrivers(data, later) }, step);
}

function seekDrivers(data: KubeletData, step: Step): void {
  for (const address of data.input.drivers ?? []) seekDriver(data, address, step);
}

/** Asks until a driver is there; from then on it is registered, and it is noticed when it goes. */
function seekDriver(data: KubeletData, address: Address, step: Step): void {
  const done = (answer: Result<DriverInfo, string>, later: Step) => {
    if (!answer.ok) return void after(data, later, retryMs, (again) => seekDriver(data, address, again));
    data.devices.drivers.set(answer.value.driver, address);
    data.devices.lost.delete(answer.value.driver);
    later.monitor(address);
  };
  askDriver<DriverInfo>(data, { address, message: { type: "dra.info" }, timeoutMs: infoMsMax, done }, step);
}

/** Somebody is gone: if that was a driver, it has a while to come back. */
export function loseDriver(data: KubeletData, address: Address, step: Step): void {
  const { drivers, lost } = data.devices;
  for (const [driver, at] of drivers) {
    if (at !== address) continue;
    const loss = step.nextId();
    lost.set(driver, loss);
    const isWanted = () => lost.get(driver) === loss;
    after(data, step, wipingDelayMs, (later) => {
      if (isWanted()) wipeSlices(data, { driver, isWanted, done: () => {} }, later);
    });
    after(data, step, retryMs, (later) => seekDriver(data, address, later));
  }
}

interface Wiping {
  /** Default: all drivers. */
  readonly driver?: string;
  /** Asked before each try. */
  readonly isWanted: () => boolean;
  readonly done: (step: Step) => void;
  /** Until it is tried again. Default 1,000. */
  readonly delayMs?: number;
}

function wipeSlices(data: KubeletData, wiping: Wiping, step: Step): void {
  const { driver, isWanted, done, delayMs = retryMs } = wiping;
  const { group, version, plural: resource } = resourceSlice;
  const fieldSelector = `spec.nodeName=${data.input.node}${driver === undefined ? "" : `,spec.driver=${driver}`}`;
  const request = { verb: "deletecollection", group, version, resource, query: { fieldSelector } } as const;
  data.client.request<Frozen<Status>>(step, request, (outcome, later) => {
    if (outcome.ok) return done(later);
    after(data, later, delayMs, (again) => {
      if (isWanted()) wipeSlices(data, { ...wiping, delayMs: Math.min(delayMs * 2, wipeRetryMsMax) }, again);
    });
  });
}

/** A call of a driver, and what is done with its answer. */
export interface DriverCall<Answer> {
  readonly done: (answer: Result<Answer, string>, step: Step) => void;
  readonly address: Address;
  readonly message: Message;
  /** Default 45,000. */
  readonly timeoutMs?: number;
}

/** Asks a driver; without an answer there is a failure in the words of gRPC. */
export function askDriver<Answer>(
  data: KubeletData,
  { address, message, timeoutMs = callMsMax, done }: DriverCall<Answer>,
  step: Step,
): void {
  data.calls.set(step.ask(address, message, timeoutMs), (body, later, failure) => {
    if (failure === undefined) return done(ok(body as Answer), later);
    const isLate = failure === "timeout";
    const why = isLate ? "DeadlineExceeded desc = context deadline exceeded" : "Unavailable desc = connection error";
    done(failed(`rpc error: code = ${why}`), later);
  });
}
