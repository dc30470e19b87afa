import type { ServerResponse } from "node:http";

/** What can be wrong, by the codes of the specification, and the status that each is told with. */
const statuses = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 416,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 413,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
  UNKNOWN: 500,
} as const;

/** The codes of the specification, and the one that stands for what went wrong here. */
export type RegistryErrorCode = keyof typeof statuses;

/** Something that a registry does not do. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  readonly detail: unknown;

  constructor(code: RegistryErrorCode, message: string, detail?: unknown) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** Answers with an error, as the specification has them. */
export function answerError(response: ServerResponse, { code, message, detail }: RegistryError): void {
  const body = JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] });
  if (code === "UNAUTHORIZED") response.setHeader("WWW-Authenticate", 'Basic realm="kubetroupe"');
  answer(response, statuses[code], { headers: { "Content-Type": "application/json" }, body });
}

/** What is told beside the status. */
export interface Answer {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
}

/** Answers; a request that asks for the head alone gets no body. */
export function answer(response: ServerResponse, status: number, { headers = {}, body = "" }: Answer = {}): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...(status === 204 ? {} : { "Content-Length": length }), ...headers });
  response.end(response.req.method === "HEAD" ? "" : body);
}
