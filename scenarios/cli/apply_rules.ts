import { setTimeout as sleep } from "node:timers/promises";
import { nftablesOf } from "../../actors/kube_proxy/nftables.ts";
import { goneChains, printChanges, printRemoval, printRuleset, type Ruleset } from "../../actors/kube_proxy/ruleset.ts";
import { InputError, messageOf } from "../cluster/input_error.ts";
import { type KubeconfigClient, kubeconfigClient } from "../cluster/kubeconfig_client.ts";
import type { Interrupts } from "./interrupts.ts";
import { forgetFlows, type NftPlace, nft, placeName } from "./nft.ts";
import { type NodeRules, readRules, ruleSources } from "./proxy_rules.ts";
import { staleFlows } from "./stale_flows.ts";
import type { Streams } from "./verb.ts";

/** Whose rules are applied, and where. */
export interface ApplyOptions {
  readonly node: string;
  readonly kubeconfig: string;
  readonly place: NftPlace;
}

/** Not the name that a real kube-proxy gives its own, which may be there too. */
const table = "kubetroupe-proxy";
const families = ["ip", "ip6"] as const;
/** Rules are not written more often; so long chains are kept that nothing leads to. */
const pauseMs = 1_000;
/** So often it is looked whether the table is still there. */
const checkMs = 30_000;

/**
 * Has the kernel do what a node's kube-proxy does, until it is interrupted: it follows the cluster, and takes its tables away
 * in the end. Where the cluster is away, the rules stay as they are.
 *
 * @throws InputError when the cluster, the node or the place is not there, or another process is at work there
 */
export async function applyRules(
  { node, kubeconfig, place }: ApplyOptions,
  { stderr }: Streams,
  interrupts: Pick<Interrupts, "signal">,
): Promise<void> {
  const { signal } = interrupts;
  const client = await kubeconfigClient(kubeconfig);
  const first = await readRules(client, node);
  await refuseOthers(place);
  const kernel = createKernel(place);
  const say = (text: string) => stderr.write(`${text}\n`);
  const flows = followFlows(place, { rules: first.rules, say });
  let said = "";
  using changes = followChanges(client);
  try {
    say(`Applied the rules of ${node} to ${placeName(place)}, until Ctrl-C: ${await kernel.apply(rulesetsOf(first))}`);
    while (!signal.aborted) {
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      await changes.next(signal);
      if (signal.aborted) break;
      // Both the API and the kernel may be away for a while.
      const done = await readRules(client, node)
        .then(async (found) => {
          const applied = await kernel.apply(rulesetsOf(found));
          await flows.follow(found.rules);
          return applied;
        })
        .catch((error: unknown) => `${messageOf(error)}; trying again`);
      if (done !== undefined && done !== said) say(done);
      said = done ?? "";
    }
  } finally {
    await removeRules(place);
    say(`Removed the rules from ${placeName(place)}`);
  }
}

/** Takes away the tables that `applyRules()` made there, also those of a process that was killed. */
export async function removeRules(place: NftPlace): Promise<void> {
  // What is added first can be deleted, whether it was there or not.
  await nft(place, ["-f", "-"], families.map((family) => afresh(family)).join(""));
}

const afresh = (family: string) => `add table ${family} ${table}\ndelete table ${family} ${table}\n`;

function rulesetsOf({ rules, settings, families: own }: NodeRules): readonly Ruleset[] {
  const comment = `troupe proxy apply ${settings.node}, process ${process.pid}`;
  return own.map((family) => nftablesOf(rules, { ...settings, table, comment }, family));
}

async function refuseOthers(place: NftPlace) {
  for (const family of families) {
    const shown = await nft(place, ["list", "table", family, table]).catch((error: unknown) => {
      if (error instanceof InputError) throw error;
      return "";
    });
    const pid = Number(/comment "troupe proxy apply .*, process (\d+)"/.exec(shown)?.[1]);
    if (!(pid > 0) || pid === process.pid || !isAlive(pid)) continue;
    throw new InputError(`Cannot apply rules to ${placeName(place)}: process ${pid} does so already, stop it first`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Has the kernel forget what goes by UDP to where nobody serves any more; says once why it cannot. */
function followFlows(
  place: NftPlace,
  { rules, say }: { readonly rules: NodeRules["rules"]; readonly say: (text: string) => void },
) {
  let known = rules;
  let isAble = true;
  return {
    async follow(now: NodeRules["rules"]): Promise<void> {
      const stale = staleFlows(known, now);
      known = now;
      for (const words of isAble ? stale : []) {
        await forgetFlows(place, words).catch((error: unknown) => {
          if (isAble) say(`${messageOf(error)}: until then UDP that flows keeps an endpoint that is gone`);
          isAble = false;
        });
      }
    },
  };
}

/** What the kernel has of ours. */
function createKernel(place: NftPlace) {
  const held = new Map<string, Ruleset>();
  const stale = new Map<string, Set<string>>();
  let checkedAtMs = Date.now();

  async function whole(ruleset: Ruleset) {
    await nft(place, ["-f", "-"], afresh(ruleset.family) + printRuleset(ruleset));
    stale.delete(ruleset.family);
  }

  async function change(before: Ruleset, after: Ruleset) {
    const changes = printChanges(before, after);
    if (changes === "") return false;
    // Somebody else may have been at the table: then all of it is made anew.
    await nft(place, ["-f", "-"], changes).catch(() => whole(after));
    const gone = stale.get(after.family) ?? new Set();
    for (const name of goneChains(before, after)) gone.add(name);
    for (const name of after.chains.keys()) gone.delete(name);
    stale.set(after.family, gone);
    return true;
  }

  async function sweep(ruleset: Ruleset) {
    const chains = [...(stale.get(ruleset.family) ?? [])];
    if (chains.length === 0) return;
    const isSwept = await nft(place, ["-f", "-"], printRemoval(ruleset, chains)).then(
      () => true,
      () => false,
    );
    if (isSwept) stale.delete(ruleset.family);
  }

  async function isThere(ruleset: Ruleset) {
    if (Date.now() - checkedAtMs < checkMs) return true;
    const tables = await nft(place, ["list", "tables", ruleset.family]);
    return tables.split("\n").includes(`table ${ruleset.family} ${table}`);
  }

  return {
    /** Has the kernel do so; tells how much that is, or nothing where nothing has changed. */
    async apply(rulesets: readonly Ruleset[]): Promise<string | undefined> {
      let isChanged = false;
      for (const ruleset of rulesets) {
        const before = held.get(ruleset.family);
        await sweep(ruleset);
        if (before && (await isThere(before))) isChanged = (await change(before, ruleset)) || isChanged;
        else {
          await whole(ruleset);
          isChanged = true;
        }
        held.set(ruleset.family, ruleset);
      }
      if (Date.now() - checkedAtMs >= checkMs) checkedAtMs = Date.now();
      return isChanged ? countOf(rulesets) : undefined;
    },
  };
}

function countOf(rulesets: readonly Ruleset[]): string {
  const sum = (count: (ruleset: Ruleset) => number) => rulesets.reduce((all, each) => all + count(each), 0);
  const portals = sum(
    ({ elements }) => (elements.get("service-ips")?.size ?? 0) + (elements.get("service-nodeports")?.size ?? 0),
  );
  const endpoints = sum(({ chains }) => [...chains.keys()].filter((name) => name.startsWith("endpoint-")).length);
  return `${portals} addresses and ports of Services lead to ${endpoints} endpoints`;
}

/** Hears when anything may have changed that rules are made of. */
function followChanges(client: KubeconfigClient) {
  const end = new AbortController();
  let heard: () => void = () => {};
  let isHeard = false;
  const hear = () => {
    isHeard = true;
    heard();
  };
  const follow = async (path: string) => {
    while (!end.signal.aborted) {
      await client.watch(path, hear, end.signal).catch(() => {});
      await sleep(pauseMs, undefined, { signal: end.signal }).catch(() => {});
    }
  };
  for (const path of Object.values(ruleSources)) void follow(path);
  return {
    /** Waits for the next change, but no longer than until it is time to look in any case. */
    async next(signal: AbortSignal): Promise<void> {
      const woken = new AbortController();
      heard = () => woken.abort();
      const any = AbortSignal.any([signal, woken.signal]);
      if (!isHeard) await sleep(checkMs, undefined, { signal: any }).catch(() => {});
      isHeard = false;
    },
    [Symbol.dispose]: () => end.abort(),
  };
}
