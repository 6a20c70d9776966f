/** A SQL literal that the engine reads back as exactly this text, whatever is in it. */
export const sqlString = (text: string): string =>
  `'${text.replace(/[\\']/g, (char) => `\\${char}`).replace(/\0/g, '\\0')}'`

/** A database, table or column name, quoted. */
export const sqlName = (name: string): string => `\`${name.replace(/[\\`]/g, (char) => `\\${char}`)}\``
