/** What is said on the page of a target that is missed: by the beginning of its text. Said only while it is. */
export const WHY_MISSED: Readonly<Record<string, string>> = {};
