/** The conditions of a node that say that it lacks something. */
export type Pressure = "DiskPressure" | "MemoryPressure" | "PIDPressure";

/** How a kubelet says it: the reason of the condition is that of the event, with `Kubelet` for `Node`. */
interface Words {
  readonly reason: string;
  readonly message: string;
}

/** What a node can lack, in the order in which its conditions say so. */
export const pressures: readonly { readonly type: Pressure; readonly calm: Words; readonly pressed: Words }[] = [
  {
    type: "MemoryPressure",
    calm: { reason: "HasSufficientMemory", message: "kubelet has sufficient memory available" },
    pressed: { reason: "HasInsufficientMemory", message: "kubelet has insufficient memory available" },
  },
  {
    type: "DiskPressure",
    calm: { reason: "HasNoDiskPressure", message: "kubelet has no disk pressure" },
    pressed: { reason: "HasDiskPressure", message: "kubelet has disk pressure" },
  },
  {
    type: "PIDPressure",
    calm: { reason: "HasSufficientPID", message: "kubelet has sufficient PID available" },
    pressed: { reason: "HasInsufficientPID", message: "kubelet has insufficient PID available" },
  },
];

/** What a kubelet says that its node lacks. */
export function pressuresOf({
  lastUptimeMs,
}: {
  readonly lastUptimeMs: ReadonlyMap<Pressure, number>;
}): readonly Pressure[] {
  return pressures.flatMap(({ type }) => (lastUptimeMs.has(type) ? [type] : []));
}
