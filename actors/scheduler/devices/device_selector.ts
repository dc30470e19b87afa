import { type Compiled, compile } from "../../api/cel/check.ts";
import { evaluate } from "../../api/cel/evaluate.ts";
import { functions } from "../../api/cel/functions.ts";
import { isError, type Value } from "../../api/cel/values.ts";
import type { DeviceSelector } from "../../api/device_claims.ts";
import type { Device, DeviceAttribute } from "../../api/device_offers.ts";
import type { Frozen } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** What one expression may cost, as in Kubernetes. */
const costMax = 1_000_000;
const deviceNames = new Map([["device", undefined]]);

/** A device of a driver. */
export interface Offered {
  readonly driver: string;
  readonly device: Frozen<Device>;
}

/** Whether a device meets all selectors; a failure is an expression that cannot be worked out for it. */
export function meetsSelectors(
  selectors: readonly Frozen<DeviceSelector>[] | undefined,
  offered: Offered,
): Result<boolean, string> {
  for (const [index, selector] of (selectors ?? []).entries()) {
    const compiled = compiledOf(selector);
    if (!compiled.ok) return failed(`selector #${index}: CEL compile error: ${compiled.failure}`);
    const value = evaluate(compiled.value.expression, new Map([["device", valueOfDevice(offered)]]), { left: costMax });
    if (isError(value)) return failed(`selector #${index}: CEL runtime error: ${value.text}`);
    if (value !== true) return ok(false);
  }
  return ok(true);
}

type Read = Result<Compiled, string>;

/** What is read of a selector is kept as long as the selector: nodes by the thousand ask for it. */
const read = new WeakMap<Frozen<DeviceSelector>, Read>();

function compiledOf(selector: Frozen<DeviceSelector>): Read {
  const known = read.get(selector);
  if (known) return known;
  const compiled = compile(selector.cel?.expression ?? "", deviceNames);
  read.set(selector, compiled);
  return compiled;
}

const values = new WeakMap<Frozen<Device>, Value>();

/** What expressions see of a device: its driver, and attributes and capacities by domain, then by name. */
function valueOfDevice({ driver, device }: Offered): Value {
  const known = values.get(device);
  if (known !== undefined) return known;
  const value: Value = new Map<Value, Value>([
    ["driver", driver],
    ["attributes", byDomain(driver, device.attributes ?? {}, attributeValue)],
    ["capacity", byDomain(driver, device.capacity ?? {}, ({ value: amount }) => call("quantity", String(amount)))],
  ]);
  values.set(device, value);
  return value;
}

/** A domain that there is nothing of is empty, not an error. */
function byDomain<T>(driver: string, named: Readonly<Record<string, T>>, of: (each: T) => Value): Value {
  const domains = new Map<Value, Map<Value, Value>>();
  for (const [name, each] of Object.entries(named)) {
    const [domain, id] = domainOf(name, driver);
    domains.set(domain, (domains.get(domain) ?? new Map()).set(id, of(each)));
  }
  const empty = new Map<Value, Value>();
  const get = (domain: Value) => Map.prototype.get.call(domains, domain) ?? empty;
  return Object.assign(domains, { get });
}

/** A name without a domain is of its driver's. */
function domainOf(name: string, driver: string): readonly [string, string] {
  const at = name.indexOf("/");
  return at < 0 ? [driver, name] : [name.slice(0, at), name.slice(at + 1)];
}

function attributeValue({ int, bool, string, version }: Frozen<DeviceAttribute>): Value {
  if (int !== undefined) return BigInt(int);
  return bool ?? string ?? (version === undefined ? null : call("semver", version));
}

function call(name: string, text: string): Value {
  return functions.get(name)?.([text], () => true) ?? null;
}

/** An attribute by its whole name; undefined where a device does not have it. */
export function attributeOf({ driver, device }: Offered, whole: string): Frozen<DeviceAttribute> | undefined {
  const [domain, id] = domainOf(whole, driver);
  const { attributes = {} } = device;
  return attributes[`${domain}/${id}`] ?? (domain === driver ? attributes[id] : undefined);
}
