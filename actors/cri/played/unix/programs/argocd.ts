import { encodeBase64 } from "../../../../api/base64.ts";
import { answer, listenAndServe, problem, waitForEver } from "../agnhost/_go.ts";
import { print, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";
import { fileText } from "./_curl_security.ts";

/** Where each part says how it is. */
const healthPorts: Readonly<Record<string, number>> = {
  "argocd-server": 8080,
  "argocd-repo-server": 8084,
  "argocd-application-controller": 8082,
  "argocd-applicationset-controller": 8080,
  "argocd-notifications": 9001,
};
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
const passwordChars = 16;
const [secretName, key] = ["argocd-redis", "auth"];

/**
 * Argo CD, of which only what an install waits for is played: its parts are well and do nothing, and the password of its
 * Redis is made. Source: argoproj/argo-cd.
 */
export const argocd: Program = {
  names: ["argocd", ...Object.keys(healthPorts)],
  *run(self) {
    const [path = "", ...words] = self.argv;
    const name = path.split("/").at(-1) ?? "";
    const port = Object.hasOwn(healthPorts, name) ? healthPorts[name] : undefined;
    if (port !== undefined) return yield* beWell(self, name, port);
    if (words.join(" ").startsWith("admin redis-initial-password")) return yield* makePassword(self);
    yield* complain(self, 'kubetroupe plays of this program "admin redis-initial-password" alone');
    return 1;
  },
};

function* beWell(self: Process, name: string, port: number): Running {
  for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
  yield* complain(self, `kubetroupe plays ${name}: it answers for its health on port ${port}, and does nothing else`);
  yield* listenAndServe(self, port, (thread, { url }) =>
    url.pathname === "/healthz" ? answer(thread, "ok") : problem(thread, "kubetroupe plays nothing else of this", 501),
  );
  return yield* waitForEver();
}

function* makePassword(self: Process): Running {
  const namespace = fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim() ?? "default";
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  yield* print(self, `Checking for initial Redis password in secret ${namespace}/${secretName} at key ${key}. \n`);
  const { random } = self.kernel.host;
  const password = Array.from({ length: passwordChars }, () => letters[random.int(letters.length)]).join("");
  const object = {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: secretName }, type: "Opaque" },
    data: { [key]: encodeBase64(password) },
  };
  const made = yield* askApi(self, { path: secrets, object });
  if (!made.ok && made.reason !== "AlreadyExists") return yield* fail(self, made.text);
  yield* print(self, `Argo CD Redis secret state confirmed: secret name ${secretName}.\n`);
  const found = yield* askApi(self, { path: `${secrets}/${secretName}` });
  if (!found.ok) return yield* fail(self, found.text);
  const { data } = JSON.parse(found.body) as { readonly data?: Readonly<Record<string, string>> };
  if (data?.[key] === undefined) return yield* fail(self, `key ${key} doesn't exist in secret ${secretName}. \n`);
  yield* print(self, "Password secret is configured properly.\n");
  return 0;
}

/** As its logger ends a program: with 20. */
function* fail(self: Process, text: string): Running {
  yield* complain(self, text);
  return 20;
}

function* complain(self: Process, msg: string): Running<void> {
  const time = new Date(self.kernel.host.wallMs()).toISOString().replace(/\.\d+/, "");
  yield* writeTo(self, self.files.get(2), `time="${time}" level=info msg=${JSON.stringify(msg)}\n`);
}
