import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { projectRoot } from "./source_files.ts";

/** What stands in a bundle, until it is placed, for where we are installed. */
const homeName = "file:///troupe-home/";
const homeUrl = pathToFileURL(projectRoot).href;

/** For bundles in which sources that look for files beside themselves still find them, wherever the bundle lies. */
export const atHome: Plugin = {
  name: "at home",
  setup({ onLoad }) {
    onLoad({ filter: /\.[jt]s$/ }, async ({ path }) =>
      isOurs(path) ? { contents: await homelySource(path), loader: "ts" as const } : undefined,
    );
  },
};

/** A source of ours that knows its place in whatever bundle it comes to be. */
export async function homelySource(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const url = pathToFileURL(path).href.replace(homeUrl, homeName);
  return text.replaceAll("import.meta.url", JSON.stringify(url));
}

/** The code of a bundle, placed in this installation. */
export function placed(code: string): string {
  return code.replaceAll(homeName, homeUrl);
}

/** Whether it is a source of ours, as it is written or as it is published: both look for files beside themselves. */
export function isOurs(path: string): boolean {
  return path.startsWith(projectRoot) && !/(^|[/\\])node_modules[/\\]/.test(path.slice(projectRoot.length));
}
