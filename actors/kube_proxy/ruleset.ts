/** What a table of nftables has, by names; each part is said as `nft` is told of it. */
export interface Ruleset {
  readonly family: "ip" | "ip6";
  readonly table: string;
  /** Shown with the table: whose it is. */
  readonly comment: string;
  /** Sets and maps: what they are of, in braces. */
  readonly sets: ReadonlyMap<string, { readonly kind: "set" | "map"; readonly of: string }>;
  readonly chains: ReadonlyMap<string, Chain>;
  /** What sets and maps hold, by their names, in order. */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, Element>>;
}

/** A chain: what it is, in braces, where that is more than a name; its rules in order. */
export interface Chain {
  readonly of?: string;
  readonly rules: readonly string[];
}

/** What stands behind an element's key: a comment, a verdict. */
export interface Element {
  readonly comment?: string;
  readonly value?: string;
}

/** The commands that make a table which is not there, for `nft -f`. */
export function printRuleset(ruleset: Ruleset): string {
  return textOf(commandsFor(ruleset).all());
}

/**
 * The commands that make one state of a table of the other; together they are one transaction. What both have stays: sets
 * keep what the kernel noted in them. Chains that nothing leads to any more are emptied; they can be deleted a moment
 * later, by `printRemoval()`, as kernels before 6.2 think for so long that they are in use.
 */
export function printChanges(before: Ruleset, after: Ruleset): string {
  const [old, next] = [commandsFor(before), commandsFor(after)];
  const sets = [...after.sets].filter(([name, set]) => !isSame(before.sets.get(name), set)).map(([name]) => name);
  // A set does not change what it is: it is made anew, and those who ask it are, too.
  const replaced = sets.filter((name) => before.sets.has(name));
  const asks = ({ rules }: Chain) => replaced.some((name) => rules.some((rule) => rule.includes(`@${name} `)));
  const isKept = (name: string, chain: Chain) => isSame(before.chains.get(name), chain) && !asks(chain);
  const chains = [...after.chains].filter(([name, chain]) => !isKept(name, chain)).map(([name]) => name);
  const gone = [...before.sets.keys()].filter((name) => !after.sets.has(name));
  const elements = [...new Set([...before.elements.keys(), ...after.elements.keys()])];
  const isNew = (name: string) => (key: string) =>
    !isSame(before.elements.get(name)?.get(key), after.elements.get(name)?.get(key));
  return textOf([
    ...chains.map(next.addChain),
    ...elements.flatMap((name) => old.deleteElements(name, isNew(name))),
    ...[...chains, ...goneChains(before, after)].map((name) => `flush chain ${next.place} ${name}`),
    ...[...replaced, ...gone].map((name) => `delete set ${next.place} ${name}`),
    ...sets.map(next.addSet),
    ...chains.flatMap(next.addRules),
    ...elements.flatMap((name) => next.addElements(name, isNew(name))),
  ]);
}

/** The chains that one state has and the next has not. */
export function goneChains(before: Ruleset, after: Ruleset): readonly string[] {
  return [...before.chains.keys()].filter((name) => !after.chains.has(name));
}

/** The commands that delete chains. */
export function printRemoval({ family, table }: Ruleset, chains: readonly string[]): string {
  return textOf(chains.map((name) => `delete chain ${family} ${table} ${name}`));
}

const textOf = (commands: readonly string[]) => commands.map((each) => `${each}\n`).join("");
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function commandsFor({ family, table, comment, sets, chains, elements }: Ruleset) {
  const place = `${family} ${table}`;
  const addSet = (name: string) => `add ${sets.get(name)?.kind} ${place} ${name} { ${sets.get(name)?.of} ; }`;
  const addChain = (name: string) => {
    const of = chains.get(name)?.of;
    return `add chain ${place} ${name}${of === undefined ? "" : ` { ${of} ; }`}`;
  };
  const addRules = (name: string) => (chains.get(name)?.rules ?? []).map((rule) => `add rule ${place} ${name} ${rule}`);
  const held = (name: string, isMeant: (key: string) => boolean) =>
    [...(elements.get(name) ?? [])].filter(([key]) => isMeant(key));
  const addElements = (name: string, isMeant: (key: string) => boolean = () => true) =>
    held(name, isMeant).map(([key, each]) => `add element ${place} ${name} { ${key}${elementText(each)} }`);
  const deleteElements = (name: string, isMeant: (key: string) => boolean) =>
    held(name, isMeant).map(([key]) => `delete element ${place} ${name} { ${key} }`);
  const all = () => [
    `add table ${place} { comment "${comment}" ; }`,
    ...[...sets.keys()].map(addSet),
    ...[...chains.keys()].map(addChain),
    ...[...chains.keys()].flatMap(addRules),
    ...[...elements.keys()].flatMap((name) => addElements(name)),
  ];
  return { place, all, addSet, addChain, addRules, addElements, deleteElements };
}

function elementText({ comment, value }: Element): string {
  return `${comment === undefined ? "" : ` comment "${comment}"`}${value === undefined ? "" : ` : ${value}`}`;
}
