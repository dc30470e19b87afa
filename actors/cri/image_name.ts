import { hash32, mix32 } from "../../runtime/mod.ts";

/** An image's name in full, and what a registry would say of it. */
export interface ImageName {
  /** As given, without tag and digest: `nginx`. */
  readonly short: string;
  /** `docker.io/library/nginx:latest`. */
  readonly full: string;
  /** `docker.io/library/nginx@sha256:...`. */
  readonly ref: string;
}

const known = new Map<string, ImageName>();
const knownMax = 4096;

/** Completes an image's name as containerd does: Docker's registry, its `library`, the tag `latest`. */
export function imageNameOf(image: string): ImageName {
  const found = known.get(image);
  if (found) return found;
  if (known.size >= knownMax) known.clear();
  const name = complete(image);
  known.set(image, name);
  return name;
}

function complete(image: string): ImageName {
  const [tagged = "", digest] = image.split("@", 2);
  const colon = tagged.lastIndexOf(":");
  const hasTag = colon > tagged.lastIndexOf("/");
  const short = hasTag ? tagged.slice(0, colon) : tagged;
  const tag = hasTag ? tagged.slice(colon + 1) : "latest";
  const repository = withRegistry(short);
  const full = digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
  return { short, full, ref: `${repository}@${digest ?? `sha256:${hex64(hash32(full), hash32(repository))}`}` };
}

function withRegistry(short: string): string {
  const [first = ""] = short.split("/", 1);
  const hasRegistry = short.includes("/") && (/[.:]/.test(first) || first === "localhost");
  if (hasRegistry) return short;
  return short.includes("/") ? `docker.io/${short}` : `docker.io/library/${short}`;
}

/** 64 hexadecimal digits from two keys: what identifies images, sandboxes and containers. */
export function hex64(first: number, second: number): string {
  let text = "";
  for (let word = 0; word < 8; word++)
    text += mix32(word % 2 ? first : second, word)
      .toString(16)
      .padStart(8, "0");
  return text;
}
