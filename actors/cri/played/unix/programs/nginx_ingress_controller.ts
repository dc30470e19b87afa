import { answer, go, klog, listenAndServe, problem } from "../agnhost/_go.ts";
import { createController, type Settings } from "../ingress_nginx/controller.ts";
import { follow, followed } from "../ingress_nginx/follow.ts";
import { review } from "../ingress_nginx/review.ts";
import { serveAt } from "../ingress_nginx/serve.ts";
import { print, sleepUntil } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { sendSignal } from "./kill.ts";

const rule = "-".repeat(79);
const lookMs = 1_000;

/**
 * Leads requests to Services as Ingresses say: by host and path, with the annotations that are used most, and judges
 * Ingresses as a webhook. What a client from outside says by TLS it cannot read. Source: kubernetes/ingress-nginx.
 */
export const nginxIngressController: Program = {
  names: ["nginx-ingress-controller", "wait-shutdown"],
  *run(self) {
    if (/wait-shutdown$/.test(self.argv[0] ?? "")) return yield* waitShutdown(self);
    for (const signal of ["TERM", "INT", "QUIT"] as const) self.handlers.set(signal, "catch");
    const flags = flagsOf(self.argv.slice(1));
    const text = (name: string, usual: string) => flags.get(name) ?? usual;
    const controller = createController(settingsOf(text));
    yield* print(self, `${rule}\nNGINX Ingress controller\n${rule}\n\n`);
    const numbered = (name: string, usual: number) => Number(text(name, String(usual)));
    yield* listenAndServe(self, numbered("healthz-port", 10_254), (thread, { url }) =>
      url.pathname === text("health-check-path", "/healthz")
        ? answer(thread, "ok")
        : problem(thread, "404 page not found", 404),
    );
    yield* listenAndServe(self, numbered("http-port", 80), serveAt(controller, "http"));
    yield* listenAndServe(self, { port: numbered("https-port", 443), isOwnTls: true }, serveAt(controller, "https"));
    const [, hookPort] = /:(\d+)$/.exec(text("validating-webhook", "")) ?? [];
    if (hookPort !== undefined) {
      const certFile = text("validating-webhook-certificate", "");
      const where = { port: Number(hookPort), certFile, keyFile: text("validating-webhook-key", "") };
      yield* klog(self, "I", `"Starting validation webhook" address=":${hookPort}" certPath="${certFile}"`);
      yield* listenAndServe(self, where, (thread, request) => review(thread, controller, request));
    }
    yield* klog(self, "I", '"Starting NGINX Ingress controller"');
    for (const each of followed) go(self, (thread) => follow(thread, controller, each));
    while (self.pending.length === 0) yield {};
    yield* klog(self, "I", '"Shutting down controller queues"');
    // Requests go on until everybody knows that it ends.
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + numbered("post-shutdown-grace-period", 10) * 1_000);
    return 0;
  },
};

/** Tells the controller to end, which it does a while after this has. */
function* waitShutdown(self: Process): Running {
  const target = self.kernel.seen(1);
  if (target) sendSignal(self, target, "TERM");
  yield* sleepUntil(self, self.kernel.host.uptimeMs() + lookMs);
  return 0;
}

/** Flags are written with their values: `--name=value`, or alone. */
function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.flatMap((word) => {
      const [, name, value = "true"] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
}

function settingsOf(text: (name: string, usual: string) => string): Settings {
  return {
    controllerClass: text("controller-class", "k8s.io/ingress-nginx"),
    ingressClass: text("ingress-class", "nginx"),
    takesClassless: text("watch-ingress-without-class", "false") === "true",
    namespace: text("watch-namespace", ""),
    publishService: text("publish-service", ""),
    publishAddresses: text("publish-status-address", "")
      .split(",")
      .filter((each) => each !== ""),
  };
}
