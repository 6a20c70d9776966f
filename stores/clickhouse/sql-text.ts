/**
 * Where things are in the text of one statement: as much as it takes to let the embedded engine read inserted data from
 * a file and write a result into one. The engine itself parses the statement.
 */
export interface Statement {
  readonly kind: 'rows' | 'insert' | 'other'
  /** Position of the clause that a file clause must precede (FORMAT or SETTINGS), or of the end. */
  readonly clauseAt: number
  /** The statement's own FORMAT. */
  readonly format: string | undefined
  /** An insert with a FORMAT: where its rows begin in this text, which is its end when they come apart. */
  readonly dataAt: number | undefined
  /** A second statement follows the first. */
  readonly several: boolean
}

interface Token {
  readonly text: string
  readonly at: number
  readonly end: number
  readonly depth: number
}

/** Comments, string literals, quoted names, heredocs, words and numbers, or one other character. */
const tokenPattern =
  /--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|\$(\w*)\$[\s\S]*?\$\1\$|[\w$]+|\S/g

const rowsVerbs = new Set(['SELECT', 'WITH', 'FROM', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'VALUES', '('])

export function readStatement(sql: string): Statement {
  const cursor = new Cursor(sql)
  const first = cursor.next()
  const verb = first?.text.toUpperCase() ?? ''
  if (verb === 'INSERT') return readInsert(cursor)
  const tokens = first ? [first, ...cursor.rest()] : []
  if (verb === 'WITH' && tokens.some((token) => token.depth === 0 && isWord(token, 'INSERT'))) return other(tokens)
  return rowsVerbs.has(verb) ? readRows(tokens, sql) : other(tokens)
}

const other = (tokens: readonly Token[]): Statement => ({
  kind: 'other',
  clauseAt: tokens.at(-1)?.end ?? 0,
  format: undefined,
  dataAt: undefined,
  several: isSeveral(tokens),
})

/** FORMAT counts only as the last clause: `format` may be the name of a column. */
function readRows(tokens: readonly Token[], sql: string): Statement {
  const one = withoutSemicolon(tokens)
  const at = one.findLastIndex((token, index) => isFormatClause(one, token, index))
  const end = one.at(-1)?.end ?? sql.length
  const several = isSeveral(tokens)
  if (at < 0) return { kind: 'rows', clauseAt: end, format: undefined, dataAt: undefined, several }
  return { kind: 'rows', clauseAt: one[at]!.at, format: one[at + 1]!.text, dataAt: undefined, several }
}

function isFormatClause(tokens: readonly Token[], token: Token, index: number): boolean {
  if (token.depth !== 0 || index === 0 || !isWord(token, 'FORMAT')) return false
  const before = tokens[index - 1]!.text.toUpperCase()
  const name = tokens[index + 1]
  const after = tokens[index + 2]
  if (!name || !/^[A-Za-z]\w*$/.test(name.text) || /^(ASC|DESC)$/i.test(name.text)) return false
  return before !== ',' && before !== '.' && before !== 'BY' && (after === undefined || isWord(after, 'SETTINGS'))
}

/** Only the head is read: what follows FORMAT is data, and may be anything. */
function readInsert(cursor: Cursor): Statement {
  let clauseAt: number | undefined
  let named = false // INTO and the name of the table are behind us, which may be called like a clause
  for (let token = cursor.next(); token; token = cursor.next()) {
    if (isWord(token, 'INTO')) {
      named = true
      cursor.skipName()
      continue
    }
    if (!named || token.depth !== 0) continue
    if (isWord(token, 'SETTINGS')) clauseAt ??= token.at
    if (isWord(token, 'FORMAT')) {
      const format = cursor.next()?.text
      return { kind: 'insert', clauseAt: clauseAt ?? token.at, format, dataAt: cursor.dataStart(), several: false }
    }
    // The engine reads the values themselves: they may be expressions.
    if (isWord(token, 'VALUES')) break
    if (/^(SELECT|WITH|FROM|WATCH)$/i.test(token.text)) return other([token, ...cursor.rest()])
  }
  return { kind: 'insert', clauseAt: cursor.length, format: undefined, dataAt: undefined, several: false }
}

class Cursor {
  readonly #sql: string
  readonly #pattern = new RegExp(tokenPattern)
  #depth = 0

  constructor(sql: string) {
    this.#sql = sql
  }

  get length(): number {
    return this.#sql.length
  }

  /** The next token that is not a comment. */
  next(): Token | undefined {
    for (;;) {
      const match = this.#pattern.exec(this.#sql)
      if (!match) return undefined
      const text = match[0]
      if (/^(--|#[ !]|\/\*)/.test(text)) continue
      if (text === ')') this.#depth -= 1
      const token = { text, at: match.index, end: match.index + text.length, depth: this.#depth }
      if (text === '(') this.#depth += 1
      return token
    }
  }

  rest(): Token[] {
    const tokens: Token[] = []
    for (let token = this.next(); token; token = this.next()) tokens.push(token)
    return tokens
  }

  /** `[TABLE] name`, `[TABLE] database.name` or `[TABLE] FUNCTION name` */
  skipName(): void {
    let token = this.next()
    while (token && /^(TABLE|FUNCTION)$/i.test(token.text)) token = this.next()
    while (this.#sql.slice(this.#pattern.lastIndex).trimStart().startsWith('.')) {
      this.next()
      this.next()
    }
  }

  /** After the name of a format: data begins behind one line break, or where something other than a blank is. */
  dataStart(): number {
    const blank = /[ \t]*(\r?\n)?/y
    blank.lastIndex = this.#pattern.lastIndex
    blank.exec(this.#sql)
    return blank.lastIndex
  }
}

const isWord = (token: Token, word: string): boolean => token.text.toUpperCase() === word

const isSeveral = (tokens: readonly Token[]): boolean =>
  tokens.some((token, index) => token.text === ';' && tokens.slice(index + 1).some((later) => later.text !== ';'))

function withoutSemicolon(tokens: readonly Token[]): Token[] {
  const end = tokens.findIndex((token) => token.text === ';')
  return end < 0 ? [...tokens] : tokens.slice(0, end)
}
