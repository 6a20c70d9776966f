import { describe, expect, it } from '@jest/globals'
import { readStatement } from '../../../../stores/clickhouse/sql-text.js'

/** The text with a mark where a file clause goes. */
const marked = (sql: string): string => {
  const { clauseAt } = readStatement(sql)
  return `${sql.slice(0, clauseAt)}▲${sql.slice(clauseAt)}`
}

describe('statements that give rows', () => {
  it.each([
    ['SELECT 1', 'SELECT 1▲', undefined],
    ['SELECT 1 FORMAT CSV', 'SELECT 1 ▲FORMAT CSV', 'CSV'],
    ['SELECT 1\nformat JSONEachRow;\n', 'SELECT 1\n▲format JSONEachRow;\n', 'JSONEachRow'],
    ['SELECT 1 SETTINGS a = 1 FORMAT CSV', 'SELECT 1 SETTINGS a = 1 ▲FORMAT CSV', 'CSV'],
    ['SELECT 1 FORMAT CSV SETTINGS a = 1', 'SELECT 1 ▲FORMAT CSV SETTINGS a = 1', 'CSV'],
    ['-- a comment\nSELECT 1 -- FORMAT CSV', '-- a comment\nSELECT 1▲ -- FORMAT CSV', undefined],
    ['SELECT 1 /* FORMAT CSV */;', 'SELECT 1▲ /* FORMAT CSV */;', undefined],
    ["SELECT ' FORMAT CSV'", "SELECT ' FORMAT CSV'▲", undefined],
    ["SELECT 'it''s \\' FORMAT CSV'", "SELECT 'it''s \\' FORMAT CSV'▲", undefined],
    ['SELECT $$ FORMAT CSV $$', 'SELECT $$ FORMAT CSV $$▲', undefined],
    ['SELECT format FROM t', 'SELECT format FROM t▲', undefined],
    ['SELECT a FROM t ORDER BY format DESC', 'SELECT a FROM t ORDER BY format DESC▲', undefined],
    ['SELECT a FROM t ORDER BY b, format DESC', 'SELECT a FROM t ORDER BY b, format DESC▲', undefined],
    ['SELECT t.format x FROM t', 'SELECT t.format x FROM t▲', undefined],
    ['SELECT `format` x', 'SELECT `format` x▲', undefined],
    ['SELECT (SELECT 1 FORMAT CSV)', 'SELECT (SELECT 1 FORMAT CSV)▲', undefined],
    ['WITH 1 AS x SELECT x FORMAT CSV', 'WITH 1 AS x SELECT x ▲FORMAT CSV', 'CSV'],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV', '(SELECT 1) UNION ALL (SELECT 2) ▲FORMAT CSV', 'CSV'],
    ['SHOW TABLES', 'SHOW TABLES▲', undefined],
    ['describe table t FORMAT CSV', 'describe table t ▲FORMAT CSV', 'CSV'],
    ['EXPLAIN SELECT 1', 'EXPLAIN SELECT 1▲', undefined],
  ])('%s', (sql, expected, format) => {
    expect(readStatement(sql)).toMatchObject({ kind: 'rows', format, dataAt: undefined, several: false })
    expect(marked(sql)).toBe(expected)
  })
})

describe('inserts', () => {
  it.each([
    ['INSERT INTO t FORMAT CSV', 'INSERT INTO t ▲FORMAT CSV', ''],
    ['INSERT INTO t (a, b) FORMAT CSV\n', 'INSERT INTO t (a, b) ▲FORMAT CSV\n', ''],
    ['INSERT INTO t (a) SETTINGS x = 1 FORMAT CSV', 'INSERT INTO t (a) ▲SETTINGS x = 1 FORMAT CSV', ''],
    ['INSERT INTO t FORMAT CSV\n1,"FORMAT X"\n', 'INSERT INTO t ▲FORMAT CSV\n1,"FORMAT X"\n', '1,"FORMAT X"\n'],
    ['INSERT INTO t FORMAT JSONEachRow {"a":1}', 'INSERT INTO t ▲FORMAT JSONEachRow {"a":1}', '{"a":1}'],
    ['INSERT INTO t FORMAT CSV\r\n\n1', 'INSERT INTO t ▲FORMAT CSV\r\n\n1', '\n1'],
    ['insert into table db.format format CSV\n1', 'insert into table db.format ▲format CSV\n1', '1'],
    ['INSERT INTO `format` (`settings`) FORMAT CSV', 'INSERT INTO `format` (`settings`) ▲FORMAT CSV', ''],
    ["INSERT INTO FUNCTION file('FORMAT x') FORMAT CSV", "INSERT INTO FUNCTION file('FORMAT x') ▲FORMAT CSV", ''],
  ])('%s: rows begin behind the format', (sql, expected, data) => {
    const statement = readStatement(sql)
    expect(statement.kind).toBe('insert')
    expect(marked(sql)).toBe(expected)
    expect(sql.slice(statement.dataAt)).toBe(data)
  })

  it.each(["INSERT INTO t VALUES (1, 'FORMAT CSV')", 'INSERT INTO t (a) VALUES', 'INSERT INTO t'])(
    '%s: the engine reads the values itself',
    (sql) => {
      expect(readStatement(sql)).toMatchObject({ kind: 'insert', dataAt: undefined })
    },
  )

  it.each([
    'INSERT INTO t SELECT 1 FORMAT CSV',
    'INSERT INTO t WITH 1 AS x SELECT x',
    'WITH 1 AS x INSERT INTO t SELECT x',
  ])('%s: has no rows to wait for and gives none', (sql) => {
    expect(readStatement(sql)).toMatchObject({ kind: 'other', dataAt: undefined })
  })
})

describe('other statements', () => {
  it.each([
    'CREATE TABLE t (format String) ENGINE = Memory',
    'SET a = 1',
    'OPTIMIZE TABLE t FINAL',
    '',
    '  -- nothing',
  ])('%s', (sql) => {
    expect(readStatement(sql)).toMatchObject({ kind: 'other', several: false })
  })

  it('knows a second statement from a semicolon at the end', () => {
    expect(readStatement('SELECT 1; SELECT 2').several).toBe(true)
    expect(readStatement('DROP TABLE a; DROP TABLE b').several).toBe(true)
    expect(readStatement("SELECT ';'; ; -- x; y\n").several).toBe(false)
  })

  it('takes a long literal in linear time', () => {
    const sql = `SELECT '${'a\\\\b'.repeat(200_000)}`
    const startedAt = performance.now()
    readStatement(sql)
    readStatement(`${sql}'`)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
