import { decodeBase64, encodeBase64 } from "../../../../api/base64.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type ApiAnswer, askApi } from "./_ask_api.ts";
import { pause } from "./_follow_list.ts";

const configurations = "/apis/admissionregistration.k8s.io/v1";
const beforeMs = 5 * 60_000;
const lifeMs = 10 * 365 * 24 * 60 * 60_000;
const lookMsMin = 1_000;
const lookMsMax = 60_000;
/** Of so many replicas and restarts a configuration keeps the authorities: the newest. */
const authoritiesMax = 8;
/** Says of a configuration that its authorities are those of stand-ins. */
const mark = "kubetroupe.dev/webhook-authorities";

interface Configuration {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly service?: { readonly namespace: string; readonly name: string };
    };
  }[];
}

/** A certificate of the names of one Service. */
interface Issued {
  readonly authority: string;
  readonly shown: string;
}

/**
 * Looks for configurations of webhooks that nobody has told whom to trust, and that lead to a Service called like this
 * pod's workload: controllers that make their certificates themselves fill those in as soon as they run. Tells them to
 * trust a certificate that is made here, once `ready` has put it to use. Ends never.
 */
export function* ownWebhooks(
  self: Process,
  { namespace, ready }: { readonly namespace: string; readonly ready: (shown: () => string) => Running<void> },
): Running<never> {
  const made = new Map<string, Issued>();
  for (let waitMs = lookMsMin; ; waitMs = Math.min(lookMsMax, waitMs * 2)) {
    for (const kind of ["mutating", "validating"]) {
      const path = `${configurations}/${kind}webhookconfigurations`;
      const listed = yield* askApi(self, { path });
      const { items } = listed.ok
        ? (JSON.parse(listed.body) as { readonly items: readonly Configuration[] })
        : { items: [] };
      for (const item of items) {
        const services = servicesOf(self, item, namespace);
        const [service] = services;
        if (service === undefined) continue;
        const isFirst = made.size === 0;
        const issued = made.get(service) ?? issue(self, service, namespace);
        made.set(service, issued);
        // One certificate is shown, that of the Service that was found first; who is told of it finds somebody.
        if (isFirst) yield* ready(() => issued.shown);
        if (yield* trust(self, { path, item, services, authority: issued.authority })) waitMs = lookMsMin;
      }
    }
    yield* pause(self, waitMs);
  }
}

/** The Services that wait for an authority of this pod's, by their names. */
function servicesOf(self: Process, { metadata, webhooks = [] }: Configuration, namespace: string): string[] {
  const isMarked = metadata.annotations?.[mark] !== undefined;
  const workload = self.kernel.host.hostname.replace(/(-[a-z0-9]{1,10})?-[a-z0-9]{5}$|-\d+$/, "");
  return webhooks.flatMap(({ clientConfig: { service, caBundle = "" } }) => {
    const isOurs = service?.namespace === namespace && isAlike(service.name, workload);
    const isOpen = isMarked || !decodeBase64(caBundle).includes("BEGIN CERTIFICATE");
    return isOurs && isOpen ? [service.name] : [];
  });
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
  readonly path: string;
  readonly item: Configuration;
  readonly services: readonly string[];
  readonly authority: string;
}

/** Gives back whether anything was written. */
function* trust(self: Process, { path, item, services, authority }: Trusting): Running<boolean> {
  const { name, annotations, resourceVersion } = item.metadata;
  const isMarked = annotations?.[mark] !== undefined;
  const webhooks = (item.webhooks ?? []).map((each) => {
    const { service, caBundle = "" } = each.clientConfig;
    if (!services.includes(service?.name ?? "")) return each;
    const known = isMarked
      ? (decodeBase64(caBundle).match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [])
      : [];
    if (known.some((one) => one.trim() === authority.trim())) return each;
    const bundle = [...known, authority].slice(-authoritiesMax).map((one) => `${one.trim()}\n`);
    return { ...each, clientConfig: { ...each.clientConfig, caBundle: encodeBase64(bundle.join("")) } };
  });
  if (webhooks.every((each, at) => each === item.webhooks?.[at])) return false;
  const metadata = { ...item.metadata, annotations: { ...annotations, [mark]: "true" } };
  const object = { ...item, metadata, webhooks };
  const written: ApiAnswer = yield* askApi(self, { path: `${path}/${name}`, method: "PUT", object });
  if (written.ok || written.reason !== "Forbidden") return written.ok;
  // Some accounts may only patch.
  const contentType = "application/strategic-merge-patch+json";
  const patch = {
    // Two replicas may not overlook each other.
    metadata: { annotations: { [mark]: "true" }, resourceVersion },
    webhooks: webhooks.map(({ name: webhook, clientConfig: { caBundle } }) => ({
      name: webhook,
      clientConfig: { caBundle },
    })),
  };
  return (yield* askApi(self, { path: `${path}/${name}`, method: "PATCH", object: patch, contentType })).ok;
}
