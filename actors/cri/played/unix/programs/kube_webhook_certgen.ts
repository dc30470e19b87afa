import { decodeBase64, encodeBase64 } from "../../../../api/base64.ts";
import { present } from "../../../../kit/present.ts";
import { type Given, parseFlags } from "../agnhost/_subcommand.ts";
import { print, writeTo } from "../kernel/io.ts";
import { type Process, ProcessExit, type Program, type Running } from "../kernel/process.ts";
import { type ApiAnswer, askApi } from "./_ask_api.ts";

const hooks = "/apis/admissionregistration.k8s.io/v1";
const beforeMs = 5 * 60_000;
const lifeMs = 100 * 365 * 24 * 60 * 60_000;

const common = { "log-level": "info", "log-format": "json", kubeconfig: "", namespace: "", "secret-name": "" };
const commands: Readonly<Record<string, Command>> = {
  create: { flags: { ...common, host: "", "cert-name": "cert", "key-name": "key" }, needs: ["host"], run: create },
  patch: {
    flags: {
      ...{ ...common, "webhook-name": "", "apiservice-name": "" },
      ...{ "patch-validating": true, "patch-mutating": true, "patch-failure-policy": "" },
    },
    needs: [],
    run: patch,
  },
};

interface Command {
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly needs: readonly string[];
  run(self: Process, given: Given): Running;
}

/**
 * Makes certificates for webhooks and writes them into a Secret and into the webhooks' configurations, as Jobs of many
 * charts have it do. Source: kubernetes/ingress-nginx, images/kube-webhook-certgen.
 */
export const kubeWebhookCertgen: Program = {
  names: ["kube-webhook-certgen"],
  *run(self) {
    const [, name = "", ...words] = self.argv;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      const usage =
        "Create certificates and patch them to admission hooks\n\nUsage:\n  kube-webhook-certgen [command]\n";
      yield* name === "" ? print(self, usage) : refuse(self, `unknown command "${name}" for "kube-webhook-certgen"`);
      return 1;
    }
    const given = parseFlags({ name, flags: command.flags, run: () => 0 }, words);
    if (typeof given === "string") return yield* refuse(self, given);
    const missing = [...command.needs, "secret-name", "namespace"].filter((flag) => given.text(flag) === "");
    if (missing.length > 0)
      return yield* refuse(self, `required flag(s) ${missing.map((flag) => JSON.stringify(flag)).join(", ")} not set`);
    return yield* command.run(self, given);
  },
};

function* refuse(self: Process, text: string): Running {
  yield* writeTo(self, self.files.get(2), `Error: ${text}\n`);
  return 1;
}

function* create(self: Process, given: Given): Running {
  const [name, namespace] = [given.text("secret-name"), given.text("namespace")];
  if ((yield* authorityIn(self, { name, namespace })) !== undefined) {
    yield* tell(self, "secret already exists");
    return 0;
  }
  yield* tell(self, "creating new secret");
  const { wallMs, random, network } = self.kernel.host;
  const fromMs = wallMs() - beforeMs;
  const { authority, certificate, key } = network.trust.issue({
    ...{ names: given.text("host").split(","), organizations: ["nil1", "nil2"], fromMs, untilMs: fromMs + lifeMs },
    byte: () => random.int(256),
  });
  const data = { ca: authority, [given.text("cert-name")]: certificate, [given.text("key-name")]: key };
  const encoded = Object.fromEntries(Object.entries(data).map(([each, text]) => [each, encodeBase64(text)]));
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name }, data: encoded };
  yield* expect(self, "failed creating secret", yield* askApi(self, { path: secretsOf(namespace), object }));
  return 0;
}

function* patch(self: Process, given: Given): Running {
  const [name, namespace] = [given.text("secret-name"), given.text("namespace")];
  const kinds = (["mutating", "validating"] as const).filter((each) => given.isSet(`patch-${each}`));
  const policy = given.text("patch-failure-policy");
  if (!["", "Ignore", "Fail"].includes(policy)) yield* fail(self, `patch-failure-policy ${policy} is not valid`);
  const bundle = yield* authorityIn(self, { name, namespace });
  if (bundle === undefined) return yield* fail(self, `no secret with '${name}' in '${namespace}'`);
  const hook = given.text("webhook-name");
  if (hook !== "") {
    const which = `mutating=${kinds.includes("mutating")}, validating=${kinds.includes("validating")}`;
    yield* tell(self, `patching webhook configurations '${hook}' ${which}, failurePolicy=${policy}`);
    for (const kind of kinds) yield* patchHooks(self, { kind, hook, bundle, policy });
    yield* tell(self, "Patched hook(s)");
  }
  const service = given.text("apiservice-name");
  if (service !== "") yield* patchService(self, service, bundle);
  return 0;
}

interface Wanted {
  readonly kind: "mutating" | "validating";
  readonly hook: string;
  readonly bundle: string;
  readonly policy: string;
}

interface Configuration {
  readonly webhooks?: readonly { readonly clientConfig: object; readonly failurePolicy?: string }[];
}

function* patchHooks(self: Process, { kind, hook, bundle, policy }: Wanted): Running<void> {
  const path = `${hooks}/${kind}webhookconfigurations/${hook}`;
  const found = yield* expect(self, `failed getting ${kind} webhook`, yield* askApi(self, { path }));
  const configuration = JSON.parse(found) as Configuration;
  const webhooks = (configuration.webhooks ?? []).map((each) => ({
    ...each,
    clientConfig: { ...each.clientConfig, caBundle: bundle },
    ...(policy === "" ? {} : { failurePolicy: policy }),
  }));
  const written = yield* askApi(self, { path, method: "PUT", object: { ...configuration, webhooks } });
  yield* expect(self, `failed patching ${kind} webhook`, written);
}

function* patchService(self: Process, name: string, bundle: string): Running<void> {
  yield* tell(self, `patching APIService "${name}"`);
  const path = `/apis/apiregistration.k8s.io/v1/apiservices/${name}`;
  const found = yield* expect(self, `failed getting APIService "${name}"`, yield* askApi(self, { path }));
  const service = JSON.parse(found) as { readonly spec?: object };
  const spec = { ...service.spec, caBundle: bundle, insecureSkipTLSVerify: false };
  const written = yield* askApi(self, { path, method: "PUT", object: { ...service, spec } });
  yield* expect(self, `failed patching APIService "${name}"`, written);
}

/** The authority that a Secret has, in base64; undefined without such a Secret. */
function* authorityIn(
  self: Process,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Running<string | undefined> {
  const answer = yield* askApi(self, { path: `${secretsOf(namespace)}/${name}` });
  if (!answer.ok && answer.reason === "NotFound") {
    yield* tell(self, "no secret found", { err: answer.text });
    return undefined;
  }
  const { data } = JSON.parse(yield* expect(self, "error getting secret", answer)) as {
    readonly data?: Readonly<Record<string, string>>;
  };
  if (data?.ca === undefined || decodeBase64(data.ca) === "")
    yield* fail(self, "got secret, but it did not contain a 'ca' key");
  return data?.ca;
}

function secretsOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

function* expect(self: Process, text: string, answer: ApiAnswer): Running<string> {
  return answer.ok ? answer.body : yield* fail(self, text, answer.text);
}

function* fail(self: Process, text: string, err?: string): Running<never> {
  yield* tell(self, text, { ...present({ err }), level: "fatal" });
  throw new ProcessExit(1);
}

/** A line of logrus, whose fields are in the order of their names. */
function* tell(
  self: Process,
  msg: string,
  fields: { readonly err?: string; readonly level?: "fatal" } = {},
): Running<void> {
  const time = new Date(self.kernel.host.wallMs()).toISOString().replace(/\.\d+/, "");
  const { err, level = "info" } = fields;
  yield* print(self, `${JSON.stringify({ ...present({ err }), level, msg, time })}\n`);
}
