import { test } from "node:test";
import { changedSince, surroundings } from "./surroundings.ts";
import { asOneTest } from "./test_file.ts";

/**
 * Runs files of tests one after the other in this process, each as a test of its path, from the top of the project. A
 * file that leaves the process another one than it found fails: what comes after it would not run as it does alone.
 *
 * @param files the paths, with what loads them
 */
export function runGroup(files: readonly (readonly [path: string, load: () => Promise<unknown>])[]): void {
  for (const [path, load] of files) {
    void test(path, async (context) => {
      const before = surroundings();
      await asOneTest(context, load);
      const changed = changedSince(before, surroundings());
      if (changed.length > 0) throw new Error(leftChanged(changed));
    });
  }
}

function leftChanged(names: readonly string[]): string {
  return `Running tests: ${names.join(", ")} left changed: put it back, or let the file name the process, so that it has one alone`;
}
