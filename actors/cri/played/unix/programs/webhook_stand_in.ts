import { go, klog, listenAndServe, waitForEver } from "../agnhost/_go.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { fileText } from "./_curl_security.ts";
import { pause } from "./_follow_list.ts";
import { letsPass } from "./_lets_pass.ts";
import { ownWebhooks } from "./_own_webhooks.ts";
import { type ServingCertificate, servingCertificate } from "./_serving_certificate.ts";

const lookMs = 1_000;
/** So often is looked for a certificate that somebody else may make. */
const looksMax = 10;
const runs = "Nothing runs here: kubetroupe plays this container and not what it does";

/** A controller that makes the certificate of its webhooks itself. */
interface Maker {
  /** Where it listens for API servers. Default: nowhere. */
  readonly port?: number;
  certificate(self: Process, namespace: string): Omit<ServingCertificate, "namespace">;
}

/** Sources: each controller's own repository, where it says how it makes its certificate. */
const makers: Readonly<Record<string, Maker>> = {
  gatekeeper: {
    port: 8443,
    certificate: (_, namespace) => ({
      secret: "gatekeeper-webhook-server-cert",
      names: [`gatekeeper-webhook-service.${namespace}.svc`],
      hooks: hooksOf("gatekeeper-mutating-webhook-configuration", "gatekeeper-validating-webhook-configuration"),
    }),
  },
  cnpg: {
    port: 9443,
    certificate: (_, namespace) => ({
      secret: "cnpg-webhook-cert",
      names: [`cnpg-webhook-service.${namespace}.svc`],
      hooks: hooksOf("cnpg-mutating-webhook-configuration", "cnpg-validating-webhook-configuration"),
    }),
  },
  keda: {
    certificate: (_, namespace) => ({
      secret: "kedaorg-certs",
      names: ["keda-operator", "keda-admission-webhooks", "keda-metrics-apiserver"].map(
        (name) => `${name}.${namespace}.svc`,
      ),
      hooks: [{ kind: "validating", name: "keda-admission" }],
    }),
  },
  istiod: {
    port: 15017,
    certificate: (_, namespace) => ({
      secret: "istiod-tls",
      names: [`istiod.${namespace}.svc`],
      hooks: [
        { kind: "mutating", name: "istio-sidecar-injector" },
        ...["istiod-default-validator", `istio-validator-${namespace}`].map(
          (name) => ({ kind: "validating", name }) as const,
        ),
      ],
    }),
  },
  "external-secrets": {
    certificate: (self, namespace) => ({
      secret: flagOf(self, "secret-name") ?? "external-secrets-webhook",
      names: [`${flagOf(self, "service-name") ?? "external-secrets-webhook"}.${namespace}.svc`],
      hooks: ["secretstore-validate", "externalsecret-validate"].map((name) => ({ kind: "validating", name })),
    }),
  },
};

function hooksOf(mutating: string, validating: string): ServingCertificate["hooks"] {
  return [
    { kind: "mutating", name: mutating },
    { kind: "validating", name: validating },
  ];
}

function flagOf({ argv }: Process, name: string): string | undefined {
  return argv.flatMap((word) => (word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []))[0];
}

/**
 * Answers in the place of a controller that is not played: objects that its webhooks would judge can be written, and
 * whoever writes one is warned that nobody did. It is started with the controller's name and words, or with `mounted`, the
 * folder that has the certificate, and a port, or with `own` and the ports of its container where its certificate has to
 * be made as well.
 */
export const webhookStandIn: Program = {
  names: ["kubetroupe-webhook"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    const [, as = "", folder = "", port = ""] = self.argv;
    if (as === "own") return yield* standForOwn(self, self.argv.slice(2).map(Number));
    const maker = Object.hasOwn(makers, as) ? makers[as] : undefined;
    const at = maker ? maker.port : Number(port);
    const passing = at === undefined ? "" : `; its webhook on port ${at} lets everything pass, and warns who is let`;
    yield* klog(self, "I", `${runs}${passing}`);
    if (!maker) return yield* standWithMounted(self, folder, Number(port));
    const shown = yield* madeBy(self, maker);
    if (at !== undefined) yield* listenAndServe(self, { port: at, shown }, letsPass());
    return yield* waitForEver();
  },
};

/** For a controller of which nobody knows how it makes its certificate: none is made before webhooks wait for one. */
function* standForOwn(self: Process, ports: readonly number[]): Running {
  yield* klog(self, "I", `${runs}; its webhook, if it has one, lets everything pass, and warns who is let`);
  const namespace = fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim();
  if (namespace === undefined) return yield* waitForEver();
  return yield* ownWebhooks(self, {
    namespace,
    *ready(shown) {
      for (const port of ports) yield* listenAndServe(self, { port, shown }, letsPass());
    },
  });
}

function* madeBy(self: Process, maker: Maker): Running<() => string> {
  const account = fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim();
  const namespace = flagOf(self, "secret-namespace") ?? account ?? "default";
  const text = yield* servingCertificate(self, { namespace, ...maker.certificate(self, namespace) });
  return () => text;
}

/**
 * With the certificate in a folder, as it is at each time, as it is renewed in time. Where nobody puts one there the
 * controller would have made it itself: one is made where webhooks wait for it.
 */
function* standWithMounted(self: Process, folder: string, port: number): Running {
  const account = fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim();
  let made: (() => string) | undefined;
  const shown = () => made?.() ?? mountedIn(self, folder) ?? "";
  for (let looks = 1; mountedIn(self, folder) === undefined && !made; looks++) {
    if (looks === looksMax && account !== undefined) {
      go(self, (thread) => ownWebhooks(thread, { namespace: account, ready: take }));
    }
    yield* pause(self, lookMs);
  }
  yield* listenAndServe(self, { port, shown }, letsPass());
  return yield* waitForEver();

  function take(own: () => string): undefined {
    made = own;
  }
}

function mountedIn(self: Process, folder: string): string | undefined {
  const [certificate, key] = ["tls.crt", "tls.key"].map((name) => fileText(self, `${folder}/${name}`));
  return certificate && key ? `${certificate}\n${key}` : undefined;
}
