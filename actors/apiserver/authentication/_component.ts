import type { Address } from "../../../runtime/mod.ts";
import type { ApiRequest, KnownAddress, User } from "../messages.ts";

/** Who sits at an address: as whom it acts, and as whom it lists and watches. */
export interface Component {
  readonly user: User;
  readonly reader: User;
}

/** The components by their addresses. */
export type ComponentTable = (address: Address) => Component | undefined;

/** As whom a component asks for something. */
export function askerOf({ user, reader }: Component, verb: ApiRequest["verb"]): User {
  return verb === "list" || verb === "watch" ? reader : user;
}

/** How many addresses are remembered with their users. */
const rememberedMax = 20_000;

/**
 * The components by their addresses: the runtime says where a message comes from, so nobody has to believe what it says
 * of itself. The first entry that an address fits is its own.
 */
export function componentTable(entries: readonly KnownAddress[]): ComponentTable {
  const patterns = entries.map((entry) => ({ pattern: patternOf(entry.address), ...entry }));
  const remembered = new Map<Address, Component>();
  return (address) => {
    const known = remembered.get(address);
    if (known !== undefined) return known;
    for (const { pattern, user, reader } of patterns) {
      const match = pattern.exec(address);
      if (!match) continue;
      const own = { ...user, name: user.name.replace("*", match.at(-1) ?? "") };
      const found = { user: own, reader: reader ?? own };
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
