import { decodeBase64, encodeBase64 } from "../../../../api/base64.ts";
import { answer, klog, listenAndServe, problem } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { pause } from "../programs/_follow_list.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { flagsOf, read, type Secret, secretPath, valuesOf } from "./objects.ts";
import { problemsOf } from "./problems.ts";

const yearMs = 365 * 24 * 60 * 60_000;
const retryMs = 1_000;

interface Review {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly request?: {
    readonly uid?: string;
    readonly operation?: string;
    readonly kind?: { readonly kind?: string };
    readonly object?: { readonly spec?: object } | null;
    readonly userInfo?: object;
  };
}

/** Judges cert-manager's own kinds, with a certificate whose authority it keeps in a Secret for the injector. */
export function* runWebhook(self: Process): Running {
  const flags = flagsOf(self.argv.slice(1));
  const text = (name: string, usual = "") => flags.get(name) ?? usual;
  const place = {
    namespace: text("dynamic-serving-ca-secret-namespace"),
    name: text("dynamic-serving-ca-secret-name"),
  };
  const names = valuesOf(self.argv, "dynamic-serving-dns-names");
  const { wallMs, random, network } = self.kernel.host;
  const byte = () => random.int(256);
  const authority = yield* authorityAt(self, place);
  const fromMs = wallMs();
  const own = network.trust.certify({
    ...{ subject: {}, names, isAuthority: false, purposes: ["server auth"], by: authority },
    ...{ fromMs, untilMs: fromMs + yearMs, byte },
  });
  if (!own) {
    yield* klog(self, "E", '"error encountered" err="the Secret of the authority has no key that can sign"');
    return 1;
  }
  const where = { port: Number(text("secure-port", "6443")), shown: () => own.certificate };
  yield* listenAndServe(self, where, (thread, request) => serve(thread, request));
  yield* listenAndServe(self, Number(text("healthz-port", "6080")), (thread, { url }) =>
    /^\/(livez|healthz)$/.test(url.pathname) ? answer(thread, "ok") : problem(thread, "404 page not found", 404),
  );
  yield* klog(self, "I", `"listening for secure connections" address=${where.port}`);
  for (;;) yield {};
}

/** The authority in a Secret, which is made where there is none. */
function* authorityAt(
  self: Process,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Running<{ readonly certificate: string; readonly key: string }> {
  const { wallMs, random, network } = self.kernel.host;
  for (;;) {
    const found = (yield* read<Secret>(self, secretPath(namespace, name)))?.data;
    if (found?.["tls.crt"] && found["tls.key"])
      return { certificate: decodeBase64(found["tls.crt"]), key: decodeBase64(found["tls.key"]) };
    const fromMs = wallMs();
    const made = network.trust.certify({
      ...{ subject: { commonName: "cert-manager-webhook-ca" }, names: [], isAuthority: true, purposes: [] },
      ...{ fromMs, untilMs: fromMs + yearMs, byte: () => random.int(256) },
    });
    const { certificate = "", key = "" } = made ?? {};
    const data = { "ca.crt": certificate, "tls.crt": certificate, "tls.key": key };
    const written = yield* askApi(self, {
      path: secretPath(namespace),
      object: {
        ...{ apiVersion: "v1", kind: "Secret" },
        metadata: { name, annotations: { "cert-manager.io/allow-direct-injection": "true" } },
        data: Object.fromEntries(Object.entries(data).map(([each, value]) => [each, encodeBase64(value)])),
      },
    });
    if (written.ok) yield* klog(self, "I", `"created new root CA Secret" secret="${namespace}/${name}"`);
    else {
      yield* klog(self, "E", `"error writing the Secret of the authority" err=${JSON.stringify(written.text)}`);
      yield* pause(self, retryMs);
    }
  }
}

function serve(self: Process, { url, body }: Request): Response {
  if (url.pathname !== "/validate" && url.pathname !== "/mutate") return problem(self, "404 page not found", 404);
  let review: Review;
  try {
    review = JSON.parse(body) as Review;
  } catch {
    return problem(self, "couldn't get version/kind; json parse error", 400);
  }
  const { apiVersion, kind, request } = review;
  const verdict = url.pathname === "/mutate" ? changes(request) : judgement(request);
  const response = { uid: request?.uid, ...verdict };
  return answer(self, JSON.stringify({ apiVersion, kind, response }), {
    headers: [["Content-Type", "application/json"]],
  });
}

function judgement(request: Review["request"]): object {
  const found = request?.object ? problemsOf(request.kind?.kind ?? "", request.object) : [];
  if (found.length === 0) return { allowed: true };
  const message = found.length === 1 ? found[0] : `[${found.join(", ")}]`;
  return { allowed: false, status: { status: "Failure", reason: "NotAcceptable", code: 406, message } };
}

/** Who asks for a certificate is written into what they ask with. */
function changes(request: Review["request"]): object {
  if (request?.kind?.kind !== "CertificateRequest" || request.operation !== "CREATE") return { allowed: true };
  const patch = Object.entries(request.userInfo ?? {}).map(([name, value]) => ({
    ...{ op: "add", path: `/spec/${name}`, value },
  }));
  return { allowed: true, patchType: "JSONPatch", patch: encodeBase64(JSON.stringify(patch)) };
}
