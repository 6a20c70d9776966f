import { ClickHouseError } from '@clickhouse/client'
import { FatalError, messageOf, RecordError, TransientError, type KinoraError } from '../../errors/errors.js'

/** The engine's state, not the statement, is at fault: the same statement may succeed later. */
const transientCodes = new Set([
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  159, // TIMEOUT_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  999, // KEEPER_EXCEPTION
])

/** A row of an insert does not fit its table: the other rows may be fine. */
const badRowCodes = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  131, // TOO_LARGE_STRING_SIZE
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  441, // CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING
  469, // VIOLATED_CONSTRAINT
  691, // UNKNOWN_ELEMENT_OF_ENUM
])

/**
 * What went wrong between us and ClickHouse, in our own terms, by the engine's code and never by its text:
 * TransientError CLICKHOUSE_UNAVAILABLE when a later try may succeed or nobody answered,
 * RecordError CLICKHOUSE_REJECTED when a row of an insert is bad, FatalError CLICKHOUSE_REJECTED for the rest.
 */
export function translate(error: unknown, doing: string): KinoraError {
  const options = { cause: error }
  if (!(error instanceof ClickHouseError)) {
    return new TransientError('CLICKHOUSE_UNAVAILABLE', `${doing}: ${messageOf(error)}`, options)
  }
  const code = Number(error.code)
  const message = `${doing}: ${error.message.trim()} (${error.type ?? ''} ${code})`
  if (transientCodes.has(code)) return new TransientError('CLICKHOUSE_UNAVAILABLE', message, options)
  if (badRowCodes.has(code)) return new RecordError('CLICKHOUSE_REJECTED', message, options)
  return new FatalError('CLICKHOUSE_REJECTED', message, options)
}
