/** Freezes plain data all the way down; what is frozen already is taken to be so throughout. */
export function deepFreeze(value: object): void {
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  // `for in` over an array makes a text of each number.
  if (Array.isArray(value)) for (const inner of value) freezeInner(inner);
  else for (const key in value) freezeInner((value as Record<string, unknown>)[key]);
}

function freezeInner(value: unknown): void {
  if (typeof value === "object" && value !== null) deepFreeze(value);
}
