import type { Process, Running } from "../kernel/process.ts";
import { type ApiAnswer, askApi } from "../programs/_ask_api.ts";

/** Where cert-manager's own kinds are. */
export const group = "cert-manager.io";
export const api = `/apis/${group}/v1`;

/** What every object has, as far as it is looked at. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One thing that is said of how an object is. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

/** What signs certificates: of one namespace, or of the cluster. */
export interface Issuer {
  readonly metadata: Meta;
  readonly spec?: Readonly<Record<string, { readonly secretName?: string } | undefined>>;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A certificate that is to be kept in a Secret. */
export interface Certificate {
  readonly metadata: Meta;
  readonly spec?: {
    readonly secretName?: string;
    readonly secretTemplate?: Pick<Meta, "annotations" | "labels">;
    readonly issuerRef?: { readonly name?: string; readonly kind?: string; readonly group?: string };
    readonly commonName?: string;
    readonly literalSubject?: string;
    readonly subject?: { readonly organizations?: readonly string[] };
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly uris?: readonly string[];
    readonly emailAddresses?: readonly string[];
    readonly otherNames?: readonly object[];
    readonly isCA?: boolean;
    readonly usages?: readonly string[];
    readonly duration?: string;
    readonly renewBefore?: string;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly notBefore?: string;
    readonly notAfter?: string;
    readonly renewalTime?: string;
    readonly revision?: number;
  };
}

/** A Secret; its data are in base64. */
export interface Secret {
  readonly metadata: Meta;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The path of a Secret, or of all in a namespace. */
export function secretPath(namespace: string, name?: string): string {
  return `/api/v1/namespaces/${namespace}/secrets${name === undefined ? "" : `/${name}`}`;
}

/** Reads an object; `undefined`: there is none. */
export function* read<Object>(self: Process, path: string): Running<Object | undefined> {
  const answer = yield* askApi(self, { path });
  return answer.ok ? (JSON.parse(answer.body) as Object) : undefined;
}

/** Writes an object in the place of what it was read as. */
export function write(self: Process, path: string, object: object): Running<ApiAnswer> {
  return askApi(self, { path, method: "PUT", object });
}

/** A moment as Kubernetes writes it. */
export function momentOf(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+/, "");
}

/** The conditions of an object with one of them as it is now; `undefined`: it is so already. */
export function withCondition(
  self: Process,
  conditions: readonly Condition[],
  now: Omit<Condition, "lastTransitionTime">,
): readonly Condition[] | undefined {
  const before = conditions.find(({ type }) => type === now.type);
  const { status, reason, message, observedGeneration } = now;
  const isSame = before?.status === status && before.reason === reason && before.message === message;
  if (isSame && before.observedGeneration === observedGeneration) return undefined;
  const moved = before?.status === status ? before.lastTransitionTime : undefined;
  const lastTransitionTime = moved ?? momentOf(self.kernel.host.wallMs());
  return [...conditions.filter(({ type }) => type !== now.type), { ...now, lastTransitionTime }];
}

interface Told {
  readonly kind: string;
  readonly metadata: Meta;
  readonly reason: string;
  readonly message: string;
}

/** Tells of something as an Event. */
export function* emit(self: Process, { kind, metadata, reason, message }: Told): Running<void> {
  const { name, namespace = "default", uid, resourceVersion } = metadata;
  const { wallMs, random } = self.kernel.host;
  const suffix = Array.from({ length: 16 }, () => random.int(16).toString(16)).join("");
  const at = momentOf(wallMs());
  const component = "cert-manager-certificates-issuing";
  yield* askApi(self, {
    path: `/api/v1/namespaces/${namespace}/events`,
    object: {
      ...{ apiVersion: "v1", kind: "Event", metadata: { name: `${name}.${suffix}`, namespace } },
      involvedObject: { apiVersion: `${group}/v1`, kind, name, namespace, uid, resourceVersion },
      ...{ type: "Normal", reason, message, count: 1, firstTimestamp: at, lastTimestamp: at },
      ...{ source: { component }, reportingComponent: component, reportingInstance: "" },
    },
  });
}

/** The flags of a command line, each with its value: `--name=value`, or alone. */
export function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.flatMap((word) => {
      const [, name, value = "true"] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** All values of a flag that may be given several times, each with commas. */
export function valuesOf(words: readonly string[], name: string): readonly string[] {
  const begin = `--${name}=`;
  return words.filter((word) => word.startsWith(begin)).flatMap((word) => word.slice(begin.length).split(","));
}
