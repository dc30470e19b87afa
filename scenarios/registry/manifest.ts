import { isDigest } from "./content_store.ts";
import { RegistryError } from "./registry_answer.ts";

/** What a manifest says, as far as a registry has to know. */
export interface ManifestFacts {
  readonly mediaType: string;
  /** The digests of the blobs that it is made of. */
  readonly blobs: readonly string[];
  /** Those of the manifests that it lists. */
  readonly manifests: readonly string[];
  /** The digest of what it is about. */
  readonly subject: string | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: unknown;
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
  readonly urls?: readonly string[];
}

interface Manifest {
  readonly schemaVersion?: number;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: unknown;
}

/** It goes into a header as it is (RFC 6838, 4.2). */
const mediaTypePattern = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/;

/**
 * Reads a manifest or an index.
 *
 * @throws RegistryError when it is none
 */
export function manifestOf(bytes: Buffer, contentType: string): ManifestFacts {
  const given = parsed(bytes);
  const mediaType = given.mediaType ?? contentType.split(";", 1)[0]?.trim() ?? "";
  if (given.schemaVersion !== 2 || mediaType === "") throw invalid("it is no manifest of schema version 2");
  if (!mediaTypePattern.test(mediaType)) throw invalid(`its media type ${JSON.stringify(mediaType)} is none`);
  const { config, layers = [], manifests = [], subject } = given;
  if (!Array.isArray(layers) || !Array.isArray(manifests)) throw invalid("its layers or manifests are no list");
  const described = [...(config ? [config] : []), ...layers];
  if (![...described, ...manifests].every(isObject)) throw invalid("what it lists is no descriptor");
  // What is elsewhere is not to be here.
  const parts = described.filter(({ urls = [] }) => urls.length === 0);
  return {
    mediaType,
    blobs: parts.map(digestIn),
    manifests: manifests.map(digestIn),
    subject: subject && digestIn(subject),
    artifactType: given.artifactType ?? config?.mediaType,
    annotations: given.annotations,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(bytes: Buffer): Manifest {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (isObject(value)) return value;
  } catch {
    // It is told below.
  }
  throw invalid("it is no JSON object");
}

function digestIn({ digest = "" }: Descriptor): string {
  if (!isDigest(digest)) throw invalid(`it names the digest ${JSON.stringify(digest)}, sha256 is kept here`);
  return digest;
}

function invalid(why: string): RegistryError {
  return new RegistryError("MANIFEST_INVALID", `manifest invalid: ${why}`);
}
