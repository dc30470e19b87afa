import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const maps = new Map<string, SourceMap | undefined>();

/**
 * Replaces places in bundles by places in sources. Done where a stack is shown, not in the workers: there each would
 * read and keep the map.
 */
export function mapStack(stack: string): string {
  return stack.replace(
    /(file:\/\/[^\s()]+\.[cm]js):(\d+):(\d+)/g,
    (place, url: string, line: string, column: string) => {
      const path = fileURLToPath(url);
      const entry = mapOf(path)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (!entry || !("originalSource" in entry) || !entry.originalSource) return place;
      return `${resolve(dirname(path), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    },
  );
}

function mapOf(path: string): SourceMap | undefined {
  if (!maps.has(path)) {
    const file = `${path}.map`;
    const payload = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SourceMapPayload) : undefined;
    maps.set(path, payload && new SourceMap(payload));
  }
  return maps.get(path);
}
