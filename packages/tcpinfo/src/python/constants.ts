// Constants that packetdrill assigns before each block: states, congestion states, bits of tcpi_options.

const states = [
  'TCP_ESTABLISHED',
  'TCP_SYN_SENT',
  'TCP_SYN_RECV',
  'TCP_FIN_WAIT1',
  'TCP_FIN_WAIT2',
  'TCP_TIME_WAIT',
  'TCP_CLOSE',
  'TCP_CLOSE_WAIT',
  'TCP_LAST_ACK',
  'TCP_LISTEN',
  'TCP_CLOSING',
]

const congestionStates = ['TCP_CA_Open', 'TCP_CA_Disorder', 'TCP_CA_CWR', 'TCP_CA_Recovery', 'TCP_CA_Loss']

const options = [
  'TCPI_OPT_TIMESTAMPS',
  'TCPI_OPT_SACK',
  'TCPI_OPT_WSCALE',
  'TCPI_OPT_ECN',
  'TCPI_OPT_ECN_SEEN',
  'TCPI_OPT_SYN_DATA',
  'TCPI_OPT_USEC_TS',
  'TCPI_OPT_TFO_CHILD',
]

/** Linux numbers states from 1, congestion states from 0, and option bits from 1. */
export const pythonConstants: ReadonlyMap<string, number> = new Map([
  ...states.map((name, index) => [name, index + 1] as const),
  ...congestionStates.map((name, index) => [name, index] as const),
  ...options.map((name, bit) => [name, 2 ** bit] as const),
])
