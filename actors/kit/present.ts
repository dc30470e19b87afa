/** The fields whose value may be undefined, as fields that may be absent; the others as they are. */
export type Present<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/**
 * The fields that have a value, for objects in which one that is absent is not the same as one that is undefined.
 *
 * @example
 * const request = { type: "list", ...present({ limit, labelSelector }) }
 */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const kept: Partial<Fields> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  // What is left out is what was undefined, as the type says.
  return kept as object as Present<Fields>;
}
