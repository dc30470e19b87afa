import { complain, print } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

const digitsMax = 20_000;

/** Of Perl the one line that the example of a Job has: `perl -Mbignum=bpi -wle 'print bpi(2000)'`. */
export const perl: Program = {
  names: ["perl"],
  *run(self) {
    const [, digits] = /^\s*print\s+bpi\((\d+)\)\s*;?\s*$/.exec(self.argv.at(-1) ?? "") ?? [];
    if (digits === undefined || !self.argv.some((word) => word.startsWith("-Mbignum"))) {
      yield* complain(self, "kubetroupe plays this program, and of Perl it knows bpi() of bignum alone");
      return 255;
    }
    yield* print(self, `${yield* pi(self, Math.min(digitsMax, Number(digits)))}\n`);
    return 0;
  },
};

/** So many digits of pi, by Machin's formula. */
function* pi(self: Process, digits: number): Running<string> {
  const one = 10n ** BigInt(digits + 10);
  const value = 4n * (4n * (yield* inverseTangent(self, 5n, one)) - (yield* inverseTangent(self, 239n, one)));
  const half = 5n * 10n ** 10n;
  const text = String((value + half) / 10n ** 11n);
  return digits > 1 ? `${text[0]}.${text.slice(1)}` : text;
}

function* inverseTangent(self: Process, of: bigint, one: bigint): Running<bigint> {
  let term = one / of;
  let sum = term;
  for (let odd = 3n; term !== 0n; odd += 2n) {
    if (self.kernel.spend(5)) yield turn;
    term = -term / (of * of);
    sum += term / odd;
  }
  return sum;
}
