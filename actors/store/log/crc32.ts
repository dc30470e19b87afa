const polynomial = 0xedb88320;

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  return remainder;
});

/** The CRC-32 of ISO 3309 over a text's code units: one byte each up to U+00FF, low byte then high byte above. */
export function crc32(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    crc = (table[(crc ^ code) & 0xff] as number) ^ (crc >>> 8);
    if (code > 0xff) crc = (table[(crc ^ (code >>> 8)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
