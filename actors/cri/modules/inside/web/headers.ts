type Init = SimulatedHeaders | Iterable<readonly string[]> | Record<string, string>;

/** `Headers` of a simulated container: names in lower case, sorted, values of one name joined. */
export class SimulatedHeaders {
  readonly #values = new Map<string, string[]>();

  constructor(init: Init = {}) {
    const pairs = Symbol.iterator in init ? [...(init as Iterable<readonly string[]>)] : Object.entries(init);
    for (const pair of pairs) {
      const [name, value] = pair;
      if (name === undefined || value === undefined || pair.length !== 2) {
        throw new TypeError("Cannot make headers: each entry must be a name and a value");
      }
      this.append(name, value);
    }
  }

  append(name: string, value: string): void {
    const key = keyOf(name);
    const values = this.#values.get(key);
    const text = textOf(value);
    if (values) values.push(text);
    else this.#values.set(key, [text]);
  }

  set(name: string, value: string): void {
    this.#values.set(keyOf(name), [textOf(value)]);
  }

  delete(name: string): void {
    this.#values.delete(keyOf(name));
  }

  get(name: string): string | null {
    return this.#values.get(keyOf(name))?.join(", ") ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(keyOf(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(visit: (value: string, name: string, headers: this) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  *entries(): Generator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      // Cookies must not be joined: their dates have commas.
      if (name === "set-cookie") for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
}

Object.defineProperty(SimulatedHeaders, "name", { value: "Headers" });

function keyOf(name: string): string {
  const key = String(name).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(key)) throw new TypeError(`Invalid header name: "${name}"`);
  return key;
}

function textOf(value: string): string {
  const text = trimmed(String(value));
  if (/[\0\r\n]|[^\0-\xff]/.test(text)) throw new TypeError(`Invalid header value: "${text}"`);
  return text;
}

const spaces = "\t\n\r ";

/** Not by an expression: one that looks for spaces at the end reads each run of them as often as it is long. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && spaces.includes(text.charAt(start))) start++;
  while (end > start && spaces.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
