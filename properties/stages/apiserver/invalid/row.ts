/** What is changed of a valid object, by paths with dots (undefined: taken away), and what is wrong with it then. */
export type Row = readonly [change: Readonly<Record<string, unknown>>, ...errors: string[]];

/** Objects of one kind that are wrong. */
export interface Table {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly base: object;
  readonly rows: readonly Row[];
}

/** An object with some of its fields changed. */
export function changed(base: object, change: Row[0]): object {
  const object = structuredClone(base) as Record<string, unknown>;
  for (const [path, value] of Object.entries(change)) {
    const parts = path.split(".");
    const last = parts.pop() ?? "";
    let target: Record<string, unknown> = object;
    for (const [index, part] of parts.entries()) {
      target[part] ??= /^\d+$/.test(parts[index + 1] ?? last) ? [] : {};
      target = target[part] as Record<string, unknown>;
    }
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  return object;
}
