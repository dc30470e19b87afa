/** JSON data as Go's `%+v` prints it, which is how some errors of a real server show it: `map[spec:map[replicas:2]]`. */
export function goFormat(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goFormat).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${fields.map(([name, field]) => `${name}:${goFormat(field)}`).join(" ")}]`;
}

/** What a JSON value is, in the words of Go's decoder: `json: cannot unmarshal array into ...`. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}
