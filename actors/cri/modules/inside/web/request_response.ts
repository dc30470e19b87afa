import { type BodyInput, type BodySource, bodySource, SimulatedBody } from "./body.ts";
import { SimulatedHeaders } from "./headers.ts";

interface RequestOptions {
  readonly method?: string;
  readonly headers?: ConstructorParameters<typeof SimulatedHeaders>[0];
  readonly body?: BodyInput | null;
  readonly signal?: AbortSignal | null;
  readonly redirect?: "follow" | "error" | "manual";
}

interface ResponseOptions {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: ConstructorParameters<typeof SimulatedHeaders>[0];
}

const upperCased = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
const withoutBody = new Set([101, 103, 204, 205, 304]);
const redirects = new Set([301, 302, 303, 307, 308]);

/** `Request` of a simulated container. */
export class SimulatedRequest extends SimulatedBody {
  readonly method: string;
  readonly url: string;
  readonly headers: SimulatedHeaders;
  readonly signal: AbortSignal;
  readonly redirect: "follow" | "error" | "manual";

  constructor(input: SimulatedRequest | URL | string, options: RequestOptions = {}) {
    const from = input instanceof SimulatedRequest ? input : undefined;
    const given = options.method ?? from?.method ?? "GET";
    const method = upperCased.has(given.toUpperCase()) ? given.toUpperCase() : given;
    const hasBody = options.body !== undefined && options.body !== null;
    if (hasBody && (method === "GET" || method === "HEAD")) {
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    const url = from?.url ?? urlOf(String(input));
    const source = hasBody ? bodySource(options.body as BodyInput) : from && SimulatedBody.move(from);
    super(source);
    this.method = method;
    this.url = url;
    this.headers = headersOf(options.headers ?? from?.headers, hasBody ? source : undefined);
    const outer = options.signal ?? from?.signal;
    this.signal = outer ? AbortSignal.any([outer]) : new AbortController().signal;
    this.redirect = options.redirect ?? from?.redirect ?? "follow";
  }

  clone(): SimulatedRequest {
    const { url, method, headers, signal, redirect } = this;
    const copy = SimulatedBody.copy(this);
    const body = copy?.stream ?? copy?.bytes;
    return new SimulatedRequest(url, { method, headers, signal, redirect, ...(body ? { body } : {}) });
  }
}

/** `Response` of a simulated container. */
export class SimulatedResponse extends SimulatedBody {
  readonly status: number;
  readonly statusText: string;
  readonly headers: SimulatedHeaders;
  readonly url: string = "";
  readonly redirected: boolean = false;
  readonly type: string = "default";

  constructor(body?: BodyInput | null, { status = 200, statusText = "", headers }: ResponseOptions = {}) {
    const isValid = Number.isInteger(status) && status >= 200 && status <= 599;
    if (!isValid) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    const source = body === undefined || body === null ? undefined : bodySource(body);
    if (source && withoutBody.has(status)) {
      throw new TypeError(`Response constructor: Invalid response status code ${status}`);
    }
    super(source);
    this.status = status;
    this.statusText = statusText;
    this.headers = headersOf(headers, source);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  clone(): SimulatedResponse {
    const { status, statusText, headers, url, redirected } = this;
    const copy = SimulatedBody.copy(this);
    const made = new SimulatedResponse(copy?.stream ?? copy?.bytes, { status, statusText, headers });
    return Object.assign(made, { url, redirected });
  }

  static json(value: unknown, options: ResponseOptions = {}): SimulatedResponse {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const headers = new SimulatedHeaders(options.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new SimulatedResponse(text, { ...options, headers });
  }

  static redirect(url: string | URL, status = 302): SimulatedResponse {
    if (!redirects.has(status)) throw new RangeError(`Invalid status code ${status}`);
    return new SimulatedResponse(null, { status, headers: { location: urlOf(String(url)) } });
  }

  static error(): SimulatedResponse {
    return Object.assign(new SimulatedResponse(null), { status: 0, type: "error" });
  }
}

Object.defineProperty(SimulatedRequest, "name", { value: "Request" });
Object.defineProperty(SimulatedResponse, "name", { value: "Response" });

function headersOf(given: RequestOptions["headers"], source: BodySource | undefined): SimulatedHeaders {
  const headers = new SimulatedHeaders(given);
  if (source?.type !== undefined && !headers.has("content-type")) headers.set("content-type", source.type);
  return headers;
}

function urlOf(text: string): string {
  try {
    return new URL(text).href;
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause });
  }
}
