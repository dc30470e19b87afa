/** A header as it goes over the wire; a name may come twice. */
export type HttpHeader = readonly [name: string, value: string];

/** The head of a request. */
export interface HttpRequestHead {
  readonly method: string;
  /** Absolute: `http://shop:8080/cart?id=1`. */
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  /** Whether chunks may follow before the end. */
  readonly hasBody: boolean;
}

/** The head of a response. */
export interface HttpResponseHead {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
}

/** Headers by their names, each value of each on its own. */
export function headerPairs(headers: Readonly<Record<string, string | readonly string[]>>): HttpHeader[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const));
}

/** The value of a header, `undefined` when it is not there. */
export function headerOf(headers: readonly HttpHeader[], name: string): string | undefined {
  for (const [each, value] of headers) if (each.length === name.length && each.toLowerCase() === name) return value;
  return undefined;
}

/** Whether a header that lists words, such as `Connection`, has this one. */
export function headerHas(headers: readonly HttpHeader[], name: string, word: string): boolean {
  const isIt = (text: string) => text.trim().toLowerCase() === word;
  return headers.some(([each, value]) => each.toLowerCase() === name && value.split(",").some(isIt));
}

/** Whether a response of this status never has a body. */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** Headers as they are written; what could break out of its line is taken out. */
export function headerLines(headers: readonly HttpHeader[]): string {
  let text = "";
  for (const [name, value] of headers) text += `${name}: ${plain(value)}\r\n`;
  return text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header's value may not have
const unfit = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/g;

function plain(value: string): string {
  return value.search(unfit) < 0 ? value : value.replace(unfit, "");
}
