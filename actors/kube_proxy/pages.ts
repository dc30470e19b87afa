import { type Health, isHealthy, type Moment } from "./health.ts";
import type { AskProxyPage, ProxyPage } from "./messages.ts";

const json = [
  ["Content-Type", "application/json"],
  ["X-Content-Type-Options", "nosniff"],
] as const;
const plain = [
  ["Content-Type", "text/plain; charset=utf-8"],
  ["X-Content-Type-Options", "nosniff"],
] as const;
const notFound: ProxyPage = { status: 404, headers: plain, text: "404 page not found\n" };

/**
 * What a kube-proxy's HTTP servers answer: at its health port to everybody, and at its metrics port to its node.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export function proxyPage(
  { server, path }: Pick<AskProxyPage, "server" | "path">,
  health: Health,
  now: Moment,
): ProxyPage {
  const name = path.split("?", 1)[0] ?? "";
  if (server === "health") return name === "/healthz" || name === "/livez" ? healthPage(name, health, now) : notFound;
  if (name === "/healthz") return { status: 200, headers: plain, text: "ok" };
  if (name === "/proxyMode") return { status: 200, headers: plain, text: "iptables" };
  if (name !== "/metrics") return notFound;
  const headers = [["Content-Type", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"]] as const;
  return { status: 200, headers, text: metricsText(health) };
}

/** Whether the node is to go matters for who sends it connections, and not for whether this kube-proxy lives. */
function healthPage(path: "/healthz" | "/livez", health: Health, now: Moment): ProxyPage {
  const isWell = isHealthy(health, now) && (path === "/livez" || health.isEligible);
  const status = isWell ? 200 : 503;
  const key = `${path.slice(1)} ${status}`;
  health.answered.set(key, (health.answered.get(key) ?? 0) + 1);
  // While all is well it is as if rules had just been written.
  const lastUpdated = JSON.stringify(goTime(isWell ? now : health.updated));
  const times = `"lastUpdated": ${lastUpdated},"currentTime": ${JSON.stringify(goTime(now))}`;
  const text = path === "/livez" ? `{${times}}` : `{${times}, "nodeEligible": ${health.isEligible}}`;
  return { status, headers: json, text };
}

/** A time as Go prints it, with the clock that never jumps behind it. */
function goTime(moment: Moment | undefined): string {
  if (moment === undefined) return "0001-01-01 00:00:00 +0000 UTC";
  const iso = new Date(moment.nowMs).toISOString();
  const fraction = iso.slice(20, 23).replace(/0+$/, "");
  const time = `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction === "" ? "" : `.${fraction}`}`;
  return `${time} +0000 UTC m=+${(moment.uptimeMs / 1000).toFixed(9)}`;
}

const counters = [
  ["healthz", "kubeproxy_proxy_healthz_total", "Cumulative proxy healthz HTTP status"],
  ["livez", "kubeproxy_proxy_livez_total", "Cumulative proxy livez HTTP status"],
] as const;

function metricsText({ answered, updated, pending }: Health): string {
  const lines: string[] = [];
  const gauge = (name: string, help: string, moment: Moment | undefined) => {
    lines.push(`# HELP ${name} [ALPHA] ${help}`, `# TYPE ${name} gauge`, `${name} ${(moment?.nowMs ?? 0) / 1000}`);
  };
  for (const [path, name, help] of counters) {
    lines.push(`# HELP ${name} [ALPHA] ${help}`, `# TYPE ${name} counter`);
    for (const code of ["200", "503"]) {
      const count = answered.get(`${path} ${code}`);
      if (count !== undefined) lines.push(`${name}{code="${code}"} ${count}`);
    }
  }
  const rules = "kubeproxy_sync_proxy_rules";
  gauge(`${rules}_last_queued_timestamp_seconds`, "The last time a sync of proxy rules was queued", pending ?? updated);
  gauge(`${rules}_last_timestamp_seconds`, "The last time proxy rules were successfully synced", updated);
  return `${lines.join("\n")}\n`;
}
