import type { ContextHost, UrlParts } from "./context_host.ts";

type Pair = [string, string];

/** Makes `URL` and `URLSearchParams` over the host's parser: all that parses is the platform's own. */
export function makeUrl(host: ContextHost): { URL: unknown; URLSearchParams: unknown } {
  class SimulatedSearchParams {
    #pairs: Pair[];
    #onChange: (() => void) | undefined;

    constructor(init: string | Iterable<readonly string[]> | Record<string, string> = "", onChange?: () => void) {
      this.#onChange = onChange;
      if (typeof init === "string") this.#pairs = JSON.parse(host.parseQuery(init));
      else {
        const pairs = Symbol.iterator in init ? [...init] : Object.entries(init);
        this.#pairs = pairs.map(([name, value]): Pair => [String(name), String(value)]);
      }
    }
    get size() {
      return this.#pairs.length;
    }
    append(name: string, value: string) {
      this.#pairs.push([String(name), String(value)]);
      this.#onChange?.();
    }
    delete(name: string, value?: string) {
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== name || (value !== undefined && pair[1] !== value));
      this.#onChange?.();
    }
    get(name: string) {
      return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
    }
    getAll(name: string) {
      return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
    }
    has(name: string, value?: string) {
      return this.#pairs.some((pair) => pair[0] === name && (value === undefined || pair[1] === value));
    }
    set(name: string, value: string) {
      const first = this.#pairs.findIndex((pair) => pair[0] === name);
      if (first < 0) return this.append(name, value);
      this.#pairs = this.#pairs.filter((pair, index) => pair[0] !== name || index === first);
      this.#pairs[first] = [String(name), String(value)];
      this.#onChange?.();
    }
    sort() {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#onChange?.();
    }
    forEach(visit: (value: string, name: string, all: this) => void) {
      for (const [name, value] of this.#pairs) visit(value, name, this);
    }
    *keys() {
      for (const [name] of this.#pairs) yield name;
    }
    *values() {
      for (const [, value] of this.#pairs) yield value;
    }
    *entries(): Generator<Pair> {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    toString() {
      return host.formatQuery(JSON.stringify(this.#pairs));
    }
  }
  Object.defineProperty(SimulatedSearchParams, "name", { value: "URLSearchParams" });

  class SimulatedUrl {
    #parts: UrlParts;
    #params: SimulatedSearchParams | undefined;

    constructor(url: string | { toString(): string }, base?: string | { toString(): string }) {
      const parsed = host.parseUrl(String(url), base === undefined ? undefined : String(base));
      if (parsed === undefined) throw new TypeError("Invalid URL");
      this.#parts = JSON.parse(parsed);
    }
    static canParse(url: string, base?: string) {
      return host.parseUrl(String(url), base === undefined ? undefined : String(base)) !== undefined;
    }
    get searchParams() {
      this.#params ??= new SimulatedSearchParams(this.#parts.search, () => {
        this.#set("search", String(this.#params));
      });
      return this.#params;
    }
    toString() {
      return this.#parts.href;
    }
    toJSON() {
      return this.#parts.href;
    }
    #set(part: string, value: string) {
      this.#parts = JSON.parse(host.withUrlPart(this.#parts.href, part, value));
    }
    static {
      for (const part of [
        "protocol",
        "username",
        "password",
        "host",
        "hostname",
        "port",
        "pathname",
        "hash",
      ] as const) {
        Object.defineProperty(SimulatedUrl.prototype, part, {
          get(this: SimulatedUrl) {
            return this.#parts[part];
          },
          set(this: SimulatedUrl, value: unknown) {
            this.#set(part, String(value));
          },
          configurable: true,
          enumerable: true,
        });
      }
    }
    get origin() {
      return this.#parts.origin;
    }
    get href() {
      return this.#parts.href;
    }
    set href(value: string) {
      this.#parts = new SimulatedUrl(value).#parts;
      this.#params = undefined;
    }
    get search() {
      return this.#parts.search;
    }
    set search(value: string) {
      this.#set("search", String(value));
      this.#params = undefined;
    }
  }
  Object.defineProperty(SimulatedUrl, "name", { value: "URL" });
  return { URL: SimulatedUrl, URLSearchParams: SimulatedSearchParams };
}
