import { decodeBase64, encodeBase64 } from "../../../../api/base64.ts";
import { klog } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";
import { pause } from "./_follow_list.ts";

const configurations = "/apis/admissionregistration.k8s.io/v1";
const retryMs = 1_000;
const beforeMs = 5 * 60_000;
const lifeMs = 10 * 365 * 24 * 60 * 60_000;

/** A certificate that a controller makes for its webhooks. */
export interface ServingCertificate {
  readonly namespace: string;
  /** The Secret that it is kept in. */
  readonly secret: string;
  /** For which names it is. */
  readonly names: readonly string[];
  /** The configurations that are told whom to trust; those that are not there are passed over. */
  readonly hooks: readonly { readonly kind: "mutating" | "validating"; readonly name: string }[];
}

interface Secret {
  readonly data?: Readonly<Record<string, string>>;
}

interface Configuration {
  readonly webhooks?: readonly { readonly clientConfig: object }[];
}

/**
 * Makes a certificate, or takes the one that is there, and tells API servers to trust its authority, as the certificate
 * rotator does that several controllers share. Gives back certificate and key. Source: open-policy-agent/cert-controller.
 */
export function* servingCertificate(self: Process, wish: ServingCertificate): Running<string> {
  const data = yield* kept(self, wish);
  for (const hook of wish.hooks) {
    while (!(yield* trust(self, hook, data["ca.crt"] ?? ""))) yield* pause(self, retryMs);
  }
  return `${decodeBase64(data["tls.crt"] ?? "")}\n${decodeBase64(data["tls.key"] ?? "")}`;
}

/** What the Secret has, which is made or filled by whoever is the first. */
function* kept(
  self: Process,
  { namespace, secret: name, names }: ServingCertificate,
): Running<Required<Secret>["data"]> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  for (;;) {
    const answer = yield* askApi(self, { path: `${secrets}/${name}` });
    const found = answer.ok ? (JSON.parse(answer.body) as Secret) : undefined;
    if (found?.data?.["tls.crt"] && found.data["tls.key"]) return found.data;
    const { wallMs, random, network } = self.kernel.host;
    const fromMs = wallMs() - beforeMs;
    const { authority, certificate, key } = network.trust.issue({
      ...{ names, organizations: [name, name], fromMs, untilMs: fromMs + lifeMs, byte: () => random.int(256) },
    });
    const texts = { "ca.crt": authority, "tls.crt": certificate, "tls.key": key };
    const data = Object.fromEntries(Object.entries(texts).map(([each, text]) => [each, encodeBase64(text)]));
    const written = found
      ? yield* askApi(self, { path: `${secrets}/${name}`, method: "PUT", object: { ...found, data } })
      : yield* askApi(self, { path: secrets, object: { apiVersion: "v1", kind: "Secret", metadata: { name }, data } });
    if (written.ok) return data;
    // Another replica may have been the first; who has no right yet gets it in time.
    if (written.reason !== "Conflict" && written.reason !== "AlreadyExists") yield* klog(self, "E", written.text);
    yield* pause(self, retryMs);
  }
}

function* trust(
  self: Process,
  { kind, name }: ServingCertificate["hooks"][number],
  caBundle: string,
): Running<boolean> {
  const path = `${configurations}/${kind}webhookconfigurations/${name}`;
  const answer = yield* askApi(self, { path });
  if (!answer.ok) {
    if (answer.reason !== "NotFound") yield* klog(self, "E", answer.text);
    return answer.reason === "NotFound";
  }
  const found = JSON.parse(answer.body) as Configuration;
  const webhooks = (found.webhooks ?? []).map((each) => ({
    ...each,
    clientConfig: { ...each.clientConfig, caBundle },
  }));
  return (yield* askApi(self, { path, method: "PUT", object: { ...found, webhooks } })).ok;
}
