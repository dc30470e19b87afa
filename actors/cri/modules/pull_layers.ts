import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { failed, ok, type Result } from "../../kit/result.ts";
import { unpackLayers } from "../played/image_layers.ts";
import type { LayeredImage } from "../played/layered_image.ts";
import { type LayeredConfig, layeredInside } from "../played/layered_inside.ts";

/** What a manifest says of something that it lists. */
interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
}

/** What a manifest says of an image; one that leads to others for each sort of machine has neither. */
export interface Manifest {
  readonly config?: Descriptor | undefined;
  readonly layers?: readonly Descriptor[];
}

/** An image as its registry has it. */
interface Pulled extends Pick<LayeredImage, "full" | "ref"> {
  /** Fetches what has that digest. */
  blob(digest: string): Promise<Buffer>;
}

/** What an image's layers unpack to, together: it is kept in memory. */
const bytesMax = 256 * 1024 * 1024;
const unzip = promisify(gunzip);
/** By reference: a node's next pod of it, and the next node, need not unpack it again. */
const kept = new Map<string, LayeredImage>();
const keptMax = 8;

/** The files of an image whose layers are a file system, and how it is run; fails with why it cannot be. */
export async function pullLayers(
  { config, layers = [] }: Manifest,
  { full, ref, blob }: Pulled,
): Promise<Result<LayeredImage, string>> {
  const known = kept.get(ref);
  if (known) return ok({ ...known, full });
  if (config?.digest === undefined)
    return failed("its manifest names no configuration: give the manifest of one platform");
  const archives: string[] = [];
  let [sizeBytes, left] = [0, bytesMax];
  for (const { digest = "", mediaType = "" } of layers) {
    if (!/\+gzip$|\.gzip$|\.tar$/.test(mediaType)) return failed(`kubetroupe unpacks no layers of type ${mediaType}`);
    const bytes = await blob(digest);
    sizeBytes += bytes.length;
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const unpacked = isZipped ? await unzip(bytes, { maxOutputLength: left }).catch(() => undefined) : bytes;
    if (!unpacked || unpacked.length > left)
      return failed(`its layers are no archives, or more than the ${bytesMax / 1024 ** 2} MiB that kubetroupe unpacks`);
    left -= unpacked.length;
    archives.push(unpacked.toString("latin1"));
  }
  const files = unpackLayers(archives);
  if (!files.ok) return files;
  const { config: settings = {} } = JSON.parse((await blob(config.digest)).toString("utf8")) as {
    readonly config?: LayeredConfig;
  };
  const image = { full, ref, sizeBytes, inside: layeredInside(files.value, settings), files: files.value };
  kept.set(ref, image);
  for (const [oldest] of kept) if (kept.size > keptMax) kept.delete(oldest);
  return ok(image);
}
