import type { Address, Step } from "../../runtime/mod.ts";
import { ipsOf } from "../cri/messages.ts";
import type { DnsQuery, DnsReply } from "../dns/messages.ts";
import { present } from "../kit/present.ts";
import { choose } from "../network/choose.ts";
import { canonicalAddress, isIpv4, isIpv6 } from "../network/ip.ts";
import { clusterFirst, inOrder, type Lookup, type LookupAnswer, resolve } from "../network/resolver.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { ipTowards } from "./own_ips.ts";

/** What a name leads to, or why it leads nowhere, as Node says it. */
export type Found =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: "ENOTFOUND" | "EAI_AGAIN" };

/** As `resolv.conf` has them when it says nothing else. */
const timeoutMs = 5_000;
const attemptsMax = 2;

/** Finds the addresses of a host for a process of a sandbox, or of the node itself; `then` may come at once. */
export function resolveHost(
  data: ComputerData,
  { sandbox, host }: { readonly sandbox: string | undefined; readonly host: string },
  step: Step,
  then: (found: Found, step: Step) => void,
) {
  if (isIpv4(host) || isIpv6(host)) return then({ ok: true, addresses: [canonicalAddress(host)] }, step);
  if (host.toLowerCase() === "localhost") return then({ ok: true, addresses: ["127.0.0.1"] }, step);
  const status = sandbox === undefined ? undefined : data.sandboxes.find(sandbox);
  // Who is in the node's network asks the node's servers, which know no names here.
  if (!status || status.ip === "") return then({ ok: false, code: "ENOTFOUND" }, step);
  // A pod's own name is in its /etc/hosts.
  if (host === status.pod.name) return then({ ok: true, addresses: ipsOf(status) }, step);
  const own = ipsOf(status);
  const { namespace, clusterDns: clusterIp } = status.pod;
  const config = clusterFirst({ namespace, ...present({ clusterIp }) });
  const [server = ""] = config.nameservers;
  const search = { data, source: ipTowards(own, server) ?? status.ip, server };
  const steps = resolve(host, config);
  advance([]);

  function advance(given: readonly LookupAnswer[], later = step) {
    const next = steps.next(given);
    if (!next.done) return ask(search, next.value, later, advance);
    if (!next.value.ok) return then(codes[next.value.code], later);
    then({ ok: true, addresses: inOrder(next.value.addresses, own) }, later);
  }
}

const codes = {
  EAI_NONAME: { ok: false, code: "ENOTFOUND" },
  EAI_AGAIN: { ok: false, code: "EAI_AGAIN" },
} as const;

interface Search {
  readonly data: ComputerData;
  /** The IP of the pod that asks. */
  readonly source: string;
  /** The IP of the server that it asks. */
  readonly server: string;
}

const noAnswer: LookupAnswer = { rcode: "SERVFAIL", answers: [] };

/** Asks for all types of a lookup at once, again for those that were not answered in time. */
function ask(search: Search, lookup: Lookup, step: Step, then: (answers: LookupAnswer[], step: Step) => void) {
  const { data } = search;
  const answers: (LookupAnswer | undefined)[] = lookup.types.map(() => undefined);
  const server = serverFor(search, step);
  attempt(1, step);

  function attempt(number: number, now: Step) {
    let open = 0;
    const settle = (later: Step) => {
      if (--open > 0) return;
      const isDone = answers.every((each) => each !== undefined) || number >= attemptsMax;
      if (!isDone) return attempt(number + 1, later);
      then(
        answers.map((each) => each ?? noAnswer),
        later,
      );
    };
    if (server === "silent") {
      open = 1;
      trafficOf(data).alarms.set(timeoutMs, settle, now);
      return;
    }
    if (server === "refuses") {
      open = 1;
      settle(now);
      return;
    }
    for (const [index, type] of lookup.types.entries()) {
      if (answers[index]) continue;
      open++;
      const query: DnsQuery = { type: "dns.query", question: { name: lookup.name, type } };
      data.calls.set(now.ask(server, query, timeoutMs), (reply, later) => {
        if (reply !== undefined) answers[index] = reply as DnsReply;
        settle(later);
      });
    }
  }
}

/** Who answers for the server that a pod asks: it is behind a Service, as the rules have it now. */
function serverFor({ data, source, server }: Search, step: Step): Address | "silent" | "refuses" {
  const options = { random: step.float(), nowMs: step.uptimeMs, affinity: trafficOf(data).affinity };
  const choice = choose(data.rules, { protocol: "udp", source, ip: server, port: 53 }, options);
  if (choice.kind === "reject") return "refuses";
  if (choice.kind === "drop") return "silent";
  return data.input.hosts[choice.kind === "forward" ? choice.to.ip : server] ?? "silent";
}
