import type { ImageFiles } from "../image_module.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";

type Answer = Extract<ModuleInput, { readonly type: `file.${string}` }>;
type Done = Extract<Answer, { readonly type: "file.done" }>;

interface Waiting {
  resolve(done: Done): void;
  reject(error: Error): void;
}

/** The container's files, and where answers come in. */
export interface Files {
  readonly files: ImageFiles;
  answer(input: Answer): void;
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EISDIR: "illegal operation on a directory",
  ENOTDIR: "not a directory",
  EROFS: "read-only file system",
  ENOSPC: "no space left on device",
};

/** Makes files that are asked for by messages. */
export function makeFiles(post: (output: ModuleOutput) => void): Files {
  const waiting = new Map<number, Waiting>();
  let ids = 0;

  const ask = (asked: (id: number) => ModuleOutput) =>
    new Promise<Done>((resolve, reject) => {
      const id = ++ids;
      waiting.set(id, { resolve, reject });
      post(asked(id));
    });

  return {
    files: Object.freeze({
      readText: (path: string) =>
        ask((id) => ({ type: "file.read", id, path: String(path) })).then(({ data }) => new TextDecoder().decode(data)),
      writeText: (path: string, text: string) =>
        ask((id) => ({
          ...{ type: "file.write", id, path: String(path) },
          data: new TextEncoder().encode(String(text)),
        })).then(() => undefined),
      list: (path: string) =>
        ask((id) => ({ type: "file.list", id, path: String(path) })).then(({ names }) => names ?? []),
      remove: (path: string) => ask((id) => ({ type: "file.remove", id, path: String(path) })).then(() => undefined),
    }),
    answer(input) {
      const one = waiting.get(input.id);
      waiting.delete(input.id);
      if (!one) return;
      if (input.type === "file.done") return one.resolve(input);
      const { code, path } = input;
      one.reject(
        Object.assign(new Error(`${code}: ${words[code] ?? "the file cannot be used"}, open '${path}'`), { code }),
      );
    },
  };
}
