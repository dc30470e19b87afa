import type { Address } from "../../../runtime/mod.ts";
import type { KnownAddress, User } from "../messages.ts";

/** Who sits at an address. */
export type ComponentTable = (address: Address) => User | undefined;

/** How many addresses are remembered with their users. */
const rememberedMax = 20_000;

/**
 * The components by their addresses: the runtime says where a message comes from, so nobody has to believe what it says
 * of itself. The first entry that an address fits is its own.
 */
export function componentTable(entries: readonly KnownAddress[]): ComponentTable {
  const patterns = entries.map(({ address, user }) => ({ pattern: patternOf(address), user }));
  const remembered = new Map<Address, User | undefined>();
  return (address) => {
    const known = remembered.get(address);
    if (known !== undefined) return known;
    for (const { pattern, user } of patterns) {
      const match = pattern.exec(address);
      if (!match) continue;
      const found = { ...user, name: user.name.replace("*", match.at(-1) ?? "") };
      if (remembered.size < rememberedMax) remembered.set(address, found);
      return found;
    }
    return undefined;
  };
}

/** `*` is one part of an address. */
function patternOf(address: string): RegExp {
  const parts = address.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("([^/]*)")}$`);
}
