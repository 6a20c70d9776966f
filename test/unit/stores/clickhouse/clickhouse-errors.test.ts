import { ClickHouseError } from '@clickhouse/client'
import { describe, expect, it } from '@jest/globals'
import { FatalError, RecordError, TransientError } from '../../../../errors/errors.js'
import { translate } from '../../../../stores/clickhouse/clickhouse-errors.js'
import { EngineError } from '../../../../stores/clickhouse/engine-error.js'

const refusal = (code: number, type: string) => new ClickHouseError({ code: String(code), type, message: 'the text ' })

describe('errors of ClickHouse in our terms', () => {
  it.each([
    [241, 'MEMORY_LIMIT_EXCEEDED', TransientError, 'CLICKHOUSE_UNAVAILABLE'],
    [252, 'TOO_MANY_PARTS', TransientError, 'CLICKHOUSE_UNAVAILABLE'],
    [243, 'NOT_ENOUGH_SPACE', TransientError, 'CLICKHOUSE_UNAVAILABLE'],
    [27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED', RecordError, 'CLICKHOUSE_REJECTED'],
    [117, 'INCORRECT_DATA', FatalError, 'CLICKHOUSE_REJECTED'],
    [60, 'UNKNOWN_TABLE', FatalError, 'CLICKHOUSE_REJECTED'],
    [516, 'AUTHENTICATION_FAILED', FatalError, 'CLICKHOUSE_REJECTED'],
  ])('%i %s', (code, type, kind, ours) => {
    const error = translate(refusal(code, type), 'insert into t')
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ code: ours, message: `insert into t: the text (${type} ${code})` })
  })

  it('is transient when nobody answered', () => {
    const error = translate(new Error('connect ECONNREFUSED'), 'SELECT 1')
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ code: 'CLICKHOUSE_UNAVAILABLE', retriable: true })
  })
})

describe('errors of the embedded engine', () => {
  it('are read from the innermost of several, without our own file in it', () => {
    const text =
      'Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: (at row 2)\n: (in file/uri /a/b c): While executing ParallelParsingBlockInputFormat: While executing File: data for INSERT was parsed from file. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)'
    const error = EngineError.from(new Error(text))
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({
      code: 27,
      type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      message: 'Code: 27. DB::Exception: Cannot parse input: (at row 2) (CANNOT_PARSE_INPUT_ASSERTION_FAILED)',
    })
  })

  it('leave others as they are', () => {
    const other = new Error('disk on fire')
    expect(EngineError.from(other)).toBe(other)
  })
})
