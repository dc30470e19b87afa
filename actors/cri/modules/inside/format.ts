const depthMax = 4;
const itemsMax = 100;

/** Texts as they are, everything else as `console.log` of a browser or of Node would show it, without colours. */
export function formatValues(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === "string" ? value : inspect(value, new Set()))).join(" ");
}

/**
 * An error with the functions of the image it came through; frames of what runs the image are left out: they differ
 * between machines and help nobody.
 */
export function formatError(error: unknown): string {
  if (!isError(error)) return `Uncaught ${inspect(error, new Set())}`;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at .*\bimage\.js/.test(line));
  const cause = error.cause === undefined ? [] : [`  [cause]: ${formatError(error.cause).replaceAll("\n", "\n  ")}`];
  return [headOf(error), ...frames, ...cause].join("\n");
}

function headOf({ name, message }: Error): string {
  return message === "" ? name : `${name}: ${message}`;
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function inspect(value: unknown, above: Set<object>): string {
  if (typeof value === "string")
    return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "[Function (anonymous)]" : `[Function: ${value.name}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (above.has(value)) return "[Circular]";
  if (isError(value)) return formatError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (above.size >= depthMax) return Array.isArray(value) ? "[Array]" : "[Object]";
  const below = new Set(above).add(value);
  const show = (inner: unknown) => inspect(inner, below);
  if (Array.isArray(value)) return bracket("[", value.map(show), "]");
  if (ArrayBuffer.isView(value) && "length" in value) {
    const bytes = Array.from(value as unknown as ArrayLike<number>, String);
    return bracket(`${value.constructor.name}(${bytes.length}) [`, bytes, "]");
  }
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, inner]) => `${show(key)} => ${show(inner)}`);
    return bracket(`Map(${value.size}) {`, entries, "}");
  }
  if (value instanceof Set) return bracket(`Set(${value.size}) {`, Array.from(value, show), "}");
  const name = value.constructor?.name;
  const entries = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${show(inner)}`);
  return bracket(name === undefined || name === "Object" ? "{" : `${name} {`, entries, "}");
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
}

function bracket(open: string, items: readonly string[], close: string): string {
  if (items.length === 0) return `${open}${close}`;
  const more = items.length > itemsMax ? [`... ${items.length - itemsMax} more`] : [];
  return `${open} ${[...items.slice(0, itemsMax), ...more].join(", ")} ${close}`;
}
