import { builtinModules } from "node:module";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { isOurs } from "./at_home.ts";

const ownWord = "resolved for ours";

/** Libraries are not copied: those are used that are installed. */
export const packagesAsInstalled: Plugin = {
  name: "packages as installed",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === ownWord || path.startsWith("node:") || builtinModules.includes(path)) return undefined;
      if (!isOurs(importer)) return undefined;
      const found = await resolve(path, { importer, kind, resolveDir, pluginData: ownWord });
      if (found.errors.length > 0 || !/\.[cm]?js$/.test(found.path)) return found;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};
