/** A piece of a page that needs no escaping any more. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | false | undefined | readonly (Html | string | number)[];

/** Makes a piece of a page; what is put in is escaped, unless it is a piece itself. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: texts.map((text, at) => text + shown(pieces[at])).join("") };
}

function shown(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (isList(piece)) return piece.map(shown).join("");
  return typeof piece === "object" ? piece.html : escaped(String(piece));
}

function isList(piece: Piece): piece is readonly (Html | string | number)[] {
  return Array.isArray(piece);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** An amount as people read it: 2450 is €24.50. */
export function money(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `€${whole}.${String(cents % 100).padStart(2, "0")}`;
}
