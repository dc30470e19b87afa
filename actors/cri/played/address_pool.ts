import { addressAt, cidrOf } from "../../api/cidr.ts";
import { ipNumber } from "../../kit/ip_number.ts";

/** The addresses of a range, handed out one after the other so that a freed one rests before it is used again. */
export interface AddressPool {
  /** `undefined` when all are taken. */
  take(): string | undefined;
  /** Somebody has this address already, from whatever range it came. */
  reserve(address: string): void;
  free(address: string): void;
}

/** A range may be larger than what is counted through of it. */
const sizeMax = 2 ** 16;

/**
 * Makes the pool of a range such as `10.244.3.0/24` or `fd00:10:244:3::/64`. The network's own address, its gateway
 * (the first) and its last address are never handed out. The first `skipped` ones come last.
 *
 * @throws Error when the text is no range of so many addresses
 */
export function addressPool(cidr: string, skipped = 0): AddressPool {
  const range = cidrOf(cidr);
  if (!range || range.size < 4n) {
    throw new Error(`Cannot give addresses to pods: "${cidr}" is no range, write it as 10.244.0.0/24`);
  }
  const size = Math.min(Number(range.size), sizeMax);
  const taken = new Set<number>();
  let last = 1 + (skipped % (size - 3));
  const placeOf = (address: string) => {
    const number = ipNumber(address);
    return number?.family === range.family ? Number(number.value - range.first) : -1;
  };
  return {
    take() {
      for (let tried = 0; tried < size - 3; tried++) {
        last = last + 1 >= size - 1 ? 2 : last + 1;
        if (taken.has(last)) continue;
        taken.add(last);
        return addressAt(range, last);
      }
      return undefined;
    },
    reserve: (address) => void taken.add(placeOf(address)),
    free: (address) => void taken.delete(placeOf(address)),
  };
}
