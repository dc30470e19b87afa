import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Changes the permissions that files show; everybody here is root, so that only `x` decides anything. */
export const chmod: Program = {
  names: ["chmod"],
  *run(self) {
    const [mode, ...names] = self.argv.slice(1).filter((word) => word !== "-R" && word !== "-v");
    let status = 0;
    if (mode === undefined || names.length === 0 || changed(0, mode) === undefined) {
      yield* complain(self, `invalid mode '${mode ?? ""}'`);
      return 1;
    }
    for (const name of names) {
      const node = self.kernel.host.tree.nodeToChange(resolvePath(self.folder, name));
      if (!hasFailed(node)) node.mode = changed(node.mode, mode) ?? node.mode;
      else {
        yield* complain(self, `${name}: ${errorTexts[node.error]}`);
        status = 1;
      }
    }
    return status;
  },
};

const bits: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, X: 0o111, s: 0, t: 0 };
const people: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777 };

function changed(mode: number, text: string): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(",")) {
    const [, who = "", operator, what = ""] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
    if (operator === undefined) return undefined;
    let mask = 0;
    for (const letter of who || "a") mask |= people[letter] ?? 0;
    let given = 0;
    for (const letter of what) given |= bits[letter] ?? 0;
    if (operator === "-") result &= ~(given & mask);
    else result = (operator === "=" ? result & ~mask : result) | (given & mask);
  }
  return result;
}
