const localParts = ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month", "Seconds"] as const;

/**
 * `Date` of a simulated container: now is the simulation's now, and the time zone is UTC whatever that of the machine
 * is.
 */
export function makeDate(nowMs: () => number): DateConstructor {
  const Native = Date;

  function SimulatedDate(this: unknown, ...values: readonly [unknown, ...unknown[]]): unknown {
    if (!new.target) return new Made().toString();
    return Reflect.construct(Native, [timeOf(values)], new.target);
  }
  function timeOf(values: readonly unknown[]): number {
    const [first, ...more] = values;
    if (values.length === 0) return nowMs();
    if (more.length > 0) return Native.UTC(...(values.map(Number) as [number, number]));
    const value = first instanceof Native ? first.getTime() : (first as { valueOf(): unknown }).valueOf();
    return typeof value === "string" ? parse(value) : Number(value);
  }
  /** A date and time without a zone is UTC's. */
  function parse(text: string): number {
    const isIso = /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?(T\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text);
    if (isIso) return Native.parse(text.includes("T") ? `${text}Z` : text);
    const hasZone = /(Z|UTC|GMT|[+-]\d\d:?\d\d)\s*(\(.*\))?$/i.test(text);
    return Native.parse(hasZone ? text : `${text} UTC`);
  }

  const methods = Native.prototype as unknown as Record<string, unknown>;
  for (const part of localParts) {
    methods[`get${part}`] = methods[`getUTC${part}`];
    if (part !== "Day") methods[`set${part}`] = methods[`setUTC${part}`];
  }
  Object.assign(Native.prototype, {
    getTimezoneOffset: () => 0,
    toDateString(this: Date) {
      return this.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) .*$/, "$1 $3 $2 $4");
    },
    toTimeString(this: Date) {
      return `${this.toUTCString().slice(-12, -4)} GMT+0000 (Coordinated Universal Time)`;
    },
    toString(this: Date) {
      return Number.isNaN(this.getTime()) ? "Invalid Date" : `${this.toDateString()} ${this.toTimeString()}`;
    },
  });

  const Made = SimulatedDate as unknown as DateConstructor;
  Object.defineProperty(Made, "prototype", { value: Native.prototype });
  Object.defineProperty(Native.prototype, "constructor", { value: Made, configurable: true, writable: true });
  return Object.assign(Object.defineProperty(Made, "name", { value: "Date" }), { now: nowMs, parse, UTC: Native.UTC });
}
