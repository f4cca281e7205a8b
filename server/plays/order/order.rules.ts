/** What an order decides, without I/O. */

/** `place`: which of the lines that the buyer sent is the first of its sale. */
export type SummedLine = WantedLine & { place: number };

export type WantedLine = {
  saleId: string;
  quantity: number;
  token?: string | undefined;
  proof?: string | undefined;
};

/**
 * Lines of the same sale become one, so that no limit is met twice. Its place is that of the first of them, its
 * token that of the first that has one.
 */
export function sumLines(lines: readonly WantedLine[]): SummedLine[] {
  const bySale = new Map<string, SummedLine>();
  for (const [place, line] of lines.entries()) {
    const known = bySale.get(line.saleId);
    bySale.set(line.saleId, known ? add(known, line) : { ...line, place });
  }
  return [...bySale.values()];
}

function add(known: SummedLine, line: WantedLine): SummedLine {
  const brought = known.token === undefined ? { token: line.token, proof: line.proof } : {};
  return { ...known, ...brought, quantity: known.quantity + line.quantity };
}
