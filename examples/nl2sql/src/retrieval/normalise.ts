/** A question without what does not change it: case, marks, fillers and spaces. */

const FILLERS = new Set("a an the please me us you can could show tell give list of".split(" "));

export function normalised(question: string): string {
  return question
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}%.-]+/gu, " ")
    .split(" ")
    .map((word) => word.replace(/[.-]+$/, ""))
    .filter((word) => word !== "" && !FILLERS.has(word))
    .join(" ");
}
