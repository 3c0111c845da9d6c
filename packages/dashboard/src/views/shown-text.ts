/** Text of others, fit to be shown and kept: no control character, no direction override, no novel. */

const MOST = 300;

export function shownText(text: string, most: number = MOST): string {
  // Format characters too: one of them can turn the direction of what follows.
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
