/** The wide ones are formulas in East Asian versions. */
const FORMULA = /^(?=[=+\-@\t\r\n＝＋－＠])|(?<=[;\t\r\n]"?)(?=[=+\-@＝＋－＠])/g;

/**
 * Text for a cell of a CSV. What a spreadsheet would run as a formula gets a quote mark in front: names and titles come
 * from people (https://owasp.org/www-community/attacks/CSV_Injection). Also behind a semicolon or a tab, where half of
 * Europe's spreadsheets begin a cell, in quotes or not.
 */
export function withoutFormulas(text: string): string {
  return text.replaceAll(FORMULA, "'");
}
