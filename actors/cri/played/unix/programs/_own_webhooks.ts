import { decodeBase64, encodeBase64 } from "../../../../api/base64.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";
import { pause } from "./_follow_list.ts";
import { type Caller, type ClientConfig, callersOf, sources } from "./_webhook_callers.ts";

const beforeMs = 5 * 60_000;
const lifeMs = 10 * 365 * 24 * 60 * 60_000;
const lookMsMin = 1_000;
const lookMsMax = 60_000;
/** Of so many replicas and restarts a configuration keeps the authorities: the newest. */
const authoritiesMax = 8;
/** Says of a configuration that its authorities are those of stand-ins. */
const mark = "kubetroupe.dev/webhook-authorities";

/** A certificate of the names of one Service. */
interface Issued {
  readonly authority: string;
  readonly shown: string;
}

/**
 * Looks for configurations of webhooks, and for definitions with one that converts, that nobody has told whom to trust,
 * and that lead to a Service called like this pod's workload, or that selects this pod: controllers that make their
 * certificates themselves fill those in as soon as they run. Tells them to trust a certificate that is made here, once
 * `ready` has put it to use. Ends never.
 */
export function* ownWebhooks(
  self: Process,
  {
    namespace,
    ready,
  }: { readonly namespace: string; readonly ready: (shown: () => string) => Running<void> | undefined },
): Running<never> {
  const made = new Map<string, Issued>();
  const isOurs = ownership(self, namespace);
  const seen = new Map<string, string>();
  for (let waitMs = lookMsMin; ; waitMs = Math.min(lookMsMax, waitMs * 2)) {
    for (const source of sources) {
      for (const caller of yield* callersOf(self, source, seen)) {
        const services = yield* waitingServices(caller, namespace, isOurs);
        const [service] = services;
        if (service === undefined) continue;
        const isFirst = made.size === 0;
        const issued = made.get(service) ?? issue(self, service, namespace);
        made.set(service, issued);
        // One certificate is shown, that of the Service that was found first; who is told of it finds somebody.
        const readying = isFirst ? ready(() => issued.shown) : undefined;
        if (readying) yield* readying;
        if (yield* trust(self, { caller, services, authority: issued.authority })) waitMs = lookMsMin;
      }
    }
    yield* pause(self, waitMs);
  }
}

type Ownership = (service: string) => Running<boolean>;

/** The Services that wait for an authority of this pod's, by their names. */
function* waitingServices({ object, configs }: Caller, namespace: string, isOurs: Ownership): Running<string[]> {
  const { annotations = {} } = object.metadata;
  const isMarked = annotations[mark] !== undefined;
  const services: string[] = [];
  // Somebody else fills it in.
  if (Object.keys(annotations).some((name) => name.startsWith("cert-manager.io/inject-"))) return services;
  for (const { service, caBundle = "" } of configs) {
    const isOpen = isMarked || !decodeBase64(caBundle).includes("BEGIN CERTIFICATE");
    if (!isOpen || service?.namespace !== namespace) continue;
    if (yield* isOurs(service.name)) services.push(service.name);
  }
  return services;
}

/** Whether a Service leads to this pod: it is called like its workload, or selects it, as far as its account may look. */
function ownership(self: Process, namespace: string): Ownership {
  const { hostname } = self.kernel.host;
  const workload = hostname.replace(/(-[a-z0-9]{1,10})?-[a-z0-9]{5}$|-\d+$/, "");
  const known = new Map<string, boolean>();
  return function* (service) {
    if (isAlike(service, workload)) return true;
    const before = known.get(service);
    if (before !== undefined) return before;
    const found = yield* askApi(self, { path: `/api/v1/namespaces/${namespace}/services/${service}` });
    const pod = found.ok
      ? yield* askApi(self, { path: `/api/v1/namespaces/${namespace}/pods/${hostname}` })
      : undefined;
    if (!found.ok || !pod?.ok) return false;
    const { spec } = JSON.parse(found.body) as { readonly spec: { readonly selector?: Record<string, string> } };
    const { metadata } = JSON.parse(pod.body) as { readonly metadata: { readonly labels?: Record<string, string> } };
    const wanted = Object.entries(spec.selector ?? {});
    const isSelected = wanted.length > 0 && wanted.every(([key, value]) => metadata.labels?.[key] === value);
    known.set(service, isSelected);
    return isSelected;
  };
}

/** `vault-agent-injector-svc` is the Service of `vault-agent-injector`, and `webhook` that of `webhook`. */
function isAlike(service: string, workload: string): boolean {
  return `${service}-`.startsWith(`${workload}-`) || `${workload}-`.startsWith(`${service}-`);
}

function issue({ kernel }: Process, service: string, namespace: string): Issued {
  const { wallMs, random, network } = kernel.host;
  const fromMs = wallMs() - beforeMs;
  const names = ["", `.${namespace}`, `.${namespace}.svc`].map((domain) => service + domain);
  const { authority, certificate, key } = network.trust.issue({
    ...{ names, organizations: [service, service], fromMs, untilMs: fromMs + lifeMs, byte: () => random.int(256) },
  });
  return { authority, shown: `${certificate}\n${key}` };
}

interface Trusting {
  readonly caller: Caller;
  readonly services: readonly string[];
  readonly authority: string;
}

/** Gives back whether anything was written. */
function* trust(self: Process, { caller, services, authority }: Trusting): Running<boolean> {
  const { path, object, configs, patchOf } = caller;
  const { annotations, resourceVersion } = object.metadata;
  const isMarked = annotations?.[mark] !== undefined;
  let isTold = false;
  for (const config of configs) {
    if (!services.includes(config.service?.name ?? "")) continue;
    const bundle = bundleWith(config, { authority, isMarked });
    isTold ||= bundle !== config.caBundle;
    config.caBundle = bundle;
  }
  if (!isTold) return false;
  const metadata = { ...object.metadata, annotations: { ...annotations, [mark]: "true" } };
  const written = yield* askApi(self, { path, method: "PUT", object: { ...object, metadata } });
  if (written.ok || written.reason !== "Forbidden") return written.ok;
  // Some accounts may only patch; two replicas may not overlook each other.
  const { patch, contentType } = patchOf();
  const marked = { ...patch, metadata: { annotations: { [mark]: "true" }, resourceVersion } };
  return (yield* askApi(self, { path, method: "PATCH", object: marked, contentType })).ok;
}

/** The authorities that are trusted there once this one is, too, in base64. */
function bundleWith(
  { caBundle = "" }: ClientConfig,
  { authority, isMarked }: { readonly authority: string; readonly isMarked: boolean },
): string {
  const known = isMarked ? (decodeBase64(caBundle).match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? []) : [];
  if (known.some((one) => one.trim() === authority.trim())) return caBundle;
  const bundle = [...known, authority].slice(-authoritiesMax).map((one) => `${one.trim()}\n`);
  return encodeBase64(bundle.join(""));
}
