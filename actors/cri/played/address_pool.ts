/** The IPv4 addresses of a range, handed out one after the other so that a freed one rests before it is used again. */
export interface AddressPool {
  /** `undefined` when all are taken. */
  take(): string | undefined;
  /** Somebody has this address already, from whatever range it came. */
  reserve(address: string): void;
  free(address: string): void;
}

/**
 * Makes the pool of a range such as `10.244.3.0/24`. The network's own address, its gateway (the first) and its
 * broadcast address are never handed out. The first `skipped` ones come last.
 *
 * @throws Error when the text is no IPv4 range
 */
export function addressPool(cidr: string, skipped = 0): AddressPool {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)?.slice(1).map(Number);
  const [a = 0, b = 0, c = 0, d = 0, bits = 33] = parts ?? [];
  if (Math.max(a, b, c, d) > 255 || bits > 30) {
    throw new Error(`Cannot give addresses to pods: "${cidr}" is no IPv4 range, write it as 10.244.0.0/24`);
  }
  const size = 2 ** (32 - bits);
  const whole = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const first = whole - (whole % size);
  const taken = new Set<number>();
  let last = 1 + (skipped % (size - 3));
  return {
    take() {
      for (let tried = 0; tried < size - 3; tried++) {
        last = last + 1 >= size - 1 ? 2 : last + 1;
        if (taken.has(last)) continue;
        taken.add(last);
        return textOf(first + last);
      }
      return undefined;
    },
    reserve: (address) => void taken.add(numberOf(address) - first),
    free: (address) => void taken.delete(numberOf(address) - first),
  };
}

function textOf(address: number): string {
  return `${Math.floor(address / 2 ** 24)}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function numberOf(address: string): number {
  return address.split(".").reduce((total, part) => total * 256 + Number(part), 0);
}
