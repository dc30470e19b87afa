import { answer, go, klog, listenAndServe, problem } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { followList } from "../programs/_follow_list.ts";
import { keep } from "./certificates.ts";
import { type Signing, signingOf } from "./issuers.ts";
import { api, type Certificate, flagsOf, group, type Issuer } from "./objects.ts";
import { oneAtATime } from "./one_at_a_time.ts";

const plays =
  "kubetroupe plays this controller: issuers are selfSigned and ca, all keys Ed25519; no ACME, Vault or Venafi, and nothing is done for CertificateRequests and Ingresses";

interface Known {
  issuers: readonly Issuer[] | undefined;
  clusterIssuers: readonly Issuer[] | undefined;
  certificates: readonly Certificate[] | undefined;
}

/** Signs what Certificates ask for, by issuers that need nobody outside. Source: cert-manager/cert-manager. */
export function* runController(self: Process): Running {
  const flags = flagsOf(self.argv.slice(1));
  const ownNamespace = flags.get("cluster-resource-namespace") ?? "kube-system";
  const known: Known = { issuers: undefined, clusterIssuers: undefined, certificates: undefined };
  const sync = oneAtATime((thread) => look(thread, known, ownNamespace));
  yield* klog(self, "I", `"starting cert-manager controller" note="${plays}"`);
  yield* listenAndServe(self, 9_403, (thread, { url }) =>
    url.pathname === "/livez" ? answer(thread, "ok") : problem(thread, "404 page not found", 404),
  );
  const follow = (name: keyof Known, plural: string) =>
    go(self, (thread) =>
      followList<never>(thread, {
        ...{ path: `${api}/${plural}`, plural },
        take(items) {
          known[name] = items;
          return sync(thread);
        },
      }),
    );
  follow("issuers", "issuers");
  follow("clusterIssuers", "clusterissuers");
  follow("certificates", "certificates");
  const secrets = { path: "/api/v1/secrets", plural: "secrets", isMetadataOnly: true };
  go(self, (thread) => followList(thread, { ...secrets, take: () => sync(thread) }));
  for (;;) yield {};
}

function* look(self: Process, { issuers, clusterIssuers, certificates }: Known, ownNamespace: string): Running<void> {
  if (!issuers || !clusterIssuers || !certificates) return;
  const signing = new Map<string, Signing | undefined>();
  for (const [kind, all] of [
    ["Issuer", issuers],
    ["ClusterIssuer", clusterIssuers],
  ] as const) {
    for (const issuer of all) {
      const { namespace = "", name } = issuer.metadata;
      signing.set(`${kind}/${namespace}/${name}`, yield* signingOf(self, issuer, { kind, ownNamespace }));
    }
  }
  for (const certificate of certificates) {
    const { issuerRef = {} } = certificate.spec ?? {};
    if (issuerRef.group && issuerRef.group !== group) continue;
    const kind = issuerRef.kind || "Issuer";
    const place = kind === "ClusterIssuer" ? "" : (certificate.metadata.namespace ?? "");
    yield* keep(self, certificate, signing.get(`${kind}/${place}/${issuerRef.name}`));
  }
}
