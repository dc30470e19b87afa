import { type LinkPlace, rewritten } from "./rewritten.ts";

/** Leads the links in a page through the proxy, as the page comes. */
export interface LinkRewriter {
  /** What of the page can be shown now. */
  write(text: string): string;
  /** The rest of it. */
  end(): string;
}

/** The attributes of tags that hold links. Source: HTML 4.01, and those that HTML 5 adds. */
const linksOf: Readonly<Record<string, readonly string[]>> = {
  ...{ a: ["href"], area: ["href"], base: ["href"], link: ["href"], applet: ["codebase"], body: ["background"] },
  ...{ blockquote: ["cite"], del: ["cite"], ins: ["cite"], q: ["cite"], command: ["icon"], form: ["action"] },
  ...{ audio: ["src"], embed: ["src"], script: ["src"], source: ["src"], video: ["poster", "src"], html: ["manifest"] },
  ...{ frame: ["longdesc", "src"], iframe: ["longdesc", "src"], img: ["longdesc", "src", "usemap"], head: ["profile"] },
  ...{
    button: ["formaction"],
    input: ["formaction", "src", "usemap"],
    object: ["classid", "codebase", "data", "usemap"],
  },
};

const tags = /<([a-zA-Z][a-zA-Z0-9]*)((?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?)>/g;
const attributes = /(\s)([a-zA-Z-]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))/g;
/** A tag that is longer than this is left as it is. */
const tagCharsMax = 65_536;

/** Makes a rewriter for one page of a server behind a proxy. */
export function linkRewriter(place: LinkPlace): LinkRewriter {
  let held = "";
  return {
    write(text) {
      held += text;
      const open = held.lastIndexOf("<");
      // The last tag may be a part of one.
      const whole = open < 0 || held.indexOf(">", open) >= 0 || held.length - open > tagCharsMax ? held.length : open;
      const shown = held.slice(0, whole);
      held = held.slice(whole);
      return withLinks(shown, place);
    },
    end() {
      const rest = held;
      held = "";
      return withLinks(rest, place);
    },
  };
}

function withLinks(html: string, place: LinkPlace): string {
  return html.replace(tags, (whole: string, name: string, rest: string) => {
    const links = Object.hasOwn(linksOf, name.toLowerCase()) ? linksOf[name.toLowerCase()] : undefined;
    if (!links) return whole;
    const said = rest.replace(
      attributes,
      (all: string, space: string, key: string, equals: string, double?: string, single?: string, bare?: string) => {
        const link = double ?? single ?? bare ?? "";
        const shown = links.includes(key.toLowerCase()) ? rewritten(link, place) : link;
        // What stood between single quotes may have double ones in it.
        return shown === link ? all : `${space}${key}${equals}"${shown.replaceAll('"', "&#34;")}"`;
      },
    );
    return `<${name}${said}>`;
  });
}
