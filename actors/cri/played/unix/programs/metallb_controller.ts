import { encodeBase64 } from "../../../../api/base64.ts";
import { present } from "../../../../kit/present.ts";
import { answer, klog, listenAndServe, problem, waitForEver } from "../agnhost/_go.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";
import { fileText } from "./_curl_security.ts";
import { letsPass } from "./_lets_pass.ts";
import { type ServingCertificate, servingCertificate } from "./_serving_certificate.ts";

const webhookPort = 9_443;
const keyChars = 128;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * MetalLB's controller, of which only what its speakers wait for is played: the Secret that they know each other by.
 * Source: metallb/metallb, controller/main.go.
 */
export const metallbController: Program = {
  names: ["metallb-controller"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    const port = self.argv.flatMap((word) => /^--port=(\d+)$/.exec(word)?.[1] ?? []).map(Number)[0] ?? 7472;
    const does = `it makes the Secret of its speakers and answers on port ${port}`;
    yield* klog(
      self,
      "I",
      `kubetroupe plays MetalLB's controller: ${does}, gives no Service an address, and lets all objects pass`,
    );
    const problemText = yield* makeSecret(self);
    if (problemText !== undefined) {
      yield* klog(self, "E", problemText);
      return 1;
    }
    yield* listenAndServe(self, port, (thread, { url }) =>
      url.pathname === "/metrics" ? answer(thread, "") : problem(thread, "kubetroupe plays nothing else of this", 404),
    );
    const certificate = yield* servingCertificate(self, yield* webhookNames(self));
    yield* listenAndServe(self, { port: webhookPort, shown: () => certificate }, letsPass());
    return yield* waitForEver();
  },
};

/** What its webhooks are called: since its version 0.14 after it, before that after nobody. */
function* webhookNames(self: Process): Running<ServingCertificate> {
  const namespace = namespaceOf(self);
  const isNamed = (yield* askApi(self, { path: `/api/v1/namespaces/${namespace}/secrets/metallb-webhook-cert` })).ok;
  const prefix = isNamed ? "metallb-" : "";
  return {
    namespace,
    secret: isNamed ? "metallb-webhook-cert" : "webhook-server-cert",
    names: [`${prefix}webhook-service.${namespace}.svc`],
    hooks: [
      { kind: "validating", name: isNamed ? "metallb-webhook-configuration" : "validating-webhook-configuration" },
    ],
  };
}

function namespaceOf(self: Process): string {
  return fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim() ?? "default";
}

/** Makes the Secret unless it is there; gives back what went wrong. */
function* makeSecret(self: Process): Running<string | undefined> {
  const name = self.env.get("METALLB_ML_SECRET_NAME") ?? "";
  if (name === "") return undefined;
  const namespace = namespaceOf(self);
  const deployment = self.env.get("METALLB_DEPLOYMENT") ?? "";
  const found = yield* askApi(self, { path: `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}` });
  if (!found.ok) return `Failed to find the deployment of the controller: ${found.text}`;
  const { metadata } = JSON.parse(found.body) as { readonly metadata: { readonly uid?: string } };
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: deployment, ...present({ uid: metadata.uid }) };
  const { random } = self.kernel.host;
  const key = Array.from({ length: keyChars }, () => letters[random.int(letters.length)]).join("");
  const object = {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name, ownerReferences: [owner] } },
    data: { secretkey: encodeBase64(key) },
  };
  const made = yield* askApi(self, { path: `/api/v1/namespaces/${namespace}/secrets`, object });
  return made.ok || made.reason === "AlreadyExists"
    ? undefined
    : `Failed to create the memberlist secret: ${made.text}`;
}
