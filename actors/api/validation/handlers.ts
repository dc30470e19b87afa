/**
 * The rules for what is asked of, or done in, a container: by probes and by hooks.
 */
import type { HTTPGetAction, Lifecycle } from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { portNameErrors, portNumberErrors } from "./names.ts";

const schemes = ["HTTP", "HTTPS"];
const headerText =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

/** What probes and hooks have in common: some are of one alone. */
export interface Handler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: Frozen<HTTPGetAction>;
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
  readonly sleep?: { readonly seconds?: number };
}

/** Where a handler is, and which sorts there may be of it. */
export interface HandlerPlace {
  readonly at: string;
  readonly sorts: readonly (keyof Handler)[];
  /** How long the pod has to end. Default: nobody knows. */
  readonly graceSeconds?: number | undefined;
}

/** What is wrong with a handler. */
export function validateHandler(handler: Handler, { at, sorts, graceSeconds = 30 }: HandlerPlace): FieldError[] {
  const errors: FieldError[] = [];
  const given = sorts.filter((sort) => handler[sort] !== undefined);
  if (given.length === 0) errors.push(required(at, "must specify a handler type"));
  for (const extra of given.slice(1)) {
    errors.push(forbidden(`${at}.${extra}`, "may not specify more than 1 handler type"));
  }
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const [only] = given;
  if (only === "exec" && (exec?.command ?? []).length === 0) errors.push(required(`${at}.exec.command`));
  if (only === "httpGet" && httpGet) addErrors(errors, httpErrors(httpGet, `${at}.httpGet`));
  if (only === "tcpSocket") addErrors(errors, portErrors(tcpSocket?.port, `${at}.tcpSocket.port`));
  if (only === "grpc") addErrors(errors, portErrors(grpc?.port, `${at}.grpc.port`));
  const seconds = sleep?.seconds ?? 0;
  if (only === "sleep" && (seconds < 0 || seconds > graceSeconds)) {
    const text = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
    errors.push(invalid(`${at}.sleep`, seconds, text));
  }
  return errors;
}

function httpErrors({ path = "", port, scheme = "HTTP", httpHeaders = [] }: Frozen<HTTPGetAction>, at: string) {
  const errors: FieldError[] = [];
  if (path === "") errors.push(required(`${at}.path`));
  addErrors(errors, portErrors(port, `${at}.port`));
  if (!schemes.includes(scheme)) errors.push(notSupported(`${at}.scheme`, scheme, schemes));
  for (const { name } of httpHeaders) {
    if (!/^[-A-Za-z0-9]+$/.test(name)) errors.push(invalid(`${at}.httpHeaders`, name, headerText));
  }
  return errors;
}

function portErrors(port: number | string | undefined, at: string): FieldError[] {
  const value = port ?? 0;
  const texts = typeof value === "number" ? portNumberErrors(value) : portNameErrors(value);
  return texts.map((text) => invalid(at, value, text));
}

/** What is wrong with a container's hooks. */
export function validateLifecycle(
  { postStart, preStop }: Frozen<Lifecycle>,
  { at, graceSeconds }: Pick<HandlerPlace, "at" | "graceSeconds">,
): FieldError[] {
  const sorts = ["exec", "httpGet", "tcpSocket", "sleep"] as const;
  return Object.entries({ postStart, preStop }).flatMap(([name, hook]) =>
    hook === undefined ? [] : validateHandler(hook as Handler, { at: `${at}.${name}`, sorts, graceSeconds }),
  );
}
