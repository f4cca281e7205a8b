/** JSON that is written into an answer as it is: encoded once, for many who ask. */
export class EncodedJson {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/**
 * An answer of the shape `T`, of which some fields may be encoded already. Only for handing to the caller of a command:
 * nobody can look inside.
 */
export function encodedObject<T extends object>(fields: { [K in keyof T]: T[K] | EncodedJson }): T {
  const members = Object.entries(fields).map(([name, value]) => {
    const json = value instanceof EncodedJson ? value.json : JSON.stringify(value);
    return `${JSON.stringify(name)}:${json}`;
  });
  return new EncodedJson(`{${members.join(',')}}`) as unknown as T;
}
