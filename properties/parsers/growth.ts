/**
 * How the time of a computation grows with its input: what tells a linear parser from one that a stranger can stop the
 * server with. Ratios only; how fast the machine is, and how busy, cancels out.
 */

/** A computation over inputs of any size. */
export interface Growing<Input> {
  /** Makes an input of about so many characters; its time does not count. */
  readonly make: (size: number) => Input;
  readonly run: (input: Input) => void;
  /** No inputs longer than this are made: what is quick with them is quick enough. Default: 1,000,000. */
  readonly sizeMax?: number;
}

/** How much longer the longer input of a pair is. */
const factor = 8;
/** Linear work takes 8 times as long, quadratic 64 times; between them is room for a collection of garbage. */
const growthMax = 32;
/** Shorter than this the noise is as long as the work. */
const cpuMsMin = 2;
const sizeMin = 1_000;
const sizeMaxDefault = 1_000_000;
/** Noise is not there each time, quadratic work is. */
const triesMax = 6;

/** Whether the time of `run` is about proportional to its input's size; says what was measured where it is not. */
export function growthError<Input>({ make, run, sizeMax = sizeMaxDefault }: Growing<Input>): string | undefined {
  let said: string | undefined;
  let size = sizeMin;
  const baseSizeMax = Math.max(sizeMin, Math.floor(sizeMax / factor));
  for (let tries = 0; tries < triesMax; tries++) {
    let base = leastCpuMs(run, make(size));
    while (base < cpuMsMin && size < baseSizeMax) {
      size = Math.min(size * 2, baseSizeMax);
      base = leastCpuMs(run, make(size));
    }
    // Far under the least: even a quadratic one is quick at any size there is.
    if (base < cpuMsMin / factor) return undefined;
    const longer = leastCpuMs(run, make(size * factor), base * growthMax);
    if (longer <= base * growthMax) return undefined;
    said = `${size} characters took ${base.toFixed(1)} ms, ${factor} times as many ${longer.toFixed(1)} ms`;
  }
  return said;
}

/** Of three runs, since the first ones are of code that is not compiled yet; of one that takes no more than is enough. */
function leastCpuMs<Input>(run: (input: Input) => void, input: Input, enough = 0): number {
  const first = cpuMs(run, input);
  // What is long is compiled while it runs.
  return first <= enough || first > 50 * cpuMsMin ? first : Math.min(first, cpuMs(run, input), cpuMs(run, input));
}

/** What the process works for a run: what others do to the machine meanwhile is not in it. */
function cpuMs<Input>(run: (input: Input) => void, input: Input): number {
  const before = process.cpuUsage();
  run(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
