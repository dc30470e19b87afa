/** Why an image cannot be used, in the words that a pod's status shows. */
export const imageErrors = {
  /** Its name is none: the kubelet's reason is `InvalidImageName`. */
  invalidName: "invalid image name",
  /** The catalogue has none of that name and tag: `ErrImagePull`. */
  notFound: "not found",
  /** The module exports no default handler: `ErrImagePull`. */
  noHandler: "has no handler",
  /** The module does not build: `ErrImagePull`. */
  broken: "cannot be built",
} as const;

/** Why an image cannot be used. */
export type ImageErrorCode = keyof typeof imageErrors;

/** The whole message that a pull answers with. */
export function imageErrorText(code: ImageErrorCode, image: string, detail = ""): string {
  const more = detail === "" ? "" : `: ${detail}`;
  if (code === "invalidName") return `failed to parse reference "${image}": ${imageErrors.invalidName}${more}`;
  const reason = code === "notFound" ? `${image}: ${imageErrors.notFound}` : `module ${imageErrors[code]}`;
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${reason}${more}`;
}
