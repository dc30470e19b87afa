/** What a kernel has: chains with their rules, sets and maps with what they are and hold. */
export type NftState = Map<string, NftThing>;

type NftThing =
  | { readonly kind: "chain"; readonly of: string; readonly rules: readonly string[] }
  | { readonly kind: "set" | "map"; readonly of: string; readonly elements: ReadonlyMap<string, string> };

/**
 * Carries out commands of `nft -f` as one transaction, the few that are used here.
 *
 * @throws Error where nft would refuse: what is not there, is there in another form, or is still led to
 */
export function runNft(before: NftState, text: string): NftState {
  const state: NftState = new Map(before);
  for (const line of text.split("\n").filter((each) => each !== "")) carryOut(state, line);
  for (const [name, thing] of state) {
    for (const goal of goalsOf(thing)) {
      if (!state.has(goal)) throw new Error(`${name} leads to ${goal}, which is not there`);
    }
  }
  return state;
}

/** The same as plain data, in an order that does not depend on what came first; rules keep theirs. */
export function stateOf(state: NftState): object {
  const plain = [...state].map(([name, thing]) => {
    if (thing.kind === "chain") return [name, thing] as const;
    return [name, { ...thing, elements: [...thing.elements].sort() }] as const;
  });
  return Object.fromEntries(plain.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function goalsOf(thing: NftThing): readonly string[] {
  const texts = thing.kind === "chain" ? thing.rules : [...thing.elements.values()];
  return texts.flatMap((text) => [...text.matchAll(/(?:goto |jump |@)([\w./-]+)/g)].map(([, goal = ""]) => goal));
}

function carryOut(state: NftState, line: string) {
  const [, verb = "", kind = "", name = "", rest = ""] = /^(\w+) (\w+) ip6? [\w-]+ ?(\S*) ?(.*)$/.exec(line) ?? [];
  const thing = state.get(name);
  const refuse = (why: string): never => {
    throw new Error(`${line}: ${why}`);
  };
  const chain = () => (thing?.kind === "chain" ? thing : refuse("there is no such chain"));
  const holder = () => (thing && thing.kind !== "chain" ? thing : refuse("there is no such set"));
  const whole = `${verb} ${kind}`;
  if (whole === "add table") return;
  if (whole === "add chain") {
    if (thing && (thing.kind !== "chain" || thing.of !== rest)) refuse("it is there, and another");
    if (!thing) state.set(name, { kind: "chain", of: rest, rules: [] });
  } else if (whole === "flush chain") state.set(name, { ...chain(), rules: [] });
  else if (whole === "add rule") state.set(name, { ...chain(), rules: [...chain().rules, rest] });
  else if (whole === "delete chain") {
    chain();
    const user = [...state].find(([, each]) => goalsOf(each).includes(name));
    if (user) refuse(`${user[0]} leads to it`);
    state.delete(name);
  } else if (whole === "add set" || whole === "add map") {
    if (thing && (thing.kind !== kind || thing.of !== rest)) refuse("it is there, and another");
    if (!thing) state.set(name, { kind: kind as "set" | "map", of: rest, elements: new Map() });
  } else if (whole === "delete set") {
    holder();
    const user = [...state].find(([, each]) => goalsOf(each).includes(name));
    if (user) refuse(`${user[0]} asks it`);
    state.delete(name);
  } else if (whole === "add element" || whole === "delete element") {
    const [, key = "", value = ""] = /^\{ ([^":}]+?)( (?:comment|:) .*)? \}$/.exec(rest) ?? refuse("no element");
    const elements = new Map(holder().elements);
    if (verb === "delete") {
      if (!elements.delete(key)) refuse("there is no such element");
    } else {
      if ((elements.get(key) ?? value) !== value) refuse("it is there, and another");
      elements.set(key, value);
    }
    state.set(name, { ...holder(), elements });
  } else refuse("this is no command");
}
