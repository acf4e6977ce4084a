// What goes wrong between a wire client and its server, with upstream's words beside ours where it has some.
import { EngineError } from '../errors.js'

export class WireModeError extends EngineError {
  constructor(
    code: string,
    message: string,
    remedy: string | null,
    /** All that upstream prints; it names neither script nor line. */
    override readonly upstream: string = remedy === null ? message : `${message}\n${remedy}`,
  ) {
    super(code, message, remedy)
  }
}

export const lostConnection = () =>
  new WireModeError(
    'LD_WIRE_LOST',
    'the connection to the wire server is lost',
    'see what the server says: was it ended, or is its machine gone?',
    'remote side closed connection\nerror in TCP connection to wire server: error reading',
  )

export const oddServer = (what: string) =>
  new WireModeError(
    'LD_WIRE_PROTOCOL',
    `the wire server does not speak as it should: ${what}`,
    'is it lunadrill? packetdrill of google/packetdrill has another protocol',
    `error in TCP connection to wire server: bad wire server: ${what}`,
  )
