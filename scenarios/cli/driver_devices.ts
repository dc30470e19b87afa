import { dnsSubdomainErrors } from "../../actors/api/validation/names.ts";
import { InputError } from "../cluster/input_error.ts";
import type { DriverDevices } from "../cluster/topology.ts";

const perNodeDefault = 2;
/** So many a ResourceSlice has, and a node has one of each driver. */
const perNodeMax = 128;

/** The drivers of a command line, one after the other. */
export function devicesOf(texts: readonly string[]): readonly DriverDevices[] {
  return texts.reduce<readonly DriverDevices[]>((before, text) => driverDevices(text, before), []);
}

/** One more driver of a command line: `gpu.example.com`, or `gpu.example.com=8` for so many devices on each node. */
export function driverDevices(text: string, before: readonly DriverDevices[] = []): readonly DriverDevices[] {
  const [driver = "", count] = text.split("=", 2);
  const perNode = count === undefined ? perNodeDefault : Number(count);
  const isName = driver.length <= 63 && dnsSubdomainErrors(driver).length === 0;
  if (!isName || !Number.isInteger(perNode) || perNode < 1 || perNode > perNodeMax) {
    throw new InputError(
      `Cannot give nodes devices by "${text}": give a driver's name as gpu.example.com, with =COUNT behind it, 1 to ${perNodeMax}`,
    );
  }
  if (before.some((each) => each.driver === driver)) {
    throw new InputError(`Cannot give nodes devices of ${driver} twice: give it once, with all its devices`);
  }
  return [...before, { driver, perNode }];
}
