import { go, klog } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { followList } from "../programs/_follow_list.ts";
import { api, type Certificate, type Meta, read, type Secret, secretPath, write } from "./objects.ts";
import { oneAtATime } from "./one_at_a_time.ts";

const fromSecret = "cert-manager.io/inject-ca-from-secret";
const fromCertificate = "cert-manager.io/inject-ca-from";
const allowed = "cert-manager.io/allow-direct-injection";

/** Where authorities are written into. */
const targets = [
  { plural: "mutatingwebhookconfigurations", at: "/apis/admissionregistration.k8s.io/v1", bundlesOf: hooksOf },
  { plural: "validatingwebhookconfigurations", at: "/apis/admissionregistration.k8s.io/v1", bundlesOf: hooksOf },
  { plural: "apiservices", at: "/apis/apiregistration.k8s.io/v1", bundlesOf: serviceOf },
  { plural: "customresourcedefinitions", at: "/apis/apiextensions.k8s.io/v1", bundlesOf: converterOf },
] as const;

interface Bundled {
  caBundle?: string;
}

/** An object of one of these kinds, where it has authorities. */
interface Target {
  readonly webhooks?: readonly { readonly clientConfig: Bundled }[];
  readonly spec?: Bundled & { readonly conversion?: { readonly webhook?: { readonly clientConfig?: Bundled } } };
}

function hooksOf({ webhooks = [] }: Target): readonly Bundled[] {
  return webhooks.map(({ clientConfig }) => clientConfig);
}

function serviceOf({ spec }: Target): readonly Bundled[] {
  return spec ? [spec] : [];
}

function converterOf({ spec }: Target): readonly Bundled[] {
  const found = spec?.conversion?.webhook?.clientConfig;
  return found ? [found] : [];
}

interface Listed {
  readonly metadata: Meta;
}

/** Writes authorities into the webhooks, APIServices and definitions whose annotations say where they are. */
export function* runInjector(self: Process): Running {
  const wanting = new Map<string, readonly Meta[]>();
  const sync = oneAtATime(function* (thread) {
    for (const target of targets)
      for (const metadata of wanting.get(target.plural) ?? []) yield* inject(thread, target, metadata);
  });
  yield* klog(self, "I", '"starting" logger="cert-manager.ca-injector"');
  for (const { plural, at } of targets) {
    go(self, (thread) =>
      followList<Listed>(thread, {
        ...{ path: `${at}/${plural}`, plural, isMetadataOnly: true },
        take(items) {
          const annotated = items
            .map(({ metadata }) => metadata)
            .filter(({ annotations = {} }) => isWanted(annotations));
          wanting.set(plural, annotated);
          return sync(thread);
        },
      }),
    );
  }
  const follow = (path: string, plural: string) =>
    go(self, (thread) => followList(thread, { path, plural, isMetadataOnly: true, take: () => sync(thread) }));
  follow("/api/v1/secrets", "secrets");
  follow(`${api}/certificates`, "certificates");
  for (;;) yield {};
}

function isWanted(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[fromSecret] !== undefined || annotations[fromCertificate] !== undefined;
}

function* inject(
  self: Process,
  { plural, at, bundlesOf }: (typeof targets)[number],
  { name, annotations = {} }: Meta,
): Running<void> {
  const bundle = yield* bundleFor(self, annotations);
  if (bundle === undefined) return;
  const path = `${at}/${plural}/${name}`;
  const object = yield* read<Target>(self, path);
  const stale = object ? bundlesOf(object).filter(({ caBundle }) => caBundle !== bundle) : [];
  if (!object || stale.length === 0) return;
  for (const each of stale) each.caBundle = bundle;
  const written = yield* write(self, path, object);
  if (written.ok) yield* klog(self, "I", `"Updated object" kind="${plural}" name="${name}"`);
  else yield* klog(self, "E", `"unable to update target object with new CA data" err=${JSON.stringify(written.text)}`);
}

/** The authority that annotations name, in base64; `undefined`: it is not there, or may not be taken. */
function* bundleFor(self: Process, annotations: Readonly<Record<string, string>>): Running<string | undefined> {
  const direct = annotations[fromSecret];
  const [namespace = "", name = ""] = (direct ?? annotations[fromCertificate] ?? "").split("/");
  if (direct !== undefined) {
    const secret = yield* read<Secret>(self, secretPath(namespace, name));
    return secret?.metadata.annotations?.[allowed] === "true" ? secret.data?.["ca.crt"] : undefined;
  }
  const certificate = yield* read<Certificate>(self, `${api}/namespaces/${namespace}/certificates/${name}`);
  const secretName = certificate?.spec?.secretName;
  if (secretName === undefined) return undefined;
  const secret = yield* read<Secret>(self, secretPath(namespace, secretName));
  return secret?.metadata.annotations?.["cert-manager.io/certificate-name"] === name
    ? secret.data?.["ca.crt"]
    : undefined;
}
