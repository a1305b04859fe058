// What spreadsheets take for a formula at the start of a cell, in the usual and in the full width.
const dangerous = /^'*[=+\-@\t\r\n＝＋－＠]/;
const guarded = /^'+[=+\-@\t\r\n＝＋－＠]/;

/** A cell that no spreadsheet executes: an apostrophe before what looks like a formula, as OWASP advises. */
export const guardCell = (text: string): string => (dangerous.test(text) ? `'${text}` : text);

/** Undoes `guardCell`; a formula without a guard is a text like any other. */
export const unguardCell = (text: string): string => (guarded.test(text) ? text.slice(1) : text);
