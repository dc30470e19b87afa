import { readFile } from "node:fs/promises";
import { dirname, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

/** The names that each source knows its own place by. */
const [urlName, folderName, fileName] = ["urlOfThisSource", "folderOfThisSource", "fileOfThisSource"];

/** What esbuild is to put in the place of what a module asks for its own place by. */
export const placeWords: Readonly<Record<string, string>> = {
  "import.meta.url": urlName,
  "import.meta.dirname": folderName,
  "import.meta.filename": fileName,
};

/**
 * Puts into each source that asks for it where it lies: what looks for files beside itself finds them.
 *
 * @param rewrite changes the text of a source, of which the lines stay what they are. Default: nothing is changed
 */
export function ownPlaces(rewrite: (text: string, path: string) => string = (text) => text): Plugin {
  return {
    name: "own places",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path.includes(`${sep}node_modules${sep}`)) return undefined;
        const text = await readFile(path, "utf8");
        const changed = rewrite(text, path);
        if (!text.includes("import.meta.")) return changed === text ? undefined : { contents: changed, loader: "ts" };
        const [url, folder, file] = [pathToFileURL(path).href, dirname(path), path].map((each) => JSON.stringify(each));
        // On the first line, so that the lines stay what they are.
        const places = `const ${urlName} = ${url}, ${folderName} = ${folder}, ${fileName} = ${file};`;
        return { contents: `${places} ${changed}`, loader: "ts" };
      });
    },
  };
}
